// SPDX-License-Identifier: MIT
#include "query/reach.hpp"

#include "inet.hpp"
#include "scene.hpp"

#include <gtest/gtest.h>
#include <set>

namespace otherend::query {
namespace {

using namespace model;
using namespace model::seen;

std::set<int> reached(const std::vector<Fact>& facts, const std::vector<std::uint32_t>& from) {
    const Scene scene(facts);
    std::vector<SocketId> ids;
    for (const auto n : from)
        ids.push_back(scene.id(n));
    std::set<int> pids;
    for (const auto pid : processes_within_reach(scene.graph(), scene.links(), ids))
        pids.insert(number(pid));
    return pids;
}

// 10 - 1=2 - 20 - 3=4 - 30, and 40 - 5=6 - 50 apart.
std::vector<Fact> a_chain() {
    return {joined(nth(1), nth(2)), joined(nth(2), nth(1)), joined(nth(3), nth(4)), joined(nth(4), nth(3)),
            joined(nth(5), nth(6)), joined(nth(6), nth(5)), held(nth(1), 10, 3),    held(nth(2), 20, 3),
            held(nth(3), 20, 4),    held(nth(4), 30, 3),    held(nth(5), 40, 3),    held(nth(6), 50, 3)};
}

TEST(Reach, GoesThroughEveryProcessAndEndOfAChain) {
    EXPECT_EQ(reached(a_chain(), {1}), (std::set{10, 20, 30}));
    EXPECT_EQ(reached(a_chain(), {4}), (std::set{10, 20, 30}));
    EXPECT_EQ(reached(a_chain(), {2, 5}), (std::set{10, 20, 30, 40, 50}));
    EXPECT_EQ(reached(a_chain(), {}), std::set<int>{});
}

TEST(Reach, IncludesEveryHolderOfAnEnd) {
    auto facts = a_chain();
    facts.push_back(held(nth(6), 60, 9));
    EXPECT_EQ(reached(facts, {5}), (std::set{40, 50, 60}));
}

TEST(Reach, StopsWhereNobodyIsJoined) {
    EXPECT_EQ(reached({idle(nth(1)), held(nth(1), 10, 3)}, {1}), std::set{10});
    EXPECT_EQ(reached({tcp(1, "10.0.0.1:5000", "10.0.0.2:80")}, {1}), std::set<int>{}) << "on another host";
}

TEST(Reach, EndsWhereChannelsLeadInACircle) {
    auto facts = a_chain();
    facts.insert(facts.end(), {held(nth(4), 10, 5), held(nth(3), 20, 9)});
    EXPECT_EQ(reached(facts, {1}), (std::set{10, 20, 30}));
}

} // namespace
} // namespace otherend::query
