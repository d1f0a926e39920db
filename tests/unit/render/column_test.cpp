// SPDX-License-Identifier: MIT
#include "render/column.hpp"

#include "samples.hpp"

#include <gtest/gtest.h>
#include <set>
#include <string>
#include <vector>

using namespace otherend;
using namespace otherend::render;
using namespace otherend::render::samples;
using namespace std::string_literals;

namespace {

std::string filled(void (*fill)(const Row&, Cell&), const Row& row) {
    Cell cell;
    fill(row, cell);
    return std::string(cell.joined("|"));
}

std::string whole(std::string_view name, const Endpoint& endpoint, std::size_t edge = 0) {
    return filled(find_column(name)->fill,
                  {endpoint, edge < endpoint.peers.size() ? &endpoint.peers[edge] : nullptr});
}

std::string brief(std::string_view name, const Endpoint& endpoint) {
    return filled(find_column(name)->fill_brief,
                  {endpoint, endpoint.peers.empty() ? nullptr : endpoint.peers.data()});
}

} // namespace

TEST(Column, HasOneNameAHeaderAndHelp) {
    std::set<std::string_view> names;
    for (const Column& column : columns()) {
        EXPECT_TRUE(names.insert(column.name).second) << column.name;
        EXPECT_FALSE(column.header.empty()) << column.name;
        EXPECT_FALSE(column.help.empty()) << column.name;
        EXPECT_EQ(find_column(column.name), &column);
    }
    EXPECT_EQ(find_column("zebra"), nullptr);
    EXPECT_EQ(find_column(""), nullptr);
}

TEST(Column, SaysWhatIsKnownOfAnEndpoint) {
    const std::pair<std::string_view, std::string_view> expected[] = {
        {"kind", "unix"},
        {"type", "stream"},
        {"state", "connected"},
        {"endpoint", "/run/docker.sock"},
        {"inode", "70163"},
        {"cookie", "4097"},
        {"address", "0xffff93dbd1ee3c00"},
        {"netns", "4026531840"},
        {"name", "/run/docker.sock"},
        {"name_state", "live"},
        {"local", ""},
        {"remote", ""},
        {"tcp_state", ""},
        {"stuck", ""},
        {"timer", ""},
        {"retransmits", ""},
        {"total_retransmits", ""},
        {"rtt_us", ""},
        {"congestion", ""},
        {"send_window", ""},
        {"bytes_acked", ""},
        {"bytes_received", ""},
        {"memory", ""},
        {"cgroup", ""},
        {"owner", ""},
        {"rx_queue", "0"},
        {"tx_queue", "512"},
        {"backlog", ""},
        {"backlog_limit", ""},
        {"pid", "812"},
        {"tid", ""},
        {"fd", "9"},
        {"comm", "dockerd"},
        {"exe", ""},
        {"uid", "0"},
        {"container", ""},
        {"unit", ""},
        {"holders", "dockerd 812/9"},
        {"opener", "3301 uid 1000"},
        {"peer", "ino:70162"},
        {"peer_state", "connected"},
        {"method", "pointer"},
        {"peer_inode", "70162"},
        {"peer_netns", "4026532000"},
        {"peer_name", ""},
        {"peer_local", ""},
        {"peer_container", ""},
        {"peer_pid", "3301"},
        {"peer_comm", "curl"},
        {"peer_holders", "curl 3301/5"},
        {"listener", "/run/docker.sock|systemd 1/40|dockerd 812/4"},
        {"note", ""},
    };
    EXPECT_EQ(std::size(expected), columns().size()) << "a column is missing here";
    for (const auto& [name, value] : expected)
        EXPECT_EQ(whole(name, accepted()), value) << name;
}

TEST(Column, SaysWhatIsKnownOfAConnection) {
    const Endpoint endpoint = connection();
    const std::pair<std::string_view, std::string_view> expected[] = {
        {"kind", "tcp"},
        {"type", ""},
        {"endpoint", "172.22.0.2:3306"},
        {"local", "172.22.0.2:3306"},
        {"remote", "172.22.0.1:1234"},
        {"tcp_state", "established"},
        {"timer", "retransmit 120 ms, 2 retries"},
        {"retransmits", "2"},
        {"rtt_us", "25"},
        {"congestion", "cubic"},
        {"owner", "27"},
        {"container", "web"},
        {"unit", ""},
        {"stuck", "nobody reads"},
        {"peer", "10.0.0.7:1234"},
        {"peer_local", "10.0.0.7:1234"},
        {"method", "sequence"},
        {"peer_container", "0123456789ab"},
    };
    for (const auto& [name, value] : expected)
        EXPECT_EQ(whole(name, endpoint), value) << name;
    EXPECT_EQ(brief("holders", endpoint), "mysqld 901/7 in web");
    EXPECT_EQ(brief("peer_holders", endpoint), "app 55/3 in 0123456789ab");
}

TEST(Column, SaysThePidOfAHolderInItsOwnNamespace) {
    Endpoint endpoint = connection();
    endpoint.holders.front().own_pid = endpoint.peers.front().holders.front().own_pid = Pid{1};
    EXPECT_EQ(brief("holders", endpoint), "mysqld 901/7 in web (pid 1 there)");
    EXPECT_EQ(whole("holders", endpoint), "mysqld 901/7 (pid 1 there)");
    EXPECT_EQ(whole("peer_holders", endpoint), "app 55/3 (pid 1 there)");
    EXPECT_EQ(whole("pid", endpoint), "901");
}

TEST(Column, SaysOfAListenerThatItTakesIpv4AsWell) {
    Endpoint endpoint{.kind = Kind::tcp, .local = IpEndpoint{.port = 80}, .tcp = Tcp{.dual_stack = true}};
    EXPECT_EQ(whole("endpoint", endpoint), "[::]:80 (and IPv4)");
    endpoint.tcp->dual_stack = false;
    EXPECT_EQ(whole("endpoint", endpoint), "[::]:80");
}

TEST(Column, IsAbsentWhereNothingIsKnown) {
    const Endpoint nothing;
    for (const Column& column : columns()) {
        const bool always_known = column.name == "kind" || column.name == "type" || column.name == "state";
        EXPECT_EQ(whole(column.name, nothing).empty(), !always_known) << column.name;
    }
}

TEST(Column, HasAValueForEveryHolder) {
    Endpoint endpoint;
    endpoint.holders = {held("nginx", 812, 5), held_by_thread("java", 900, 6, 901), in_ring("proxy", 77, 3),
                        in_flight(4), in_kernel()};
    endpoint.holders[0].exe = "/usr/sbin/nginx";
    endpoint.holders[1].uid = 33;
    EXPECT_EQ(whole("pid", endpoint), "812|900|77");
    EXPECT_EQ(whole("tid", endpoint), "901");
    EXPECT_EQ(whole("fd", endpoint), "5|6") << "a ring's descriptor is not the socket's";
    EXPECT_EQ(whole("comm", endpoint), "nginx|java|proxy");
    EXPECT_EQ(whole("uid", endpoint), "0|33|0");
    EXPECT_EQ(whole("exe", endpoint), "/usr/sbin/nginx");
    EXPECT_EQ(whole("holders", endpoint),
              "nginx 812/5|java 900/6 tid 901|proxy 77 io_uring fd 3|in flight on ino:4|kernel");
}

TEST(Column, GroupsHoldersOnlyForTheTable) {
    Endpoint endpoint;
    endpoint.holders = {held("postgres", 1, 5), held("postgres", 2, 5)};
    endpoint.peers = {{.holders = endpoint.holders}};
    EXPECT_EQ(brief("holders", endpoint), "postgres {1,2}/5");
    EXPECT_EQ(brief("peer_holders", endpoint), "postgres {1,2}/5");
    EXPECT_EQ(whole("holders", endpoint), "postgres 1/5|postgres 2/5");
    EXPECT_EQ(whole("peer_holders", endpoint), "postgres 1/5|postgres 2/5");
}

TEST(Column, EscapesForeignBytes) {
    Endpoint endpoint;
    endpoint.name = "\0a\nb\0"s;
    endpoint.holders = {held("\x1b]0;\xff", 1, 2)};
    endpoint.holders[0].exe = "/tmp/\u202egpj";
    endpoint.peers = {{.name = "@x\r", .note = "line\nline"}};
    EXPECT_EQ(whole("name", endpoint), R"(@a\nb\0)");
    EXPECT_EQ(whole("endpoint", endpoint), R"(@a\nb\0)");
    EXPECT_EQ(whole("comm", endpoint), R"(\x1b]0;\xff)");
    EXPECT_EQ(whole("exe", endpoint), R"(/tmp/\u202egpj)");
    EXPECT_EQ(whole("peer_name", endpoint), R"(\x40x\x0d)");
    EXPECT_EQ(whole("note", endpoint), R"(line\nline)");
}

TEST(Column, EndpointIsATargetAndWarnsOfADeadPath) {
    Endpoint endpoint{.inode = Inode{70162}};
    EXPECT_EQ(whole("endpoint", endpoint), "ino:70162");
    endpoint.name = "/tmp/x.sock";
    EXPECT_EQ(whole("endpoint", endpoint), "/tmp/x.sock");
    endpoint.name_state = NameState::replaced;
    EXPECT_EQ(whole("endpoint", endpoint), "/tmp/x.sock (replaced)");
}

TEST(Column, PeerSaysItsStateOnlyWhereItDiffers) {
    Endpoint endpoint{.state = State::connected, .peers = {{.state = State::connected, .inode = Inode{5}}}};
    EXPECT_EQ(whole("peer", endpoint), "ino:5");
    endpoint.peers[0].name = "/run/x.sock";
    EXPECT_EQ(whole("peer", endpoint), "/run/x.sock");
    endpoint.peers[0].state = State::inflight;
    EXPECT_EQ(whole("peer", endpoint), "inflight /run/x.sock");
}

TEST(Column, PeerGivesTheNote) {
    Endpoint endpoint{.state = State::unknown,
                      .peers = {{.state = State::unknown, .note = "procfs does not tell the peer"}}};
    EXPECT_EQ(whole("peer", endpoint), "(procfs does not tell the peer)");
    endpoint.state = State::connected;
    EXPECT_EQ(whole("peer", endpoint), "unknown (procfs does not tell the peer)");
    endpoint.peers[0].inode = Inode{5};
    EXPECT_EQ(whole("peer", endpoint), "unknown ino:5 (procfs does not tell the peer)");
    endpoint.state = State::unknown;
    EXPECT_EQ(whole("peer", endpoint), "ino:5 (procfs does not tell the peer)");
}

TEST(Column, PeerIsAbsentWhereTheEdgeSaysNothingMore) {
    Endpoint endpoint{.state = State::closed, .peers = {{.state = State::closed}}};
    EXPECT_EQ(whole("peer", endpoint), "");
    endpoint.state = State::connected;
    EXPECT_EQ(whole("peer", endpoint), "closed");
}

TEST(Column, ListenerNamesItsSocketInTheTableOnlyIfTheRowDoesNot) {
    Endpoint endpoint = accepted();
    EXPECT_EQ(brief("listener", endpoint), "systemd 1/40, dockerd 812/4");
    endpoint.name.clear();
    EXPECT_EQ(brief("listener", endpoint), "/run/docker.sock systemd 1/40, dockerd 812/4");
    endpoint.peers[0].name = "/run/docker.sock";
    EXPECT_EQ(brief("listener", endpoint), "systemd 1/40, dockerd 812/4");
    endpoint.listener->holders.clear();
    EXPECT_EQ(brief("listener", endpoint), "/run/docker.sock");
    endpoint.listener->name.clear();
    EXPECT_EQ(brief("listener", endpoint), "ino:70001");
    endpoint.listener->holders = {held("a", 1, 2)};
    EXPECT_EQ(brief("listener", endpoint), "ino:70001 a 1/2");
    EXPECT_EQ(whole("listener", endpoint), "ino:70001|a 1/2");
    endpoint.listener.reset();
    EXPECT_EQ(brief("listener", endpoint), "");
}

TEST(Column, OpenerWithoutAProcessStillHasAUser) {
    const Endpoint endpoint{.opener = Opener{.uid = 33}};
    EXPECT_EQ(whole("opener", endpoint), "uid 33");
}

TEST(Row, IsOnePerEdgeAndOneWithout) {
    std::vector<const Edge*> edges;
    const auto collect = [&edges](const Row& row) { edges.push_back(row.edge); };
    const Endpoint server = datagram_server();
    for_each_row(server, collect);
    for_each_row(Endpoint{}, collect);
    EXPECT_EQ(edges,
              (std::vector<const Edge*>{&server.peers[0], &server.peers[1], &server.peers[2], nullptr}));
}

TEST(SortKey, IsTheFirstValueInAnyRow) {
    EXPECT_EQ(sort_key(*find_column("inode"), accepted()), SortKey(std::uint64_t{70163}));
    EXPECT_EQ(sort_key(*find_column("comm"), accepted()), SortKey("dockerd"));
    EXPECT_EQ(sort_key(*find_column("peer_name"), datagram_server()), SortKey("@cron"));
    EXPECT_EQ(sort_key(*find_column("tid"), accepted()), SortKey());
}

TEST(SortKey, OrdersNumbersBySizeAndTextByBytes) {
    const SortKey nine(std::uint64_t{9});
    const SortKey ten(std::uint64_t{10});
    EXPECT_TRUE(goes_before(nine, ten, false));
    EXPECT_FALSE(goes_before(ten, nine, false));
    EXPECT_TRUE(goes_before(ten, nine, true));
    EXPECT_FALSE(goes_before(nine, nine, false));
    EXPECT_FALSE(goes_before(nine, nine, true));
    EXPECT_TRUE(goes_before(SortKey("10"), SortKey("9"), false));
}

TEST(SortKey, PutsAbsentLastInBothDirections) {
    const SortKey absent;
    const SortKey known(std::uint64_t{1});
    for (const bool descending : {false, true}) {
        EXPECT_TRUE(goes_before(known, absent, descending));
        EXPECT_FALSE(goes_before(absent, known, descending));
        EXPECT_FALSE(goes_before(absent, absent, descending));
    }
}
