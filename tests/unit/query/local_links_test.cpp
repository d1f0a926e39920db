// SPDX-License-Identifier: MIT
#include "query/local_links.hpp"

#include "query/describe.hpp"
#include "scene.hpp"

#include <gtest/gtest.h>

namespace otherend::query {
namespace {

using namespace model;
using namespace model::seen;

constexpr std::uint32_t device = 24;

SocketRef end_of_pty(std::uint32_t n) {
    return nth_embryo(n); // of which no inode tells
}
PtyFact pty(std::uint32_t self, std::uint32_t other, EndpointType type, std::optional<bool> other_open) {
    return {end_of_pty(self), end_of_pty(other), type, 3, device, other_open};
}
HolderFact holds(SocketRef end, Kind kind, int pid) {
    auto fact = held(end, pid, 3);
    fact.kind = kind;
    return fact;
}
constexpr SocketRef read_end{SockAddress{0xffff888000000400}, Inode{81}},
    write_end{SockAddress{0xffff888000000401}, Inode{81}};

PipeFact pipe(EndpointType type, std::optional<bool> other_open) {
    const bool writes = type == EndpointType::write;
    return {.end = writes ? write_end : read_end,
            .other = writes ? read_end : write_end,
            .type = type,
            .device = device,
            .other_open = other_open};
}

// The link of the first end that is asked for.
struct Told {
    State state;
    Method method;
    std::optional<SocketRef> other;
    bool has_note;
};
Told told(const std::vector<Fact>& facts, SocketRef end) {
    const auto graph = graph_of(facts);
    const auto link = local_link(graph, id_of(graph, end));
    return {link.state, link.method, link.other ? std::optional(graph[*link.other].self) : std::nullopt,
            !link.note.empty()};
}

TEST(LocalLinks, EndsOfAPtyThatAreBothHeldAreConnected) {
    const std::vector<Fact> facts{holds(end_of_pty(1), Kind::pty, 10), pty(1, 2, EndpointType::master, true),
                                  holds(end_of_pty(2), Kind::pty, 20), pty(2, 1, EndpointType::slave, true)};
    const auto master = told(facts, end_of_pty(1)), slave = told(facts, end_of_pty(2));
    EXPECT_EQ(master.state, State::connected);
    EXPECT_EQ(master.method, Method::tty);
    EXPECT_EQ(master.other, end_of_pty(2));
    EXPECT_EQ(slave.state, State::connected);
    EXPECT_EQ(slave.other, end_of_pty(1));
    EXPECT_FALSE(slave.has_note);
}

TEST(LocalLinks, EndsOfAPipeThatAreBothHeldAreConnected) {
    const std::vector<Fact> facts{holds(read_end, Kind::pipe, 10), pipe(EndpointType::read, true),
                                  holds(write_end, Kind::pipe, 20), pipe(EndpointType::write, true)};
    EXPECT_EQ(told(facts, read_end).state, State::connected);
    EXPECT_EQ(told(facts, read_end).method, Method::pipe);
    EXPECT_EQ(told(facts, read_end).other, write_end);
    EXPECT_EQ(told(facts, write_end).other, read_end);
}

TEST(LocalLinks, MasterWithoutATerminalWaitsForOneAndAnythingElseIsClosed) {
    EXPECT_EQ(
        told({holds(end_of_pty(1), Kind::pty, 10), pty(1, 2, EndpointType::master, false)}, end_of_pty(1))
            .state,
        State::unconnected);
    EXPECT_EQ(
        told({holds(end_of_pty(2), Kind::pty, 10), pty(2, 1, EndpointType::slave, false)}, end_of_pty(2))
            .state,
        State::closed);
    for (const auto type : {EndpointType::read, EndpointType::write}) {
        const auto end = type == EndpointType::read ? read_end : write_end;
        EXPECT_EQ(told({holds(end, Kind::pipe, 10), pipe(type, false)}, end).state, State::closed);
    }
}

TEST(LocalLinks, OtherEndThatSomethingRefersToButNoDescriptorIsUnknown) {
    const auto link = told({holds(read_end, Kind::pipe, 10), pipe(EndpointType::read, true),
                            pipe(EndpointType::write, true)}, // in a message, say
                           read_end);
    EXPECT_EQ(link.state, State::unknown);
    EXPECT_TRUE(link.has_note);
}

TEST(LocalLinks, OtherEndThatTheSourceDoesNotTellIsUnknown) {
    const auto link =
        told({holds(read_end, Kind::pipe, 10), pipe(EndpointType::read, std::nullopt)}, read_end);
    EXPECT_EQ(link.state, State::unknown);
    EXPECT_EQ(link.method, Method::pipe);
    EXPECT_TRUE(link.has_note);
}

TEST(LocalLinks, EndThatNobodyHoldsIsInNoAnswer) {
    const Scene scene({pty(1, 2, EndpointType::master, true), holds(end_of_pty(2), Kind::pty, 10),
                       pty(2, 1, EndpointType::slave, true)});
    EXPECT_FALSE(scene.is_visible(1));
    EXPECT_TRUE(scene.is_visible(2));
}

TEST(LocalLinks, AnswerHasTheNameAndTheAddressOfTheKernelAlone) {
    const auto answer = [](const std::vector<Fact>& facts, SocketRef end) {
        const auto graph = graph_of(facts);
        const Links links(graph);
        Endpoint endpoint;
        describe(graph, links, id_of(graph, end), endpoint);
        return endpoint;
    };
    const auto terminal =
        answer({holds(end_of_pty(1), Kind::pty, 10), pty(1, 2, EndpointType::master, false)}, end_of_pty(1));
    EXPECT_EQ(terminal.kind, Kind::pty);
    EXPECT_EQ(terminal.name, "/dev/pts/3");
    EXPECT_EQ(terminal.inode, std::nullopt);
    EXPECT_EQ(terminal.address, end_of_pty(1).address);

    auto fifo = pipe(EndpointType::write, true);
    fifo.path = "/run/fifo";
    const auto answer_of_fifo = [&] {
        return answer({holds(write_end, Kind::pipe, 10), fifo, holds(read_end, Kind::pipe, 20),
                       pipe(EndpointType::read, true)},
                      write_end);
    };
    const auto written = answer_of_fifo();
    EXPECT_EQ(written.name, "/run/fifo");
    EXPECT_EQ(written.name_state, std::nullopt) << "whoever holds it may have another root";
    fifo.unlinked = true;
    EXPECT_EQ(answer_of_fifo().name_state, NameState::unlinked);
    EXPECT_EQ(written.inode, Inode{81});
    EXPECT_EQ(written.address, read_end.address) << "without the bit that tells its ends apart";
    ASSERT_EQ(written.peers.size(), 1U);
    EXPECT_EQ(written.peers[0].address, read_end.address);
    EXPECT_EQ(written.peers[0].type, EndpointType::read);

    const SocketRef made_up{SockAddress{2}, Inode{7}}, other{SockAddress{3}, Inode{7}};
    const auto by_procfs = answer({holds(made_up, Kind::pipe, 10), holds(other, Kind::pipe, 20),
                                   PipeFact{.end = made_up, .other = other, .type = EndpointType::read}},
                                  made_up);
    EXPECT_EQ(by_procfs.address, std::nullopt);
    ASSERT_EQ(by_procfs.peers.size(), 1U);
    EXPECT_EQ(by_procfs.peers[0].address, std::nullopt);
}

} // namespace
} // namespace otherend::query
