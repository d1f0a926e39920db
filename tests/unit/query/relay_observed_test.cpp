// SPDX-License-Identifier: MIT
// What was watched confirms, adds to and replaces what the rules of relay.hpp infer.
#include "relaying.hpp"

#include <gtest/gtest.h>

namespace otherend::query {
namespace {

class Observed : public Relaying {};

TEST_F(Observed, WatchingConfirmsWhatWasInferred) {
    stream(10, {4});
    stream(20, {5});
    wires.moved(1, 4, 5);
    wires.moved(1, 4, 5);
    const auto paths = wires.paths({11});
    const auto& relay = std::get<Relay>(paths.paths.at(0).hops.at(1));
    EXPECT_EQ(relay.evidence, Evidence::observed);
    EXPECT_EQ(relay.flow, Flow::both);
    EXPECT_EQ(relay.transfers, 2U);
    EXPECT_EQ(relay.bytes, 200U);
}

TEST_F(Observed, WatchingConfirmsOneWayOfTwo) {
    stream(10, {4});
    reads_pipe(20, {0});
    writes_pipe(30, {1});
    wires.moved(1, 0, 4);
    EXPECT_EQ(wires.told({10}), "11=10 branches [ (1<!) 20<21] [ (1>) 30>31]");
}

TEST_F(Observed, WatchingReplacesAWrongGuess) {
    stream(10, {4});
    stream(20, {5});
    writes_pipe(30, {7});
    wires.moved(1, 4, 7);
    EXPECT_EQ(wires.told({11}), "11=10 (1>!) 30>31");
}

TEST_F(Observed, AWriteThatFollowsAReadOnlyConfirms) {
    constexpr std::uint64_t only_followed = 0;
    stream(10, {4});
    stream(20, {5});
    writes_pipe(30, {7});
    wires.moved(1, 4, 7, only_followed);
    EXPECT_EQ(wires.told({11}), "11=10 (1=) 20=21");
    wires.moved(1, 4, 5, only_followed);
    EXPECT_EQ(wires.told({11}), "11=10 (1=!) 20=21");
    stream(40, {6});
    EXPECT_EQ(wires.told({11}), "11=10 branches [1 holds 20=21] [1 holds 30>31] [1 holds 40=41]")
        << "nothing is inferred, so nothing is confirmed";
    wires.moved(1, 4, 7, only_followed);
    wires.moved(1, 4, 7, only_followed);
    EXPECT_EQ(wires.told({11}), "11=10 (1>!) 30>31") << "that is no coincidence";
}

TEST_F(Observed, WritingALogLineIsNoRelaying) {
    stream(10, {4});
    stream(20, {5});
    stream(30, {1, 2});
    stream(40, {6});
    wires.moved(1, 4, 2);
    wires.moved(1, 4, 1);
    EXPECT_EQ(wires.told({11}), "11=10 branches [1 holds 20=21] [1 holds 40=41]");
}

TEST_F(Observed, WatchedDatagramsAreRelayed) {
    stream(10, {4});
    wires.datagram(20, 21);
    hold(20, {5});
    wires.moved(1, 5, 4);
    EXPECT_EQ(wires.told({11}), "21=20 (1>!) 10=11");
}

} // namespace
} // namespace otherend::query
