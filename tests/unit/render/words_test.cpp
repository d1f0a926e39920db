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
    EXPECT_EQ(word(EndpointType::stream), "stream");
    EXPECT_EQ(word(EndpointType::dgram), "dgram");
    EXPECT_EQ(word(EndpointType::seqpacket), "seqpacket");
    EXPECT_EQ(word(Method::pointer), "pointer");
    EXPECT_EQ(word(Method::diag), "diag");
    EXPECT_EQ(word(Method::inferred), "inferred");
    EXPECT_EQ(word(Via::fd), "fd");
    EXPECT_EQ(word(Via::inflight), "inflight");
    EXPECT_EQ(word(Via::io_uring), "io_uring");
    EXPECT_EQ(word(Via::kernel), "kernel");
    EXPECT_EQ(word(NameState::live), "live");
    EXPECT_EQ(word(NameState::unlinked), "unlinked");
    EXPECT_EQ(word(NameState::replaced), "replaced");
    EXPECT_EQ(word(NameState::hidden), "hidden");
}

TEST(Words, AreEmptyForAValueOutsideTheEnumeration) {
    EXPECT_EQ(word(EndpointType{0}), "");
    EXPECT_EQ(word(State{99}), "");
}
