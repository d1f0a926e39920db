// SPDX-License-Identifier: MIT
// Whatever is printed is read again by a JSON parser and compared field by field.
#include "render/json_printer.hpp"

#include "render/words.hpp"
#include "samples.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

using namespace otherend;
using namespace otherend::render;
using namespace otherend::render::samples;
using namespace std::string_literals;
using Json = nlohmann::ordered_json;

namespace {

const Head head{.host = "web1", .time = "2026-01-02T03:04:05Z", .source = "bpf"};
const std::vector<Unseen> one_unseen = {{.what = "process 7", .why = "permission denied", .count = 2}};

std::string printed(const std::vector<Endpoint>& endpoints, Options options,
                    const std::vector<Unseen>& unseen = {}) {
    std::ostringstream out;
    const auto printer = make_printer(out, options, head);
    for (const Endpoint& endpoint : endpoints)
        printer->endpoint(endpoint);
    printer->finish(unseen);
    return out.str();
}

Json document(const std::vector<Endpoint>& endpoints, const std::vector<Unseen>& unseen = {}) {
    return Json::parse(printed(endpoints, {.format = Format::json}, unseen));
}

Json reread(const Endpoint& endpoint, bool addresses = false) {
    return Json::parse(printed({endpoint}, {.format = Format::jsonl, .addresses = addresses}));
}

} // namespace

TEST(Json, IsADocumentOfTheSchema) {
    const Json expected = {{"schema", "otherend/1"},         {"host", "web1"},
                           {"time", "2026-01-02T03:04:05Z"}, {"source", "bpf"},
                           {"endpoints", Json::array()},     {"unseen", Json::array()}};
    EXPECT_EQ(document({}), expected);
}

TEST(Json, ListsEveryEndpointAndWhatWasUnseen) {
    const Json json = document({accepted(), datagram_server(), Endpoint{}}, one_unseen);
    ASSERT_EQ(json["endpoints"].size(), 3U);
    EXPECT_EQ(json["endpoints"][1]["peers"].size(), 3U);
    EXPECT_EQ(json["unseen"],
              Json::array({{{"what", "process 7"}, {"why", "permission denied"}, {"count", 2}}}));
}

TEST(Json, HasTheFieldsOfTheContract) {
    const Json expected = Json::parse(R"({
        "kind": "unix", "type": "stream", "inode": 70163, "cookie": 4097, "netns": 4026531840,
        "state": "connected", "name": "/run/docker.sock", "name_state": "live", "rx_queue": 0, "tx_queue": 512,
        "holders": [{"via": "fd", "pid": 812, "fd": 9, "comm": "dockerd", "uid": 0, "netns": 4026531840}],
        "opener": {"pid": 3301, "uid": 1000},
        "listener": {"inode": 70001, "name": "/run/docker.sock", "holders": [
            {"via": "fd", "pid": 1, "fd": 40, "comm": "systemd", "uid": 0, "netns": 4026531840},
            {"via": "fd", "pid": 812, "fd": 4, "comm": "dockerd", "uid": 0, "netns": 4026531840}]},
        "peers": [{"state": "connected", "method": "pointer", "inode": 70162, "kind": "unix",
            "netns": 4026532000,
            "holders": [{"via": "fd", "pid": 3301, "fd": 5, "comm": "curl", "uid": 0, "netns": 4026531840}]}]
    })");
    EXPECT_EQ(reread(accepted()).dump(1), expected.dump(1));
}

TEST(Json, GivesKernelAddressesOnlyWhenAsked) {
    EXPECT_FALSE(printed({accepted()}, {.format = Format::json}).contains("0xffff"));
    const Json json = reread(accepted(), true);
    EXPECT_EQ(json["address"], "0xffff93dbd1ee3c00");
    EXPECT_EQ(json["peers"][0]["address"], "0xffff93dbd1ee4000");
}

TEST(Json, LeavesOutWhatIsAbsent) {
    EXPECT_EQ(reread(Endpoint{}), (Json{{"kind", "unix"}, {"type", "stream"}, {"state", "unknown"}}));
    EXPECT_FALSE(reread(Endpoint{.type = EndpointType{0}}).contains("type"));
    const Endpoint closed{.state = State::closed, .peers = {{.state = State::closed}}};
    EXPECT_EQ(reread(closed)["peers"][0],
              (Json{{"state", "closed"}, {"method", "pointer"}, {"kind", "unix"}}));
    EXPECT_EQ(reread(Endpoint{.opener = Opener{.uid = 5}})["opener"], (Json{{"uid", 5}}));
    EXPECT_EQ(reread(Endpoint{.listener = Listener{.inode = Inode{9}}})["listener"], (Json{{"inode", 9}}));
}

TEST(Json, DescribesEveryKindOfHolder) {
    Endpoint endpoint;
    endpoint.holders = {held_by_thread("java", 8, 5, 9), in_flight(123), in_ring("proxy", 77, 3),
                        in_kernel()};
    endpoint.holders[0].exe = "/usr/bin/java";
    endpoint.holders[0].uid = 33;
    EXPECT_EQ(reread(endpoint)["holders"], Json::parse(R"([
        {"via": "fd", "pid": 8, "tid": 9, "fd": 5, "comm": "java", "exe": "/usr/bin/java", "uid": 33,
         "netns": 4026531840},
        {"via": "inflight", "carrier": 123},
        {"via": "io_uring", "pid": 77, "fd": 3, "comm": "proxy", "uid": 0},
        {"via": "kernel"}
    ])"));
}

TEST(Json, HasWhatIsKnownOfAConnection) {
    const Json json = reread(connection());
    EXPECT_EQ(json["kind"], "tcp");
    EXPECT_FALSE(json.contains("type"));
    EXPECT_EQ(json["local"], "172.22.0.2:3306");
    EXPECT_EQ(json["remote"], "172.22.0.1:1234");
    EXPECT_EQ(json["uid"], 27);
    EXPECT_EQ(json["tcp_state"], "established");
    EXPECT_EQ(json["timer"], Json::parse(R"({"which": "retransmit", "expires_ms": 120, "retries": 2})"));
    EXPECT_EQ(json["retransmits"], 2);
    EXPECT_EQ(json["rtt_us"], 25);
    EXPECT_EQ(json["congestion"], "cubic");
    EXPECT_EQ(json["stuck"], Json::array({"nobody reads"}));
    EXPECT_EQ(json["peers"][0]["method"], "sequence");
    EXPECT_EQ(json["peers"][0]["local"], "10.0.0.7:1234");
    for (const auto* absent : {"dual_stack", "memory", "bytes_acked", "last_ack_ms", "cgroup", "send_window"})
        EXPECT_FALSE(json.contains(absent)) << absent;
}

TEST(Json, SaysOfAListenerThatItTakesIpv4AsWell) {
    Endpoint endpoint{.kind = Kind::tcp, .type = EndpointType::none, .state = State::listening};
    endpoint.local = IpEndpoint{.port = 80};
    endpoint.tcp = Tcp{.state = TcpState::listen, .dual_stack = true};
    EXPECT_EQ(reread(endpoint)["dual_stack"], true);
    EXPECT_EQ(reread(endpoint)["local"], "[::]:80");
}

TEST(Json, SaysWhereAHolderRuns) {
    Endpoint endpoint;
    endpoint.holders = {held("app", 55, 3), held("sshd", 66, 4), held("nginx", 77, 5)};
    endpoint.holders[0].own_pid = Pid{1};
    endpoint.holders[0].container = Container{"docker", "0123456789abcdef", "web\n", "nginx:1"};
    endpoint.holders[1].unit = "ssh.service";
    endpoint.holders[2].container = Container{"", "fedc", "", ""};
    const Json holders = reread(endpoint)["holders"];
    EXPECT_EQ(holders[0]["own_pid"], 1);
    EXPECT_EQ(holders[0]["container"], (Json{{"runtime", "docker"},
                                             {"id", "0123456789abcdef"},
                                             {"name", "web\\n"},
                                             {"name_b64", "d2ViCg=="},
                                             {"image", "nginx:1"}}));
    EXPECT_FALSE(holders[0].contains("unit"));
    EXPECT_EQ(holders[1]["unit"], "ssh.service");
    EXPECT_FALSE(holders[1].contains("container"));
    EXPECT_EQ(holders[2]["container"], (Json{{"id", "fedc"}}));
}

TEST(Json, SaysWhichEndOfAPipeOrPtyTheOtherIs) {
    const Endpoint master{
        .kind = Kind::pty,
        .type = EndpointType::master,
        .name = "/dev/pts/3",
        .peers = {
            {.method = Method::tty, .kind = Kind::pty, .type = EndpointType::slave, .name = "/dev/pts/3"}}};
    EXPECT_EQ(reread(master)["type"], "master");
    EXPECT_EQ(reread(master)["peers"][0]["type"], "slave");
    const Endpoint reader{
        .kind = Kind::pipe,
        .type = EndpointType::read,
        .peers = {{.method = Method::pipe, .kind = Kind::pipe, .type = EndpointType::write}}};
    EXPECT_EQ(reread(reader)["peers"][0]["type"], "write");
    EXPECT_FALSE(reread(accepted())["peers"][0].contains("type")) << "both ends of a socket are of one";
}

TEST(Json, HasAWordForEveryStateAndType) {
    for (const State state : states)
        EXPECT_EQ(reread(Endpoint{.state = state, .peers = {{.state = state}}})["peers"][0]["state"],
                  word(state));
    for (const EndpointType type : {EndpointType::stream, EndpointType::dgram, EndpointType::seqpacket})
        EXPECT_EQ(reread(Endpoint{.type = type})["type"], word(type));
}

TEST(Json, GivesListenersTheirBacklog) {
    const Json json = reread(Endpoint{.state = State::listening, .backlog = 0, .backlog_limit = 4096});
    EXPECT_EQ(json["backlog"], 0);
    EXPECT_EQ(json["backlog_limit"], 4096);
}

TEST(Json, KeepsNumbersWhole) {
    constexpr std::uint64_t greatest = ~std::uint64_t{0};
    const Json json = reread(Endpoint{.inode = Inode{greatest}, .cookie = Cookie{greatest - 1}});
    EXPECT_EQ(json["inode"].get<std::uint64_t>(), greatest);
    EXPECT_EQ(json["cookie"].get<std::uint64_t>(), greatest - 1);
}

TEST(Json, GivesExactBytesWhereTextHadToBeEscaped) {
    Endpoint endpoint;
    endpoint.name = "\0a\nb\xff"s;
    endpoint.holders = {held("\x1b[2J", 1, 2)};
    endpoint.peers = {{.name = "@path", .note = "back\\slash"}};
    const Json json = reread(endpoint);
    EXPECT_EQ(json["name"], R"(@a\nb\xff)");
    EXPECT_EQ(json["name_b64"], "AGEKYv8=");
    EXPECT_EQ(json["holders"][0]["comm"], R"(\x1b[2J)");
    EXPECT_EQ(json["holders"][0]["comm_b64"], "G1sySg==");
    EXPECT_EQ(json["peers"][0]["name"], R"(\x40path)");
    EXPECT_EQ(json["peers"][0]["name_b64"], "QHBhdGg=");
    EXPECT_EQ(json["peers"][0]["note_b64"], "YmFja1xzbGFzaA==");
}

TEST(Json, NeedsNoTwinForPlainNames) {
    for (const auto& name : {"/run/x.sock"s, "\0bus"s, "/tmp/中文"s}) {
        const Json json = reread(Endpoint{.name = name});
        EXPECT_EQ(json["name"].get<std::string>().substr(1), name.substr(1));
        EXPECT_FALSE(json.contains("name_b64"));
    }
}

TEST(Json, IsValidForANameOfAnyBytes) {
    std::string name;
    for (int i = 0; i < 108; ++i)
        name += static_cast<char>(i * 37);
    name[5] = '\n';
    name[6] = '\0';
    const std::string line = printed({Endpoint{.name = name}}, {.format = Format::jsonl});
    EXPECT_EQ(line.find('\n'), line.size() - 1) << "one line an endpoint";
    EXPECT_TRUE(Json::accept(line));
}

TEST(JsonLines, IsOneEndpointALineAndThenWhatWasUnseen) {
    const std::string text = printed({accepted(), datagram_server()}, {.format = Format::jsonl}, one_unseen);
    std::istringstream in(text);
    std::vector<Json> lines;
    for (std::string line; std::getline(in, line);)
        lines.push_back(Json::parse(line));
    ASSERT_EQ(lines.size(), 3U);
    EXPECT_EQ(lines[0]["inode"], 70163);
    EXPECT_EQ(lines[1]["inode"], 500);
    EXPECT_EQ(lines[2],
              Json::parse(R"({"unseen": [{"what": "process 7", "why": "permission denied", "count": 2}]})"));
}

TEST(JsonLines, PrintsNothingForNothing) {
    EXPECT_EQ(printed({}, {.format = Format::jsonl}), "");
}
