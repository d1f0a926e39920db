// SPDX-License-Identifier: MIT
#include "render/printer.hpp"

#include "render/words.hpp"
#include "samples.hpp"

#include <gtest/gtest.h>
#include <sstream>
#include <string>
#include <vector>

using namespace otherend;
using namespace otherend::render;
using namespace otherend::render::samples;

namespace {

std::string printed(const std::vector<Endpoint>& endpoints, const Options& options) {
    std::ostringstream out;
    const auto printer = make_printer(out, options, {});
    for (const Endpoint& endpoint : endpoints)
        printer->endpoint(endpoint);
    printer->finish({});
    return out.str();
}

std::string header_of(Format format, bool addresses) {
    std::string names;
    for (const Column* column : default_columns(format, addresses))
        names.append(column->name).append(" ");
    return names;
}

} // namespace

TEST(Printer, ShowsWhoIsOnTheOtherEndInTheTable) {
    EXPECT_EQ(
        printed({accepted()}, {}),
        "KIND  TYPE    STATE      ENDPOINT          HOLDERS        PEER       PEER HOLDERS  LISTENER\n"
        "unix  stream  connected  /run/docker.sock  dockerd 812/9  ino:70162  curl 3301/5   systemd 1/40, dockerd "
        "812/4\n");
}

TEST(Printer, ShowsARowForEveryClientOfADatagramServer) {
    EXPECT_EQ(
        printed({datagram_server()}, {}),
        "KIND  TYPE   STATE        ENDPOINT  HOLDERS         PEER               PEER HOLDERS  LISTENER\n"
        "unix  dgram  unconnected  /dev/log  journald 300/3  connected ino:501  sshd 700/4    -\n"
        "unix  dgram  unconnected  /dev/log  journald 300/3  connected @cron    -             -\n"
        "unix  dgram  unconnected  /dev/log  journald 300/3  connected ino:503  sudo 900/7    -\n");
}

TEST(Printer, ShowsEveryState) {
    for (const State state : states) {
        const auto table = printed({Endpoint{.state = state}}, {});
        EXPECT_NE(table.find("stream  " + std::string(word(state))), std::string::npos) << table;
    }
}

TEST(Printer, ColoursTheStateAndNothingElse) {
    const auto plain = printed({accepted()}, {});
    auto coloured = printed({accepted()}, {.color = true});
    const std::string green = "\033[32mconnected\033[m";
    const auto at = coloured.find(green);
    ASSERT_NE(at, std::string::npos) << coloured;
    EXPECT_EQ(coloured.replace(at, green.size(), "connected"), plain);
    EXPECT_EQ(printed({datagram_server()}, {.color = true}).find('\033'), std::string::npos)
        << "unconnected has no colour";
}

TEST(Printer, GivesEveryStateButUnconnectedAColour) {
    for (const State state : states) {
        const bool has_colour = printed({Endpoint{.state = state}}, {.color = true}).contains('\033');
        EXPECT_EQ(has_colour, state != State::unconnected) << word(state);
    }
}

TEST(Printer, FitsTheTableButNeverTheWideOne) {
    const auto longest = [](const std::string& text) {
        std::size_t length = 0;
        std::istringstream lines(text);
        for (std::string line; std::getline(lines, line);)
            length = std::max(length, line.size());
        return length;
    };
    EXPECT_LE(longest(printed({accepted(), datagram_server()}, {.width = 100})), 100U + 2 * std::size("…"));
    EXPECT_EQ(printed({accepted()}, {.format = Format::wide, .width = 80}),
              printed({accepted()}, {.format = Format::wide}));
}

TEST(Printer, ListsAllHoldersInTheWideTable) {
    Endpoint endpoint;
    for (int pid = 100; pid < 110; ++pid)
        endpoint.holders.push_back(held("postgres", pid, 5));
    const auto wide = printed({endpoint}, {.format = Format::wide});
    EXPECT_NE(wide.find("postgres 100/5, postgres 101/5, "), std::string::npos) << wide;
    EXPECT_NE(wide.find("postgres 109/5"), std::string::npos) << wide;
}

TEST(Printer, PrintsTheColumnsAskedFor) {
    EXPECT_EQ(printed({accepted()}, {.columns = {find_column("peer_comm"), find_column("inode")}}),
              "PEER COMM  INODE\n"
              "curl       70163\n");
}

TEST(Printer, PrintsNothingForAnEmptyTable) {
    EXPECT_EQ(printed({}, {}), "");
    EXPECT_EQ(printed({}, {.format = Format::wide}), "");
}

TEST(Printer, HasDefaultColumnsForEachFormat) {
    EXPECT_EQ(header_of(Format::table, false),
              "kind type state endpoint holders peer peer_holders listener ");
    EXPECT_EQ(
        header_of(Format::wide, false),
        "kind type state inode netns name name_state local remote tcp_state rx_queue tx_queue backlog "
        "backlog_limit container holders opener peer_state method peer_inode peer_netns peer_name peer_local "
        "peer_container peer_holders listener note ");
    EXPECT_EQ(
        header_of(Format::csv, false),
        "kind type state inode cookie netns name name_state local remote tcp_state rx_queue tx_queue backlog "
        "backlog_limit pid tid fd comm exe uid container holders opener peer_state method peer_inode peer_netns "
        "peer_name peer_local peer_container peer_pid peer_comm peer_holders listener note ");
    EXPECT_EQ(header_of(Format::json, true), "");
    for (const Format format : {Format::table, Format::wide, Format::csv}) {
        EXPECT_FALSE(header_of(format, false).contains("address"));
        EXPECT_TRUE(header_of(format, true).contains("address"));
    }
}

TEST(Describe, SaysWhatWasUnseenInOneLine) {
    EXPECT_EQ(describe({.what = "process 812", .why = "permission denied", .count = 1}),
              "process 812: permission denied");
    EXPECT_EQ(describe({.what = "descriptors", .why = "a\nb", .count = 3}), "descriptors (3): a\\nb");
}
