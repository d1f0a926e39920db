// SPDX-License-Identifier: MIT
// What a walk from a socket adds to what its own fields told, and that it adds it to no other. Of paths, name_test.cpp.
#include "model/graph.hpp"

#include "seen.hpp"

#include <gtest/gtest.h>

namespace otherend::model {
namespace {

using namespace seen;
using namespace std::string_view_literals;

SocketFact with_details(SocketRef self) {
    auto fact = joined(self, nth(9), EndpointType::seqpacket);
    fact.has_details = true;
    return fact;
}

TEST(Detail, TellsTheBytesThatTheSocketDidNot) {
    const auto graph = graph_of({with_details(nth(1)), with_details(nth(2)), has_received(nth(1), 7)});
    EXPECT_TRUE(at(graph, nth(1)).has_rx);
    EXPECT_EQ(at(graph, nth(1)).rx_bytes, 7U);
    EXPECT_FALSE(at(graph, nth(2)).has_rx);
}

TEST(Detail, ToldNoBytesIsNotNotTold) {
    const auto graph = graph_of({with_details(nth(1)), has_received(nth(1), 0)});
    EXPECT_TRUE(at(graph, nth(1)).has_rx);
    EXPECT_EQ(at(graph, nth(1)).rx_bytes, 0U);
}

TEST(Detail, ReplacesBytesThatWereReadBefore) {
    auto fact = with_details(nth(1));
    fact.rx_bytes = 5;
    const auto graph = graph_of({fact, has_received(nth(1), 7)});
    EXPECT_EQ(at(graph, nth(1)).rx_bytes, 7U);
}

TEST(Detail, WithoutBytesTakesNoneAway) {
    auto known = with_details(nth(1));
    known.rx_bytes = 5;
    const auto graph = graph_of({known, with_details(nth(2)), lies_at(nth(1), "x\0"sv), DetailFact{nth(2)}});
    EXPECT_TRUE(at(graph, nth(1)).has_rx);
    EXPECT_EQ(at(graph, nth(1)).rx_bytes, 5U);
    EXPECT_FALSE(at(graph, nth(2)).has_rx);
}

TEST(Detail, ChangesNothingElse) {
    const auto graph = graph_of({with_details(nth(1)), has_received(nth(1), 7)});
    const auto& socket = at(graph, nth(1));
    EXPECT_TRUE(socket.reported);
    EXPECT_TRUE(socket.open);
    EXPECT_TRUE(socket.has_details);
    EXPECT_TRUE(socket.has_file);
    EXPECT_EQ(socket.peer, nth(9));
    EXPECT_EQ(socket.netns, home);
    EXPECT_EQ(socket.tx_bytes, 0U);
    EXPECT_EQ(socket.first_holder, none);
}

// A socket that was opened after the pass over sockets is not part of the snapshot.
TEST(Detail, OfAnUnknownSocketIsIgnored) {
    const auto graph = graph_of({has_received(nth(1), 7), lies_at(nth(1), "x\0"sv)});
    EXPECT_EQ(graph.size(), 0U);
}

TEST(Detail, OfAnotherSocketAtTheSameAddressIsIgnored) {
    const SocketRef reused{nth(1).address, Inode{99999}};
    const auto graph = graph_of({with_details(nth(1)), has_received(reused, 7)});
    EXPECT_EQ(graph.size(), 1U);
    EXPECT_FALSE(at(graph, nth(1)).gone);
    EXPECT_FALSE(at(graph, nth(1)).has_rx);
}

TEST(Detail, OfASocketThatIsGoneIsIgnored) {
    const SocketRef reused{nth(1).address, Inode{99999}};
    const auto graph = graph_of({with_details(nth(1)), with_details(reused), has_received(nth(1), 7)});
    graph.for_each_socket([](SocketId, const Socket& socket) { EXPECT_FALSE(socket.has_rx); });
    EXPECT_EQ(graph.size(), 2U);
}

TEST(Detail, OfAnEmbryoIsFoundByItsAddress) {
    const auto graph = graph_of({embryo(nth_embryo(2), nth(1), nth(3)), has_received(nth_embryo(2), 7)});
    EXPECT_EQ(graph.size(), 1U);
    EXPECT_TRUE(at(graph, nth_embryo(2)).has_rx);
    EXPECT_EQ(at(graph, nth_embryo(2)).rx_bytes, 7U);
}

TEST(Detail, OfASocketWhereAnEmbryoWasIsIgnored) { // it was accepted between the two passes, or it is another
    const auto graph = graph_of({embryo(nth_embryo(2), nth(1), nth(3)), has_received(nth(2), 7), idle(nth(4)),
                                 has_received(nth_embryo(4), 7)});
    EXPECT_TRUE(at(graph, nth_embryo(2)).is_embryo());
    EXPECT_FALSE(at(graph, nth_embryo(2)).has_rx);
    EXPECT_FALSE(at(graph, nth(4)).has_rx);
}

// -- what hangs on a socket is of that socket, not of its address -----------------------------------------------

TEST(Detail, FlightInAMessageOfAnEmbryoIsKept) {
    const auto graph = graph_of({embryo(nth_embryo(2), nth(1), nth(3)), InflightFact{nth_embryo(2), nth(4)}});
    ASSERT_EQ(graph.flights().size(), 1U);
    EXPECT_EQ(graph[graph.flights()[0].carrier].self, nth_embryo(2));
    EXPECT_EQ(graph[graph.flights()[0].socket].self, nth(4));
}

TEST(Detail, FlightInAMessageOfAnotherSocketAtTheAddressIsIgnored) {
    const SocketRef reused{nth(1).address, Inode{99999}};
    for (const auto carrier : {reused, SocketRef{.address = nth(1).address}}) {
        const auto graph = graph_of({idle(nth(1)), InflightFact{carrier, nth(3)}});
        EXPECT_EQ(graph.size(), 1U);
        EXPECT_TRUE(graph.flights().empty());
        EXPECT_FALSE(at(graph, nth(1)).gone);
    }
}

TEST(Detail, TaskThatWaitsForAnotherSocketAtTheAddressIsIgnored) {
    const SocketRef reused{nth(1).address, Inode{99999}};
    for (const auto listener : {reused, SocketRef{.address = nth(1).address}}) {
        auto graph = graph_of({listening(nth(1), 77), WaiterFact{listener, Pid{10}, Pid{11}}});
        EXPECT_EQ(graph.size(), 1U);
        EXPECT_TRUE(graph.connecting().empty());
        EXPECT_FALSE(at(graph, nth(1)).gone);
        graph.apply(WaiterFact{nth(1), Pid{10}, Pid{11}}); // by now it waits for one that is known
        EXPECT_EQ(graph.connecting().size(), 1U);
    }
}

// -----------------------------------------------------------------------------------------------------------

TEST(Detail, IsWorthAskingForAsTheLastVisitSays) {
    auto graph = graph_of({joined(nth(1), nth(9))});
    EXPECT_FALSE(at(graph, nth(1)).has_details);
    graph.apply(with_details(nth(1)));
    EXPECT_TRUE(at(graph, nth(1)).has_details);
    graph.apply(joined(nth(1), nth(9)));
    EXPECT_FALSE(at(graph, nth(1)).has_details);
}

} // namespace
} // namespace otherend::model
