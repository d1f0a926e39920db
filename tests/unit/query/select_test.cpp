// SPDX-License-Identifier: MIT
// Which endpoints the targets of TCP, UDP, ptys and pipes select.
#include "query/target.hpp"

#include "inet.hpp"
#include "scene.hpp"

#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace otherend::query {
namespace {

using namespace model;
using namespace model::seen;

// The holders of what is selected, by their pid: each endpoint of a test has its own.
std::vector<int> selected(const Scene& scene, const Target& target) {
    std::vector<int> pids;
    for (const auto id : select(scene.graph(), scene.links(), target))
        scene.graph().for_each_holder(scene.graph()[id], [&](const HolderEntry& holder) {
            pids.push_back(number(scene.graph().process(holder.process).pid));
        });
    return pids;
}
std::vector<int> selected(const Scene& scene, std::string_view text) {
    return selected(scene, parse_target(text).value());
}

using Pids = std::vector<int>;

HolderFact holds(SocketRef end, Kind kind, int pid) {
    auto fact = held(end, pid, 3);
    fact.kind = kind;
    return fact;
}

// -- addresses ------------------------------------------------------------------------------------------------

Scene a_network() {
    return Scene({holds(nth(1), Kind::tcp, 10), tcp(1, "10.0.0.1:5000", "10.0.0.2:80"),
                  holds(nth(2), Kind::tcp, 20), tcp(2, "10.0.0.2:80", "10.0.0.1:5000"),
                  holds(nth(3), Kind::tcp, 30), dual_stack_listener(3, "[::]:80"),
                  holds(nth(4), Kind::udp, 40), udp(4, "10.0.0.2:80"),
                  holds(nth(5), Kind::udp, 50), // bound to nothing: in no table
                  holds(nth(6), Kind::unix_socket, 60), idle(nth(6))});
}

TEST(Select, TakesAnAddressAsLocalOrRemote) {
    const auto scene = a_network();
    EXPECT_EQ(selected(scene, "10.0.0.2:80"), (Pids{10, 20, 40}));
    EXPECT_EQ(selected(scene, "10.0.0.1:5000"), (Pids{10, 20}));
    EXPECT_EQ(selected(scene, "[::ffff:10.0.0.1]:5000"), (Pids{10, 20}));
    EXPECT_EQ(selected(scene, "10.0.0.1:80"), Pids{}) << "address of one end and port of the other";
    EXPECT_EQ(selected(scene, "[::]:80"), Pids{30});
}

TEST(Select, TakesAPortOnAnyAddress) {
    EXPECT_EQ(selected(a_network(), ":80"), (Pids{10, 20, 30, 40}));
    EXPECT_EQ(selected(a_network(), ":5000"), (Pids{10, 20}));
    EXPECT_EQ(selected(a_network(), ":81"), Pids{});
}

TEST(Select, TakesOneProtocolWherePrefixed) {
    EXPECT_EQ(selected(a_network(), "tcp:80"), (Pids{10, 20, 30}));
    EXPECT_EQ(selected(a_network(), "udp:80"), Pids{40});
    EXPECT_EQ(selected(a_network(), "udp:10.0.0.2"), Pids{40});
    EXPECT_EQ(selected(a_network(), "tcp:10.0.0.1"), (Pids{10, 20}));
}

TEST(Select, TakesEndsThatNobodyHolds) {
    const Scene scene({unheld(tcp(1, "10.0.0.1:5000", "10.0.0.2:80", TcpState::time_wait))});
    EXPECT_EQ(select(scene.graph(), scene.links(), parse_target(":80").value()).size(), 1U);
}

// -- pipes and terminals --------------------------------------------------------------------------------------

constexpr SocketRef read_end{SockAddress{0xffff888000010000}, nth(6).inode},
    write_end{SockAddress{0xffff888000010001}, nth(6).inode};

Scene some_pipes() {
    return Scene({holds(nth(6), Kind::unix_socket, 60), idle(nth(6)), holds(read_end, Kind::pipe, 70),
                  PipeFact{.end = read_end, .other = write_end, .type = EndpointType::read, .device = 9},
                  holds(write_end, Kind::pipe, 80),
                  PipeFact{.end = write_end, .other = read_end, .type = EndpointType::write, .device = 9}});
}

TEST(Select, TakesBothEndsOfAPipeByItsInodeAndItsAddress) {
    const auto scene = some_pipes();
    const auto number_of_it = std::to_string(number(nth(6).inode));
    EXPECT_EQ(selected(scene, "pipe:[" + number_of_it + "]"), (Pids{70, 80}));
    EXPECT_EQ(selected(scene, "socket:[" + number_of_it + "]"), Pids{60});
    EXPECT_EQ(selected(scene, "ino:" + number_of_it), (Pids{60, 70, 80}));
    EXPECT_EQ(selected(scene, AddressTarget{read_end.address}), (Pids{70, 80}));
    EXPECT_EQ(selected(scene, AddressTarget{write_end.address}), Pids{}) << "no address of the kernel";
}

TEST(Select, TakesAFifoByItsFileOnItsDevice) {
    EXPECT_EQ(selected(some_pipes(), FileTarget{nth(6).inode, 9}), (Pids{70, 80}));
    EXPECT_EQ(selected(some_pipes(), FileTarget{nth(6).inode, 8}), Pids{});
    EXPECT_EQ(selected(some_pipes(), FileTarget{nth(5).inode, 9}), Pids{});
}

TEST(Select, TakesNothingByAMadeUpAddress) {
    const SocketRef end{SockAddress{2}, Inode{7}};
    const Scene scene({holds(end, Kind::pipe, 70), PipeFact{.end = end, .type = EndpointType::read}});
    EXPECT_EQ(selected(scene, "pipe:[7]"), Pids{70});
    EXPECT_EQ(selected(scene, "0x2"), Pids{});
}

TEST(Select, TakesBothEndsOfATerminalInItsInstance) {
    const auto end = [](std::uint32_t n, std::uint32_t other, EndpointType type, std::uint32_t index,
                        std::uint32_t device) {
        return PtyFact{nth_embryo(n), nth_embryo(other), type, index, device, true};
    };
    const Scene scene({holds(nth_embryo(1), Kind::pty, 10), end(1, 2, EndpointType::master, 3, 24),
                       holds(nth_embryo(2), Kind::pty, 20), end(2, 1, EndpointType::slave, 3, 24),
                       holds(nth_embryo(3), Kind::pty, 30), end(3, 4, EndpointType::slave, 3, 25),
                       holds(nth_embryo(4), Kind::pty, 40), end(4, 5, EndpointType::slave, 4, 24)});
    EXPECT_EQ(selected(scene, TerminalTarget{3, 24}), (Pids{10, 20}));
    EXPECT_EQ(selected(scene, TerminalTarget{3, 25}), Pids{30});
    EXPECT_EQ(selected(scene, TerminalTarget{5, 24}), Pids{});
}

// -- groups ---------------------------------------------------------------------------------------------------

TEST(Select, TakesWhatAUnitHolds) {
    const Scene scene({held(nth(1), 10, 3), idle(nth(1)), held(nth(2), 20, 3), idle(nth(2)),
                       held(nth(3), 30, 3), idle(nth(3)),
                       ContainerFact{.pid = Pid{10}, .unit = "ssh.service"},
                       ContainerFact{.pid = Pid{20}, .unit = "ssh.socket"}});
    EXPECT_EQ(selected(scene, "unit:ssh.service"), Pids{10});
    EXPECT_EQ(selected(scene, "unit:ssh"), Pids{10});
    EXPECT_EQ(selected(scene, "unit:ssh.socket"), Pids{20});
    EXPECT_EQ(selected(scene, "unit:ss"), Pids{});
}

TEST(Select, TakesWhatAContainerHoldsAndWhatIsLeftInItsNetwork) {
    const Container web{"docker", std::string(64, 'a'), "web", ""};
    auto inside = held(nth(1), 10, 3), outside = held(nth(2), 20, 3);
    inside.netns = elsewhere;
    const auto left = in(elsewhere, unheld(tcp(4, "10.0.0.1:80", "10.0.0.2:5000", TcpState::time_wait)));
    std::vector<Fact> facts{inside,       idle(nth(1)), outside,
                            idle(nth(2)), left,         ContainerFact{.pid = Pid{10}, .container = web}};
    const auto count = [&] {
        const Scene scene(facts);
        return select(scene.graph(), scene.links(), ContainerTarget{"web"}).size();
    };
    EXPECT_EQ(count(), 2U);
    auto shares = held(nth(3), 30, 3);
    shares.netns = elsewhere;
    facts.insert(facts.end(), {shares, idle(nth(3))});
    EXPECT_EQ(count(), 1U) << "the network is not its own";
}

} // namespace
} // namespace otherend::query
