// SPDX-License-Identifier: MIT
#include "cli/held.hpp"

#include "../model/seen.hpp"

#include <gtest/gtest.h>

namespace otherend::cli {
namespace {

using namespace model;
using namespace model::seen;

TEST(Held, SocketThatNothingRefersToLacksAHolder) {
    const auto graph = graph_of({idle(nth(1)), idle(nth(2)), held(nth(2), 10, 3)});
    EXPECT_EQ(sockets_without_holder(graph), std::set{id_of(graph, nth(1))});
}

TEST(Held, MessageRingAndKernelAreHolders) {
    auto of_the_kernel = idle(nth(3));
    of_the_kernel.has_file = false;
    const auto graph =
        graph_of({idle(nth(1)), idle(nth(2)), held(nth(2), 10, 3), ring(10, 9), InflightFact{nth(2), nth(1)},
                  of_the_kernel, idle(nth(4)), RingFileFact{Pid{10}, 9, nth(4).inode}});
    EXPECT_TRUE(sockets_without_holder(graph).empty());
}

TEST(Held, SocketOnItsWayInOrOutNeedsNoHolder) {
    const SocketRef reused{nth(3).address, Inode{5}};
    const auto graph = graph_of({embryo(nth_embryo(1), nth(2), nth(9)), held(nth(2), 10, 3), idle(nth(3)),
                                 idle(reused), held(reused, 10, 4), InflightFact{nth(2), nth(4)}});
    EXPECT_TRUE(sockets_without_holder(graph).empty());
}

} // namespace
} // namespace otherend::cli
