// SPDX-License-Identifier: MIT
// Paths as people and programs get them.
#include "render/path_printer.hpp"

#include "samples.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <sstream>

namespace otherend::render {
namespace {

Endpoint end(Kind kind, std::vector<Holder> holders, std::string name = {},
             EndpointType type = EndpointType::none) {
    Endpoint out{.kind = kind, .type = type, .name = std::move(name)};
    out.holders = std::move(holders);
    return out;
}

Endpoint tcp(std::uint8_t host, std::uint16_t port, std::vector<Holder> holders) {
    auto out = end(Kind::tcp, std::move(holders));
    const std::uint8_t octets[] = {172, 22, 0, host};
    out.local = IpEndpoint{IpAddress::from_ipv4(octets), port};
    return out;
}

Holder in_container(Holder holder, std::string name, int own_pid) {
    holder.container = Container{"docker", "0123456789abcdef", std::move(name), {}};
    holder.own_pid = Pid{own_pid};
    return holder;
}

using samples::held;

Path serial_line() {
    const auto left = [](int fd) { return in_container(held("socat", 20, fd), "server1", 7); };
    const auto right = [](int fd) { return in_container(held("socat", 30, fd), "server2", 9); };
    const auto minicom = in_container(held("minicom", 10, 3), "server1", 12);
    const Channel first{.near = end(Kind::pty, {minicom}, "/dev/pts/4", EndpointType::slave),
                        .far = end(Kind::pty, {left(5)}, {}, EndpointType::master),
                        .state = State::connected,
                        .method = Method::tty};
    const Channel second{.near = tcp(2, 1234, {left(7)}),
                         .far = tcp(3, 40000, {right(7)}),
                         .state = State::connected,
                         .method = Method::sequence};
    const Channel third{.near = end(Kind::pty, {right(5)}, {}, EndpointType::master),
                        .far = end(Kind::pty, {held("device", 40, 3)}, "/dev/pts/0", EndpointType::slave),
                        .state = State::connected,
                        .method = Method::tty};
    return {.hops = {first, Relay{.before = {left(5)}, .after = {left(7)}}, second,
                     Relay{.evidence = Evidence::observed,
                           .before = {right(7)},
                           .after = {right(5)},
                           .transfers = 3,
                           .bytes = 4096},
                     third},
            .front = {},
            .back = {}};
}

// A client of a server that has other ends, of which one is told.
Path busy_server() {
    const Channel client{.near = end(Kind::unix_socket, {held("curl", 10, 3)}),
                         .far = end(Kind::unix_socket, {held("nginx", 20, 7)}, "/run/web"),
                         .state = State::connected};
    const Channel upstream{.near = tcp(2, 50000, {held("nginx", 20, 9)}),
                           .far = tcp(9, 3306, {}),
                           .state = State::connected,
                           .method = Method::tuple};
    const Branch branch{.relay = {.before = {held("nginx", 20, 7)}, .after = {held("nginx", 20, 9)}},
                        .hops = {upstream},
                        .end = {.reason = EndReason::remote, .note = {}, .branches = {}}};
    return {.hops = {client},
            .front = {},
            .back = {.reason = EndReason::branches, .note = {}, .branches = {branch}, .cut = 50}};
}

Path pipeline(std::string comm) {
    const Channel pipe{.near = end(Kind::pipe, {held(std::move(comm), 10, 1)}, "/tmp/fifo"),
                       .far = end(Kind::pipe, {held("cat", 20, 0)}, "/tmp/fifo"),
                       .state = State::connected,
                       .method = Method::pipe,
                       .flow = Flow::forward};
    return {.hops = {pipe}, .front = {}, .back = {}};
}

std::string printed(const std::vector<Path>& paths, PathFormat format, unsigned width = 0) {
    std::ostringstream out;
    const std::vector<Unseen> unseen = {{"a thing", "a reason", 2}};
    print_paths(out, paths, unseen, {.format = format, .width = width}, {"host", "now", "bpf"});
    return out.str();
}

TEST(PathTree, SerialLineReadsFromEndToEnd) {
    EXPECT_EQ(printed({serial_line()}, PathFormat::table),
              R"(minicom 10/3 in server1 (pid 12 there)
  ⇅ pty /dev/pts/4 — ptmx  connected, tty
socat 20/5 ⇄ 20/7 in server1 (pid 7 there), inferred
  ⇅ tcp 172.22.0.2:1234 — 172.22.0.3:40000  connected, sequence
socat 30/7 ⇄ 30/5 in server2 (pid 9 there), observed
  ⇅ pty ptmx — /dev/pts/0  connected, tty
device 40/3
)");
}

TEST(PathTree, WhoKeepsItsOwnPtyOpenStandsBehindThePrograms) {
    auto path = serial_line();
    auto& slave = std::get<Channel>(path.hops.front()).near;
    slave->holders.insert(slave->holders.begin(), in_container(held("socat", 20, 6), "server1", 7));
    const auto first_line = [&] {
        const auto text = printed({path}, PathFormat::table);
        return text.substr(0, text.find('\n'));
    };
    EXPECT_EQ(first_line(), "minicom 10/3 in server1 (pid 12 there); kept open by socat 20/6");
    slave->holders.pop_back();
    EXPECT_EQ(first_line(), "socat 20/6 in server1 (pid 7 there)");
}

TEST(PathTree, BranchesStandBelowWhatTheyBranchFrom) {
    EXPECT_EQ(printed({busy_server(), pipeline("yes")}, PathFormat::table), R"(curl 10/3
  ⇅ unix /run/web  connected, pointer
nginx 20/7
├ nginx 20/9, not paired
│   ⇅ tcp 172.22.0.2:50000 — 172.22.0.9:3306  connected, tuple
│ another host
└ … 50 more ends that it has

yes 10/1
  ↓ pipe /tmp/fifo  connected, pipe
cat 20/0
)");
}

TEST(PathTree, FitsTheTerminal) {
    const auto text = printed({serial_line()}, PathFormat::table, 20);
    EXPECT_NE(text.find("  ⇅ tcp 172.22.0.2:…\n"), std::string::npos) << text;
    EXPECT_EQ(printed({serial_line()}, PathFormat::wide, 20), printed({serial_line()}, PathFormat::table));
}

TEST(PathTree, WhyNobodyIsThereIsSaid) {
    auto path = pipeline("yes");
    std::get<Channel>(path.hops[0]).far.reset();
    const auto last_line = [&](PathEnd end) {
        path.back = std::move(end);
        const auto text = printed({path}, PathFormat::table);
        const auto at = text.rfind('\n', text.size() - 2);
        return text.substr(at + 1, text.size() - at - 2);
    };
    EXPECT_EQ(last_line({.reason = EndReason::closed}), "the other end is closed");
    EXPECT_EQ(last_line({.reason = EndReason::unknown, .note = "ra\nced"}), "unknown: ra\\nced");
    EXPECT_EQ(last_line({.reason = EndReason::unheld, .note = "in a message"}), "nobody: in a message");
    EXPECT_EQ(last_line({.reason = EndReason::cycle, .note = "back"}), "cycle: back");
}

TEST(PathJson, HopsAlternateBetweenChannelsAndRelays) {
    const auto document = nlohmann::json::parse(printed({serial_line()}, PathFormat::json));
    EXPECT_EQ(document["schema"], "otherend/1");
    EXPECT_EQ(document["source"], "bpf");
    EXPECT_EQ(document["unseen"][0]["count"], 2);
    const auto& hops = document["paths"][0]["hops"];
    ASSERT_EQ(hops.size(), 5U);
    for (std::size_t i = 0; i < hops.size(); ++i)
        EXPECT_TRUE(hops[i].contains(i % 2 == 0 ? "channel" : "relay")) << i;
    EXPECT_EQ(hops[0]["channel"]["method"], "tty");
    EXPECT_EQ(hops[0]["channel"]["near"]["name"], "/dev/pts/4");
    EXPECT_EQ(hops[1]["relay"]["pid"], 20);
    EXPECT_EQ(hops[1]["relay"]["comm"], "socat");
    EXPECT_EQ(hops[1]["relay"]["evidence"], "inferred");
    EXPECT_EQ(hops[1]["relay"]["before"][0]["fd"], 5);
    EXPECT_EQ(hops[1]["relay"]["after"][0]["fd"], 7);
    EXPECT_FALSE(hops[1]["relay"].contains("fd"));
    EXPECT_FALSE(hops[1]["relay"].contains("bytes"));
    EXPECT_EQ(hops[3]["relay"]["bytes"], 4096);
    EXPECT_EQ(document["paths"][0]["back"]["reason"], "final");
}

TEST(PathJson, WhoIsNotKnownToRelayIsNotCalledARelay) {
    const auto line =
        nlohmann::json::parse(printed({busy_server()}, PathFormat::jsonl).substr(0, 10000), nullptr, false);
    EXPECT_TRUE(line.is_discarded()) << "two lines: the path and what was unseen";
    std::istringstream lines(printed({busy_server()}, PathFormat::jsonl));
    std::string first;
    std::getline(lines, first);
    const auto back = nlohmann::json::parse(first)["back"];
    EXPECT_EQ(back["reason"], "branches");
    EXPECT_EQ(back["cut"], 50);
    EXPECT_EQ(back["branches"][0]["holder"]["pid"], 20);
    EXPECT_FALSE(back["branches"][0].contains("relay"));
    EXPECT_FALSE(back["branches"][0]["holder"].contains("evidence"));
    EXPECT_EQ(back["branches"][0]["end"]["reason"], "remote");
}

constexpr auto hostile = "a\"b\\c&lt;<x>#1;`%%|\n\x1b[";

TEST(PathDiagram, StringsAreQuoted) {
    EXPECT_EQ(dot_string("a\"b\\c\nd&e"), R"("a\"b\\c\nd&amp;e")");
    EXPECT_EQ(mermaid_string("a\"b\\c\nd&e"), R"("a#quot;b#92;c<br>d#amp;e")");
    EXPECT_EQ(mermaid_string("#<>`%|"), R"("#35;#lt;#gt;#96;#37;#124;")");
}

TEST(PathDiagram, ForeignBytesStayInTheirLabels) {
    for (const auto format : {PathFormat::dot, PathFormat::mermaid, PathFormat::table}) {
        const auto text = printed({pipeline(hostile)}, format);
        EXPECT_EQ(text.find('\x1b'), std::string::npos);
        EXPECT_EQ(std::ranges::count(text, '\n'), std::ranges::count(printed({pipeline("x")}, format), '\n'));
    }
    EXPECT_NE(printed({pipeline(hostile)}, PathFormat::dot).find(R"(n0 [label="a\"b\\\\c&amp;lt;)"),
              std::string::npos);
}

TEST(PathDiagram, DotHasANodeForEachProcessAndAnEdgeForEachChannel) {
    const auto text = printed({pipeline("yes")}, PathFormat::dot);
    EXPECT_EQ(text, R"(digraph otherend {
  rankdir=LR;
  node [shape=box];
  n0 [label="yes 10"];
  n1 [label="cat 20"];
  n0 -> n1 [label="pipe /tmp/fifo\nconnected, pipe\n10/1 — 20/0", dir=forward];
}
)");
    const auto busy = printed({busy_server()}, PathFormat::dot);
    EXPECT_NE(busy.find("n1 -> n2 [label=\"tcp 172.22.0.2:50000 — 172.22.0.9:3306\\nconnected, tuple"
                        "\\n20/9\", "
                        "dir=both, style=dashed]"),
              std::string::npos)
        << busy;
}

// nginx relays its client to two servers, over descriptors that differ.
TEST(PathDiagram, ProcessIsOneNodeWhicheverDescriptorsItHas) {
    auto path = busy_server();
    auto& branches = path.back.branches;
    branches.push_back(branches.front());
    std::uint16_t port = 50000;
    int fd = 9;
    for (auto& branch : branches) {
        branch.relayed = true;
        branch.relay.after = {held("nginx", 20, fd)};
        std::get<Channel>(branch.hops[0]).near = tcp(2, port++, {held("nginx", 20, fd++)});
    }
    path.back.cut = 0;
    EXPECT_EQ(printed({path}, PathFormat::dot), R"(digraph otherend {
  rankdir=LR;
  node [shape=box];
  n0 [label="curl 10"];
  n1 [label="nginx 20\n20/7 ⇄ 20/9, inferred\n20/7 ⇄ 20/10, inferred"];
  n2 [label="another host"];
  n3 [label="another host"];
  n0 -> n1 [label="unix /run/web\nconnected, pointer\n10/3 — 20/7", dir=both];
  n1 -> n2 [label="tcp 172.22.0.2:50000 — 172.22.0.9:3306\nconnected, tuple\n20/9", dir=both];
  n1 -> n3 [label="tcp 172.22.0.2:50001 — 172.22.0.9:3306\nconnected, tuple\n20/10", dir=both];
}
)");
}

TEST(PathDiagram, MermaidTurnsWhatFlowsBack) {
    auto path = pipeline("yes");
    std::get<Channel>(path.hops[0]).flow = Flow::backward;
    EXPECT_EQ(printed({path}, PathFormat::mermaid), R"(flowchart LR
  n0["yes 10"]
  n1["cat 20"]
  n1 -->|"pipe /tmp/fifo<br>connected, pipe<br>10/1 — 20/0"| n0
)");
}

} // namespace
} // namespace otherend::render
