// SPDX-License-Identifier: MIT
// Which TCP and UDP sockets are each other's ends. What is numbered 1 dials, 2 is dialled.
#include "query/inet_links.hpp"

#include "inet.hpp"
#include "scene.hpp"

#include <gtest/gtest.h>

namespace otherend::query {
namespace {

using namespace model;
using namespace model::seen;

constexpr NetnsId third{4026532100};
constexpr std::uint32_t x = 4'000'000'000, y = 77;

// -- one network namespace ------------------------------------------------------------------------------------

TEST(InetLinks, ReversedAddressesInOneNamespaceAreOneConnection) {
    const Scene scene({tcp(1, "10.0.0.1:5000", "10.0.0.1:80"), tcp(2, "10.0.0.1:80", "10.0.0.1:5000")});
    EXPECT_EQ(scene.own(1), "connected by tuple -> 2");
    EXPECT_EQ(scene.own(2), "connected by tuple -> 1");
}

TEST(InetLinks, ConnectionToItselfIsItsOwnOtherEnd) {
    auto self = tcp(1, "127.0.0.1:5000", "127.0.0.1:5000");
    self.sequence = {x, x + 1}; // both have dialled
    EXPECT_EQ(Scene({self}).own(1), "connected by tuple -> 1");
}

TEST(InetLinks, EndsThatDialEachOtherAreOneConnection) {
    auto one = tcp(1, "10.0.0.1:5000", "10.0.0.2:5001"), two = tcp(2, "10.0.0.2:5001", "10.0.0.1:5000");
    one.sequence = {x, y + 1};
    two.sequence = {y, x + 1};
    EXPECT_EQ(Scene({one, two}).own(1), "connected by tuple -> 2");
}

TEST(InetLinks, MappedAddressIsThatOfIpv4) {
    const Scene scene({tcp(1, "127.0.0.1:5000", "127.0.0.1:80"),
                       tcp(2, "[::ffff:127.0.0.1]:80", "[::ffff:127.0.0.1]:5000")});
    EXPECT_EQ(scene.own(1), "connected by tuple -> 2");
}

TEST(InetLinks, TcpAndUdpDoNotMeet) {
    const Scene scene({tcp(1, "10.0.0.1:5000", "10.0.0.2:80"), udp(2, "10.0.0.2:80", "10.0.0.1:5000")});
    EXPECT_EQ(scene.own(1), "connected by tuple -> 10.0.0.2:80");
    EXPECT_EQ(scene.own(2), "connected by tuple -> 10.0.0.1:5000");
}

TEST(InetLinks, LinkLocalAddressesMeetWhateverTheirInterfaces) {
    const Scene scene(
        {tcp(1, "[fe80::1%2]:5000", "[fe80::2%2]:80"), tcp(2, "[fe80::2%3]:80", "[fe80::1%3]:5000")});
    EXPECT_EQ(scene.own(1), "connected by tuple -> 2");
}

// Two VRFs of one namespace, in which the same addresses are used.
TEST(InetLinks, SequenceDecidesBetweenConnectionsOfTheSameAddresses) {
    const auto client = [](std::uint32_t n, std::uint32_t number) {
        return dialled(tcp(n, "10.0.0.1:5000", "10.0.0.2:80"), number, y);
    };
    const auto server = [](std::uint32_t n, std::uint32_t number) {
        return accepted_by(tcp(n, "10.0.0.2:80", "10.0.0.1:5000"), number, y);
    };
    const Scene both({client(1, x), server(2, x), client(3, x + 1), server(4, x + 1)});
    EXPECT_EQ(both.own(1), "connected by tuple -> 2");
    EXPECT_EQ(both.own(2), "connected by tuple -> 1");
    EXPECT_EQ(both.own(3), "connected by tuple -> 4");
    const Scene halves({client(1, x), server(4, x + 1)}); // of each, the other end is on another host
    EXPECT_EQ(halves.own(1), "connected by tuple -> 10.0.0.2:80");
    EXPECT_EQ(halves.own(4), "connected by tuple -> 10.0.0.1:5000");
}

TEST(InetLinks, SeveralThatNothingTellsApartAreUnknown) {
    const Scene scene({tcp(1, "10.0.0.1:5000", "10.0.0.2:80"), tcp(3, "10.0.0.1:5000", "10.0.0.2:80"),
                       tcp(2, "10.0.0.2:80", "10.0.0.1:5000")});
    EXPECT_EQ(scene.own(2),
              "unknown by tuple -> 10.0.0.1:5000: several sockets could be it: ino:70001 in netns "
              "4026531840 ino:70003 in netns 4026531840");
    EXPECT_EQ(scene.own(1),
              "unknown by tuple -> 10.0.0.2:80: it could be ino:70002 in netns 4026531840, but that "
              "has others that it could be");
    EXPECT_EQ(scene.state(2), "unknown");
}

TEST(InetLinks, CandidateWithoutAnInodeIsNamedByItsAddress) {
    const auto left = unheld(tcp(1, "10.0.0.1:5000", "10.0.0.2:80", TcpState::time_wait));
    const Scene scene({left, tcp(3, "10.0.0.1:5000", "10.0.0.2:80"), tcp(2, "10.0.0.2:80", "10.0.0.1:5000")});
    EXPECT_NE(scene.own(2).find(" 10.0.0.1:5000 in netns 4026531840"), std::string::npos) << scene.own(2);
}

// -- across network namespaces --------------------------------------------------------------------------------

TEST(InetLinks, SequenceJoinsAcrossNamespacesWhateverTheAddresses) {
    const auto client = dialled(tcp(1, "172.17.0.2:5000", "10.96.0.1:443"), x, y);
    const auto server = accepted_by(in(elsewhere, tcp(2, "172.17.0.3:8443", "172.17.0.1:61000")), x, y);
    const Scene scene({client, server});
    EXPECT_EQ(scene.own(1), "connected by sequence -> 2");
    EXPECT_EQ(scene.own(2), "connected by sequence -> 1");
}

TEST(InetLinks, SequenceWrapsLikeThatOfTheConnection) {
    const auto client = dialled(tcp(1, "10.0.0.1:5000", "10.0.0.9:80"), 0xffffffff, y);
    const auto server = accepted_by(in(elsewhere, tcp(2, "10.0.0.2:80", "10.0.0.9:5000")), 0xffffffff, y);
    EXPECT_EQ(server.sequence->received, 0U);
    EXPECT_EQ(Scene({client, server}).own(1), "connected by sequence -> 2");
}

TEST(InetLinks, SequenceThatIsOffByOneIsAnotherConnection) {
    const auto client = dialled(tcp(1, "10.0.0.1:5000", "10.0.0.9:80"), x, y);
    const auto server_of = [](InetFact fact, int off_x, int off_y) {
        return accepted_by(in(elsewhere, fact), x + static_cast<std::uint32_t>(off_x),
                           y + static_cast<std::uint32_t>(off_y));
    };
    for (const auto& [off_x, off_y] : {std::pair(1, 0), {-1, 0}, {0, 1}, {0, -1}, {1, 1}}) {
        const auto server = server_of(tcp(2, "10.0.0.2:80", "10.0.0.9:5000"), off_x, off_y);
        EXPECT_EQ(Scene({client, server}).own(1), "connected by tuple -> 10.0.0.9:80") << off_x << off_y;
    }
    // By address, one more is possible: it has dialled as well.
    for (const auto& [off_x, off_y] : {std::pair(1, 0), {-1, 0}, {0, 1}, {1, 1}}) {
        const auto server = server_of(tcp(2, "10.0.0.9:80", "10.0.0.1:5000"), off_x, off_y);
        EXPECT_EQ(Scene({client, server}).own(1), "connected by tuple -> 10.0.0.9:80") << off_x << off_y;
    }
}

TEST(InetLinks, SequenceJoinsADiallerWithAnAcceptor) {
    const auto one = dialled(tcp(1, "10.0.0.1:5000", "10.0.0.9:80"), x, y);
    const auto two = dialled(in(elsewhere, tcp(2, "10.0.0.2:5000", "10.0.0.9:80")), x, y);
    EXPECT_EQ(Scene({one, two}).own(1), "connected by tuple -> 10.0.0.9:80");
    const auto three = accepted_by(tcp(1, "10.0.0.1:80", "10.0.0.9:5000"), x, y);
    const auto four = accepted_by(in(elsewhere, tcp(2, "10.0.0.2:80", "10.0.0.9:5000")), x, y);
    EXPECT_EQ(Scene({three, four}).own(1), "connected by tuple -> 10.0.0.9:5000");
}

TEST(InetLinks, SequenceMeansNothingBeforeAndAfterTheConnection) {
    const auto server = accepted_by(in(elsewhere, tcp(2, "10.0.0.2:80", "10.0.0.9:5000")), x, y);
    for (const auto state : {TcpState::syn_sent, TcpState::syn_recv, TcpState::time_wait}) {
        const auto client = dialled(tcp(1, "10.0.0.1:5000", "10.0.0.9:80", state), x, y);
        EXPECT_EQ(Scene({client, server}).own(2), "connected by tuple -> 10.0.0.9:5000");
    }
    for (const auto state : {TcpState::fin_wait1, TcpState::fin_wait2, TcpState::close_wait,
                             TcpState::last_ack, TcpState::closing}) {
        const auto client = dialled(tcp(1, "10.0.0.1:5000", "10.0.0.9:80", state), x, y);
        EXPECT_EQ(Scene({client, server}).own(2), "connected by sequence -> 1");
    }
}

TEST(InetLinks, SeveralOfOneSequenceAreUnknown) {
    const auto client = dialled(tcp(1, "10.0.0.1:5000", "10.0.0.9:80"), x, y);
    const auto server = accepted_by(in(elsewhere, tcp(2, "10.0.0.2:80", "10.0.0.9:5000")), x, y);
    const auto twin = accepted_by(in(third, tcp(3, "10.0.0.3:80", "10.0.0.9:5000")), x, y);
    EXPECT_EQ(
        Scene({client, server, twin}).own(1),
        "unknown by sequence -> 10.0.0.9:80: several sockets could be it: ino:70002 in netns 4026532000 "
        "ino:70003 in netns 4026532100");
}

TEST(InetLinks, AddressesAloneJoinAcrossNamespacesWhereNoSequenceIsTold) {
    const auto client = tcp(1, "10.0.0.1:5000", "10.0.0.2:80");
    const auto server = in(elsewhere, tcp(2, "10.0.0.2:80", "10.0.0.1:5000"));
    const auto twin = in(third, tcp(3, "10.0.0.2:80", "10.0.0.1:5000"));
    EXPECT_EQ(Scene({client, server}).own(1), "connected by tuple -> 2");
    EXPECT_EQ(Scene({client, server}).own(2), "connected by tuple -> 1");
    EXPECT_TRUE(Scene({client, server, twin}).own(1).starts_with("unknown by tuple")) << "two networks alike";
    EXPECT_TRUE(Scene({client, server, twin}).own(2).starts_with("unknown by tuple")) << "from either end";
}

TEST(InetLinks, NearestNamespaceWins) {
    const Scene scene({tcp(1, "10.0.0.1:5000", "10.0.0.2:80"), tcp(2, "10.0.0.2:80", "10.0.0.1:5000"),
                       in(elsewhere, tcp(3, "10.0.0.2:80", "10.0.0.1:5000"))});
    EXPECT_EQ(scene.own(1), "connected by tuple -> 2");
    EXPECT_EQ(scene.own(2), "connected by tuple -> 1");
    EXPECT_TRUE(scene.own(3).starts_with("unknown by tuple")) << "what it could be is another's";
}

TEST(InetLinks, LoopbackNeverCrosses) {
    for (const auto* ip : {"127.0.0.1", "127.9.9.9", "[::1]"}) {
        const std::string a = std::string(ip) + ":5000", b = std::string(ip) + ":80";
        const Scene bare({tcp(1, a, b), in(elsewhere, tcp(2, b, a))});
        EXPECT_TRUE(bare.own(1).starts_with("unknown by tuple -> " + b + ": no socket")) << bare.own(1);
        const Scene alike({dialled(tcp(1, a, b), x, y), accepted_by(in(elsewhere, tcp(2, b, a)), x, y)});
        EXPECT_TRUE(alike.own(1).starts_with("unknown")) << alike.own(1);
        const Scene translated({tcp(1, a, b), in(elsewhere, tcp(2, b, a)), translation(a, b, b, a)});
        EXPECT_TRUE(translated.own(1).starts_with("unknown")) << translated.own(1);
        EXPECT_EQ(Scene({tcp(1, a, b), tcp(2, b, a)}).own(1), "connected by tuple -> 2");
    }
}

// A port published on 127.0.0.1 and translated (route_localnet).
TEST(InetLinks, LoopbackMayBeTranslatedIntoAnotherNetwork) {
    const auto client = dialled(tcp(1, "127.0.0.1:5000", "127.0.0.1:8080"), x, y);
    const auto server = accepted_by(in(elsewhere, tcp(2, "172.17.0.2:80", "172.17.0.1:5000")), x, y);
    EXPECT_EQ(Scene({client, server}).own(1), "connected by sequence -> 2");
    EXPECT_EQ(Scene({client, server}).own(2), "connected by sequence -> 1");
}

// -- translated, without sequence -----------------------------------------------------------------------------

TEST(InetLinks, NatTableJoinsInBothDirections) {
    const auto client = tcp(1, "172.17.0.2:5000", "10.0.0.9:8080");
    const auto server = in(elsewhere, tcp(2, "172.18.0.2:80", "172.18.0.1:61000"));
    const auto nat = translation("172.17.0.2:5000", "10.0.0.9:8080", "172.18.0.2:80", "172.18.0.1:61000");
    const Scene scene({client, server, nat});
    EXPECT_EQ(scene.own(1), "connected by conntrack -> 2");
    EXPECT_EQ(scene.own(2), "connected by conntrack -> 1");
    EXPECT_EQ(Scene({client, server}).own(1), "connected by tuple -> 10.0.0.9:8080");
}

TEST(InetLinks, NatTableIsReadForItsProtocolAlone) {
    auto nat = translation("172.17.0.2:5000", "10.0.0.9:8080", "172.18.0.2:80", "172.17.0.2:5000");
    const auto client = udp(1, "172.17.0.2:5000", "10.0.0.9:8080");
    const auto server = in(elsewhere, udp(2, "172.18.0.2:80", "172.17.0.2:5000"));
    EXPECT_EQ(Scene({client, server, nat}).own(1), "connected by tuple -> 10.0.0.9:8080");
    nat.kind = Kind::udp;
    EXPECT_EQ(Scene({client, server, nat}).own(1), "connected by conntrack -> 2");
}

TEST(InetLinks, NatTableThatLeadsToSeveralIsUnknown) {
    const auto client = tcp(1, "172.17.0.2:5000", "10.0.0.9:8080");
    const auto server = in(elsewhere, tcp(2, "172.18.0.2:80", "172.17.0.2:5000"));
    const auto twin = in(third, tcp(3, "172.18.0.2:80", "172.17.0.2:5000"));
    const auto nat = translation("172.17.0.2:5000", "10.0.0.9:8080", "172.18.0.2:80", "172.17.0.2:5000");
    EXPECT_TRUE(Scene({client, server, twin, nat}).own(1).starts_with("unknown by conntrack"));
    EXPECT_TRUE(Scene({client, server, twin, nat}).own(2).starts_with("unknown by conntrack"));
}

TEST(InetLinks, NatTableGivesWayToSequence) {
    const auto client = dialled(tcp(1, "172.17.0.2:5000", "10.0.0.9:8080"), x, y);
    const auto wrong = accepted_by(in(elsewhere, tcp(2, "172.18.0.2:80", "172.17.0.2:5000")), x + 5, y);
    const auto nat = translation("172.17.0.2:5000", "10.0.0.9:8080", "172.18.0.2:80", "172.17.0.2:5000");
    EXPECT_EQ(Scene({client, wrong, nat}).own(1), "connected by tuple -> 10.0.0.9:8080") << "an old entry";
}

} // namespace
} // namespace otherend::query
