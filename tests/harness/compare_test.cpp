// SPDX-License-Identifier: MIT
// The comparison itself: what is right passes, and whatever is changed in a right answer is found.
#include "harness/compare.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <string>

namespace otherend::harness {
namespace {

const Truth truth(R"({
  "client": {"inode": 11, "type": "stream", "netns": 40, "state": "connected", "listener": "server",
             "holders": [{"via": "fd", "pid": 1, "fd": 3, "comm": "c", "uid": 0, "netns": 40}],
             "peers": [{"key": "accepted", "state": "connected"}]},
  "accepted": {"inode": 12, "type": "stream", "netns": 40, "state": "connected", "listener": "server",
               "name_b64": "L3g=", "name_state": "live", "opener": {"pid": 2, "uid": 0},
               "holders": [{"via": "fd", "pid": 2, "fd": 5, "tids": [7, 8], "comm": "s", "uid": 0, "netns": 40}],
               "peers": [{"key": "client", "state": "connected"}]},
  "server": {"inode": 13, "type": "stream", "netns": 40, "state": "listening", "name_b64": "L3g=",
             "name_state": "live", "backlog": 1, "backlog_limit": 5,
             "holders": [{"via": "fd", "pid": 2, "fd": 4, "comm": "s", "uid": 0, "netns": 40}],
             "peers": [{"key": "waiting", "state": "pending"}]},
  "waiting": {"inode": 14, "type": "stream", "netns": 40, "state": "pending", "listener": "server",
              "holders": [{"via": "inflight", "carrier": "embryo"}],
              "peers": [{"key": "embryo", "state": "pending"}]},
  "embryo": {"type": "stream", "netns": 40, "state": "pending", "listener": "server",
             "name_b64": "L3g=", "name_state": "live",
             "peers": [{"key": "waiting", "state": "pending"}]}
})");

Json right_answer() {
    const Json server_holders = {
        {{"via", "fd"}, {"pid", 2}, {"fd", 4}, {"comm", "s"}, {"uid", 0}, {"netns", 40}}};
    const Json accepted_holders = {
        {{"via", "fd"}, {"pid", 2}, {"fd", 5}, {"tid", 8}, {"comm", "s"}, {"uid", 0}, {"netns", 40}}};
    const Json client_holders = {
        {{"via", "fd"}, {"pid", 1}, {"fd", 3}, {"comm", "c"}, {"uid", 0}, {"netns", 40}}};
    const Json waiting_holders = {{{"via", "inflight"}}};
    const Json listener = {{"inode", 13}, {"name", "/x"}, {"holders", server_holders}};
    const auto end = [&](const char* state, Json more) {
        Json endpoint = {{"kind", "unix"}, {"type", "stream"}, {"netns", 40}, {"state", state}};
        endpoint.update(more);
        return endpoint;
    };
    const auto edge = [](const char* state, Json more) {
        Json value = {{"state", state}, {"method", "pointer"}, {"kind", "unix"}, {"netns", 40}};
        value.update(more);
        return Json::array({value});
    };
    return {
        {"endpoints",
         {end("connected",
              {{"inode", 11},
               {"listener", listener},
               {"holders", client_holders},
               {"peers", edge("connected", {{"inode", 12}, {"name", "/x"}, {"holders", accepted_holders}})}}),
          end("connected", {{"inode", 12},
                            {"name", "/x"},
                            {"name_state", "live"},
                            {"opener", {{"pid", 2}, {"uid", 0}}},
                            {"listener", listener},
                            {"holders", accepted_holders},
                            {"peers", edge("connected", {{"inode", 11}, {"holders", client_holders}})}}),
          end("listening", {{"inode", 13},
                            {"name", "/x"},
                            {"name_state", "live"},
                            {"backlog", 1},
                            {"backlog_limit", 5},
                            {"holders", server_holders},
                            {"peers", edge("pending", {{"inode", 14}, {"holders", waiting_holders}})}}),
          end("pending", {{"inode", 14},
                          {"listener", listener},
                          {"holders", waiting_holders},
                          {"peers", edge("pending", {{"name", "/x"}})}}),
          end("pending", {{"name", "/x"},
                          {"name_state", "live"},
                          {"listener", listener},
                          {"peers", edge("pending", {{"inode", 14}, {"holders", waiting_holders}})}})}}};
}

Difference after(const std::function<void(Json& endpoints)>& change) {
    auto answer = right_answer();
    change(answer["endpoints"]);
    return compare(truth, answer, Source::bpf);
}

TEST(Compare, RightAnswerHasNoDifference) {
    const auto difference = after([](Json&) {});
    EXPECT_TRUE(difference.none()) << difference;
}

TEST(Compare, EveryWrongFactIsFound) {
    const std::function<void(Json&)> changes[] = {
        [](Json& e) { e[0]["state"] = "closed"; },
        [](Json& e) { e[0]["type"] = "dgram"; },
        [](Json& e) { e[0]["netns"] = 41; },
        [](Json& e) { e[0]["holders"][0]["pid"] = 9; },
        [](Json& e) { e[0]["holders"][0]["fd"] = 9; },
        [](Json& e) { e[0]["holders"][0]["tid"] = 9; },
        [](Json& e) { e[0]["holders"][0]["via"] = "io_uring"; },
        [](Json& e) { e[0]["peers"][0]["inode"] = 13; },
        [](Json& e) { e[0]["peers"][0]["inode"] = 99; },
        [](Json& e) { e[0]["peers"][0]["state"] = "inflight"; },
        [](Json& e) { e[0]["peers"][0]["method"] = "inferred"; },
        [](Json& e) { e[0]["peers"][0]["name"] = "/y"; },
        [](Json& e) { e[0]["peers"][0]["holders"][0]["fd"] = 9; },
        [](Json& e) { e[0]["listener"]["inode"] = 12; },
        [](Json& e) { e[1]["holders"][0]["tid"] = 9; },
        [](Json& e) { e[1]["name"] = "/y"; },
        [](Json& e) { e[1]["name_state"] = "unlinked"; },
        [](Json& e) { e[1]["opener"]["pid"] = 9; },
        [](Json& e) { e[2]["backlog"] = 2; },
        [](Json& e) { e[2]["backlog_limit"] = 2; },
        [](Json& e) { e[3]["holders"][0]["carrier"] = 12; },
        [](Json& e) { e[3]["peers"][0]["inode"] = 13; },
        [](Json& e) { e[4]["listener"]["inode"] = 11; },
    };
    int number = 0;
    for (const auto& change : changes) {
        const auto difference = after(change);
        EXPECT_FALSE(difference.wrong.empty()) << "change " << number << ": " << difference;
        EXPECT_FALSE(difference.missing.empty()) << "change " << number << ": " << difference;
        ++number;
    }
}

TEST(Compare, EveryMissingFactIsFound) {
    const std::function<void(Json&)> changes[] = {
        [](Json& e) { e.erase(0); },
        [](Json& e) { e.erase(4); },
        [](Json& e) { e[0].erase("peers"); },
        [](Json& e) { e[0].erase("holders"); },
        [](Json& e) { e[0].erase("listener"); },
        [](Json& e) { e[0]["peers"][0].erase("holders"); },
        [](Json& e) { e[0]["peers"][0].erase("name"); },
        [](Json& e) { e[1].erase("opener"); },
        [](Json& e) { e[1].erase("name"); },
        [](Json& e) { e[2].erase("backlog"); },
        [](Json& e) { e[2].erase("peers"); },
        [](Json& e) { e[4].erase("peers"); },
    };
    int number = 0;
    for (const auto& change : changes) {
        const auto difference = after(change);
        EXPECT_FALSE(difference.missing.empty()) << "change " << number << ": " << difference;
        EXPECT_TRUE(difference.wrong.empty()) << "change " << number << ": " << difference;
        ++number;
    }
}

TEST(Compare, WhatIsTooMuchIsWrong) {
    const std::function<void(Json&)> changes[] = {
        [](Json& e) { e.push_back(e[0]); },
        [](Json& e) { e.push_back(e[4]); },
        [](Json& e) { e[0]["peers"].push_back(e[2]["peers"][0]); },
        [](Json& e) { e[0]["holders"].push_back(e[1]["holders"][0]); },
        [](Json& e) { e[2]["listener"] = e[0]["listener"]; },
        [](Json& e) { // a stranger that claims to be joined to one of ours
            auto stranger = e[0];
            stranger["inode"] = 99;
            e.push_back(stranger);
        },
    };
    for (const auto& change : changes) {
        const auto difference = after(change);
        EXPECT_FALSE(difference.wrong.empty()) << difference;
    }
}

TEST(Compare, StrangersAreIgnoredUnlessAskedFor) {
    auto answer = right_answer();
    answer["endpoints"].push_back(
        {{"kind", "unix"}, {"type", "dgram"}, {"inode", 99}, {"state", "unconnected"}});
    EXPECT_TRUE(compare(truth, answer, Source::bpf).none());
    const std::set<std::string> all{"client", "accepted", "server", "waiting", "embryo"};
    EXPECT_EQ(compare(truth, answer, Source::bpf, all).wrong.size(), 1U);
    EXPECT_EQ(compare(truth, right_answer(), Source::bpf, std::set<std::string>{"client"}).wrong.size(), 4U);
}

} // namespace
} // namespace otherend::harness
