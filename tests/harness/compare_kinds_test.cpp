// SPDX-License-Identifier: MIT
// Ends that no inode tells apart: TCP ends that are no sockets, both ends of a pipe, ptys.
#include "harness/compare.hpp"
#include "harness/contract.hpp"

#include <gtest/gtest.h>

#include <functional>

namespace otherend::harness {
namespace {

// A client that waits, the end it waits with, its listener; one far away; a pipe; two ptys of one name.
const Truth truth(R"({
  "L": {"kind": "tcp", "inode": 1, "netns": 40, "state": "listening", "tcp_state": "listen", "local": "[::]:80",
        "dual_stack": true, "backlog": 1, "backlog_limit": 5, "uid": 0,
        "holders": [{"via": "fd", "pid": 2, "fd": 4, "comm": "s", "uid": 0, "netns": 40}],
        "peers": [{"key": "C", "state": "pending"}]},
  "C": {"kind": "tcp", "inode": 2, "netns": 40, "state": "pending", "tcp_state": "established", "listener": "L",
        "local": "127.0.0.1:7", "remote": "127.0.0.1:80", "peers": [{"key": "E", "state": "pending"}]},
  "E": {"kind": "tcp", "netns": 40, "state": "pending", "tcp_state": "established", "listener": "L",
        "local": "127.0.0.1:80", "remote": "127.0.0.1:7", "peers": [{"key": "C", "state": "pending"}]},
  "far": {"kind": "tcp", "inode": 3, "netns": 40, "state": "connected", "tcp_state": "established",
          "local": "10.0.0.1:9", "remote": "10.0.0.2:80", "peers": [{"state": "connected"}]},
  "here": {"kind": "tcp", "inode": 4, "netns": 40, "state": "connected", "tcp_state": "established",
           "local": "10.0.0.1:10", "remote": "10.0.0.9:80",
           "peers": [{"key": "there", "state": "connected", "method": "sequence"}]},
  "there": {"kind": "tcp", "inode": 5, "netns": 41, "state": "connected", "tcp_state": "established",
            "local": "10.1.0.1:80", "remote": "10.1.0.9:10",
            "peers": [{"key": "here", "state": "connected", "method": "sequence"}]},
  "in": {"kind": "pipe", "type": "read", "inode": 1, "state": "connected",
         "peers": [{"key": "out", "state": "connected"}]},
  "out": {"kind": "pipe", "type": "write", "inode": 1, "state": "connected",
          "peers": [{"key": "in", "state": "connected"}]},
  "master": {"kind": "pty", "type": "master", "name_b64": "L2Rldi9wdHMvMA==", "state": "connected",
             "holders": [{"via": "fd", "pid": 6, "fd": 3, "comm": "m", "uid": 0, "netns": 40}],
             "peers": [{"key": "slave", "state": "connected"}]},
  "slave": {"kind": "pty", "type": "slave", "name_b64": "L2Rldi9wdHMvMA==", "state": "connected",
            "holders": [{"via": "fd", "pid": 7, "fd": 3, "comm": "m", "uid": 0, "netns": 40}],
            "peers": [{"key": "master", "state": "connected"}]},
  "alone": {"kind": "pty", "type": "master", "name_b64": "L2Rldi9wdHMvMA==", "state": "unconnected",
            "holders": [{"via": "fd", "pid": 8, "fd": 3, "comm": "m", "uid": 0, "netns": 40}]}
})");

Json holder(int pid, int fd, const char* comm) {
    return Json::array(
        {{{"via", "fd"}, {"pid", pid}, {"fd", fd}, {"comm", comm}, {"uid", 0}, {"netns", 40}}});
}

Json right_answer() {
    const auto server = holder(2, 4, "s");
    const Json listener = {{"inode", 1}, {"local", "[::]:80"}, {"holders", server}};
    const auto tcp = [](const char* state, const char* method, std::uint64_t netns, const char* local) {
        return Json{
            {"state", state}, {"method", method}, {"kind", "tcp"}, {"netns", netns}, {"local", local}};
    };
    const auto numbered = [](Json edge, std::uint64_t inode) {
        edge["inode"] = inode;
        return edge;
    };
    const auto pty = [](const char* type, const Json& holders) {
        return Json{{"state", "connected"}, {"method", "tty"},      {"kind", "pty"},
                    {"type", type},         {"name", "/dev/pts/0"}, {"holders", holders}};
    };
    const auto pipe = [](const char* type) {
        return Json{
            {"state", "connected"}, {"method", "pipe"}, {"kind", "pipe"}, {"type", type}, {"inode", 1}};
    };
    const auto client_edge = numbered(tcp("pending", "tuple", 40, "127.0.0.1:7"), 2);
    auto beyond = tcp("connected", "tuple", 40, "10.0.0.2:80");
    beyond.erase("netns");
    Json endpoints = Json::parse(R"([
      {"kind": "tcp", "inode": 1, "netns": 40, "state": "listening", "tcp_state": "listen", "local": "[::]:80",
       "dual_stack": true, "backlog": 1, "backlog_limit": 5, "uid": 0},
      {"kind": "tcp", "inode": 2, "netns": 40, "state": "pending", "tcp_state": "established",
       "local": "127.0.0.1:7", "remote": "127.0.0.1:80"},
      {"kind": "tcp", "netns": 40, "state": "pending", "tcp_state": "established", "local": "127.0.0.1:80",
       "remote": "127.0.0.1:7"},
      {"kind": "tcp", "inode": 3, "netns": 40, "state": "connected", "tcp_state": "established",
       "local": "10.0.0.1:9", "remote": "10.0.0.2:80"},
      {"kind": "tcp", "inode": 4, "netns": 40, "state": "connected", "tcp_state": "established",
       "local": "10.0.0.1:10", "remote": "10.0.0.9:80"},
      {"kind": "tcp", "inode": 5, "netns": 41, "state": "connected", "tcp_state": "established",
       "local": "10.1.0.1:80", "remote": "10.1.0.9:10"},
      {"kind": "pipe", "type": "read", "inode": 1, "state": "connected"},
      {"kind": "pipe", "type": "write", "inode": 1, "state": "connected"},
      {"kind": "pty", "type": "master", "name": "/dev/pts/0", "state": "connected"},
      {"kind": "pty", "type": "slave", "name": "/dev/pts/0", "state": "connected"},
      {"kind": "pty", "type": "master", "name": "/dev/pts/0", "state": "unconnected"}])");
    endpoints[0]["holders"] = server;
    endpoints[0]["peers"] = {client_edge};
    endpoints[1]["listener"] = listener;
    endpoints[1]["peers"] = {tcp("pending", "tuple", 40, "127.0.0.1:80")};
    endpoints[2]["listener"] = listener;
    endpoints[2]["peers"] = {client_edge};
    endpoints[3]["peers"] = {beyond};
    endpoints[4]["peers"] = {numbered(tcp("connected", "sequence", 41, "10.1.0.1:80"), 5)};
    endpoints[5]["peers"] = {numbered(tcp("connected", "sequence", 40, "10.0.0.1:10"), 4)};
    endpoints[6]["peers"] = {pipe("write")};
    endpoints[7]["peers"] = {pipe("read")};
    endpoints[8]["holders"] = holder(6, 3, "m");
    endpoints[8]["peers"] = {pty("slave", holder(7, 3, "m"))};
    endpoints[9]["holders"] = holder(7, 3, "m");
    endpoints[9]["peers"] = {pty("master", holder(6, 3, "m"))};
    endpoints[10]["holders"] = holder(8, 3, "m");
    const Json answer = {{"schema", "otherend/1"},  {"host", "h"},           {"time", "t"}, {"source", "bpf"},
                         {"unseen", Json::array()}, {"endpoints", endpoints}};
    return Json::parse(answer.dump()); // numbers become unsigned, as they are in an answer
}

using Change = std::function<void(Json& endpoints)>;

TEST(CompareKinds, RightAnswerHasNoDifference) {
    const auto difference = compare(truth, right_answer(), Source::bpf);
    EXPECT_TRUE(difference.none()) << difference;
    EXPECT_EQ(breaches_of_contract(right_answer()), std::vector<std::string>());
}

TEST(CompareKinds, EveryWrongFactIsFound) {
    const Change changes[] = {
        [](Json& e) { e[0]["dual_stack"] = false; },
        [](Json& e) { e[0]["uid"] = 1; },
        [](Json& e) { e[0]["kind"] = "udp"; },
        [](Json& e) { e[1]["local"] = "127.0.0.1:8"; },
        [](Json& e) { e[1]["tcp_state"] = "syn_sent"; },
        [](Json& e) { e[1]["listener"]["local"] = "127.0.0.1:80"; },
        [](Json& e) { e[1]["peers"][0]["local"] = "127.0.0.1:81"; },
        [](Json& e) { e[1]["peers"][0]["method"] = "sequence"; },
        [](Json& e) { e[2]["state"] = "connected"; },
        [](Json& e) { e[2]["peers"][0]["inode"] = 3; },
        [](Json& e) { e[3]["peers"][0]["local"] = "10.0.0.3:80"; },
        [](Json& e) { e[3]["peers"][0]["inode"] = 2; },
        [](Json& e) { e[4]["peers"][0]["inode"] = 3; },
        [](Json& e) { e[4]["peers"][0]["method"] = "tuple"; },
        [](Json& e) { e[6]["peers"][0]["type"] = "read"; },
        [](Json& e) { e[6]["peers"][0]["state"] = "closed"; },
        [](Json& e) { e[8]["peers"][0]["holders"][0]["pid"] = 8; },
        [](Json& e) { e[8]["peers"][0]["name"] = "/dev/pts/1"; },
        [](Json& e) { e[8]["type"] = "slave"; },
        [](Json& e) { e[9]["peers"][0]["method"] = "inferred"; },
        [](Json& e) { e[10]["state"] = "connected"; },
    };
    int number = 0;
    for (const auto& change : changes) {
        auto answer = right_answer();
        change(answer["endpoints"]);
        const auto difference = compare(truth, answer, Source::bpf);
        EXPECT_FALSE(difference.wrong.empty()) << "change " << number << ": " << difference;
        EXPECT_FALSE(difference.missing.empty()) << "change " << number << ": " << difference;
        ++number;
    }
}

TEST(CompareKinds, EveryMissingFactIsFound) {
    for (std::size_t i = 0; i < truth.endpoints().size(); ++i) {
        auto answer = right_answer();
        answer["endpoints"].erase(i);
        EXPECT_FALSE(compare(truth, answer, Source::bpf).missing.empty()) << i;
        answer = right_answer();
        if (answer["endpoints"][i].erase("peers") == 1) {
            EXPECT_FALSE(compare(truth, answer, Source::bpf).missing.empty()) << i;
        }
    }
}

TEST(CompareKinds, CrossedPtysAreWrong) {
    auto answer = right_answer();
    auto& endpoints = answer["endpoints"];
    endpoints[10]["peers"] = endpoints[8]["peers"]; // the slave of another master of that name
    EXPECT_FALSE(compare(truth, answer, Source::bpf).wrong.empty());
}

TEST(CompareKinds, NetlinkDoesNotKnowSequences) {
    auto answer = right_answer();
    EXPECT_FALSE(compare(truth, answer, Source::diag).none());
    for (const auto* method : {"tuple", "conntrack"}) {
        for (const int i : {4, 5})
            answer["endpoints"][i]["peers"][0]["method"] = method;
        const auto difference = compare(truth, answer, Source::diag);
        EXPECT_TRUE(difference.none()) << method << ": " << difference;
    }
}

TEST(CompareKinds, PipesByWhichTheHarnessSpeaksAreNoStrangers) {
    auto answer = right_answer();
    const Json input = {{"kind", "pipe"}, {"type", "read"}, {"inode", 90}, {"holders", holder(6, 0, "m")}};
    answer["endpoints"].push_back(input);
    std::set<std::string> all;
    for (const auto& [key, endpoint] : truth.endpoints().items())
        all.insert(key);
    EXPECT_TRUE(compare(truth, answer, Source::bpf, all).none());
    answer["endpoints"].back()["holders"][0]["fd"] = 5;
    EXPECT_FALSE(compare(truth, answer, Source::bpf, all).none());
    EXPECT_TRUE(compare(truth, answer, Source::bpf, all, true).none());
}

TEST(CompareKinds, TargetsMeanWhatTheyName) {
    std::map<std::string, std::set<std::string>> keys;
    for (const auto& target : targets_of(truth, {{1, "0xff01"}}))
        keys[target.text] = target.keys;
    using Keys = std::set<std::string>;
    EXPECT_EQ(keys["ino:1"], (Keys{"L", "in", "out"}));
    EXPECT_EQ(keys["socket:[1]"], Keys{"L"});
    EXPECT_EQ(keys["pipe:[1]"], (Keys{"in", "out"}));
    EXPECT_EQ(keys["0xff01"], Keys{"L"});
    EXPECT_EQ(keys[":7"], (Keys{"C", "E"}));
    EXPECT_EQ(keys["127.0.0.1:7"], (Keys{"C", "E"}));
    EXPECT_EQ(keys["tcp:10.0.0.1:9"], Keys{"far"});
    EXPECT_EQ(keys["/dev/pts/0"], (Keys{"master", "slave", "alone"}));
    EXPECT_EQ(keys["pts/0"], keys["/dev/pts/0"]);
    EXPECT_FALSE(keys.contains("127.0.0.1:80"))
        << "whether it means who listens on any address is not judged";
}

TEST(Contract, EveryBreachIsFound) {
    const Change changes[] = {
        [](Json& e) { e[0]["type"] = "stream"; },
        [](Json& e) { e[0]["local"] = "[::ffff:127.0.0.1]:80"; },
        [](Json& e) { e[0]["local"] = "80"; },
        [](Json& e) { e[0]["remote"] = ""; },
        [](Json& e) { e[0]["tcp_state"] = "LISTEN"; },
        [](Json& e) { e[0].erase("netns"); },
        [](Json& e) { e[6]["netns"] = 40U; },
        [](Json& e) { e[6]["type"] = "slave"; },
        [](Json& e) { e[6].erase("type"); },
        [](Json& e) { e[6]["peers"][0]["type"] = "master"; },
        [](Json& e) { e[8]["inode"] = 3U; },
        [](Json& e) { e[8]["local"] = "10.0.0.1:1"; },
    };
    int number = 0;
    for (const auto& change : changes) {
        auto answer = right_answer();
        change(answer["endpoints"]);
        EXPECT_FALSE(breaches_of_contract(answer).empty()) << "change " << number;
        ++number;
    }
}

} // namespace
} // namespace otherend::harness
