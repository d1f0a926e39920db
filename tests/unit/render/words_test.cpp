// SPDX-License-Identifier: MIT
#include "render/words.hpp"

#include <gtest/gtest.h>
#include <set>
#include <string>

using namespace otherend;
using render::word;

TEST(Words, AreThoseOfTheContract) {
    std::string all;
    for (const State state : render::states)
        all.append(word(state)).append(" ");
    EXPECT_EQ(all, "connected pending connecting closed inflight listening unconnected raced unknown ");
    EXPECT_EQ(word(Kind::unix_socket), "unix");
    EXPECT_EQ(word(Kind::tcp), "tcp");
    EXPECT_EQ(word(Kind::udp), "udp");
    EXPECT_EQ(word(Kind::pty), "pty");
    EXPECT_EQ(word(Kind::pipe), "pipe");
    EXPECT_EQ(word(EndpointType::master), "master");
    EXPECT_EQ(word(EndpointType::slave), "slave");
    EXPECT_EQ(word(EndpointType::read), "read");
    EXPECT_EQ(word(EndpointType::write), "write");
    EXPECT_EQ(word(EndpointType::stream), "stream");
    EXPECT_EQ(word(EndpointType::dgram), "dgram");
    EXPECT_EQ(word(EndpointType::seqpacket), "seqpacket");
    EXPECT_EQ(word(Method::pointer), "pointer");
    EXPECT_EQ(word(Method::diag), "diag");
    EXPECT_EQ(word(Method::inferred), "inferred");
    EXPECT_EQ(word(Method::tuple), "tuple");
    EXPECT_EQ(word(Method::sequence), "sequence");
    EXPECT_EQ(word(Method::conntrack), "conntrack");
    EXPECT_EQ(word(Method::tty), "tty");
    EXPECT_EQ(word(Method::pipe), "pipe");
    EXPECT_EQ(word(Via::fd), "fd");
    EXPECT_EQ(word(Via::inflight), "inflight");
    EXPECT_EQ(word(Via::io_uring), "io_uring");
    EXPECT_EQ(word(Via::kernel), "kernel");
    EXPECT_EQ(word(NameState::live), "live");
    EXPECT_EQ(word(NameState::unlinked), "unlinked");
    EXPECT_EQ(word(NameState::replaced), "replaced");
    EXPECT_EQ(word(NameState::hidden), "hidden");
}

// A request and its connection look alike to people.
TEST(Words, OfTcpAreTheKernelsInItsOrder) {
    std::string states, timers;
    for (std::uint8_t state = 1; state <= 12; ++state)
        states.append(word(TcpState{state})).append(" ");
    EXPECT_EQ(states, "established syn_sent syn_recv fin_wait1 fin_wait2 time_wait close close_wait last_ack "
                      "listen closing syn_recv ");
    for (std::uint8_t timer = 1; timer <= 4; ++timer)
        timers.append(word(TcpTimerKind{timer})).append(" ");
    EXPECT_EQ(timers, "retransmit keepalive time_wait probe ");
    EXPECT_EQ(word(TcpState{0}), "");
    EXPECT_EQ(word(TcpState{13}), "");
    EXPECT_EQ(word(TcpTimerKind{0}), "");
}

TEST(Words, AreEmptyForAValueOutsideTheEnumeration) {
    EXPECT_EQ(word(EndpointType{0}), "");
    EXPECT_EQ(word(State{99}), "");
}
