// SPDX-License-Identifier: MIT
#include "cli/held.hpp"

#include "../model/seen.hpp"
#include "../system/tree.hpp"

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

// By sock_diag; BPF reads the ring itself.
TEST(Held, SocketsOfARingThatAreNotNumberedAreCounted) {
    const system::Tree tree;
    for (const std::string task : {"10", "10/task/11"}) {
        tree.link(task + "/fd/9", "anon_inode:[io_uring]");
        tree.file(task + "/fdinfo/9", "UserFiles:\t2\n    0: UNIX-STREAM\n    1: UNIX\nUserBufs:\t0\n");
    }
    auto of_a_thread = ring(10, 9);
    of_a_thread.tid = Pid{11};
    auto graph = graph_of({by_diag(nth(1).inode, {}), ring(10, 9), of_a_thread}, Source::diag);
    find_ring_holders(tree.open(), graph);
    ASSERT_EQ(graph.unseen().size(), 1U);
    EXPECT_EQ(graph.unseen()[0].what, "sockets registered with an io_uring");
    EXPECT_EQ(graph.unseen()[0].count, 4U);
}

} // namespace
} // namespace otherend::cli
