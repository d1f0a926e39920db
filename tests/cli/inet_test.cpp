// SPDX-License-Identifier: MIT
// The listing of a network namespace is its /proc/net/tcp and tcp6, row for row, read here without any of our code.
#include "harness/process.hpp"
#include "harness/truth.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cstdio>
#include <fstream>
#include <set>
#include <string>

namespace otherend::harness {
namespace {

using Rows = std::multiset<std::string>; // "local remote state inode"

constexpr std::array states{"",          "established", "syn_sent", "syn_recv",   "fin_wait1",
                            "fin_wait2", "time_wait",   "close",    "close_wait", "last_ack",
                            "listen",    "closing",     "syn_recv"};

// "0100007F" or 32 digits: words of 32 bits as the machine keeps them, see seq_file output of net/ipv6/tcp_ipv6.c.
std::string address_text(const std::string& digits) {
    std::array<std::uint32_t, 4> words{};
    for (std::size_t i = 0; i * 8 < digits.size(); ++i)
        words[i] = static_cast<std::uint32_t>(std::stoul(digits.substr(i * 8, 8), nullptr, 16));
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (digits.size() == 8)
        return inet_ntop(AF_INET, words.data(), text.data(), text.size());
    const bool is_mapped = words[0] == 0 && words[1] == 0 && words[2] == htonl(0xffff);
    if (is_mapped)
        return inet_ntop(AF_INET, &words[3], text.data(), text.size());
    inet_ntop(AF_INET6, words.data(), text.data(), text.size());
    return "[" + std::string(text.data()) + "]";
}

std::string end_text(const std::string& field) { // "0100007F:1F90"; none: port 0
    const auto colon = field.find(':');
    const auto port = std::stoul(field.substr(colon + 1), nullptr, 16);
    return port == 0 ? "none" : address_text(field.substr(0, colon)) + ":" + std::to_string(port);
}

void add_rows(Rows& rows, const std::string& path) {
    std::ifstream table(path);
    ASSERT_TRUE(table) << path;
    std::string line;
    std::getline(table, line); // the heading
    while (std::getline(table, line)) {
        std::array<char, 64> local{}, remote{};
        unsigned state = 0;
        unsigned long inode = 0;
        ASSERT_EQ(std::sscanf(line.c_str(), "%*s %63s %63s %x %*s %*s %*s %*u %*u %lu", local.data(),
                              remote.data(), &state, &inode),
                  4)
            << line;
        rows.insert(end_text(local.data()) + " " + end_text(remote.data()) + " " + states.at(state) + " " +
                    std::to_string(inode));
    }
}

// The file has no row for a socket that is neither connected nor listening.
Rows rows_of(const Json& endpoints, const Json& netns) {
    Rows rows;
    for (const auto& endpoint : endpoints)
        if (endpoint["kind"] == "tcp" && endpoint["netns"] == netns && endpoint["tcp_state"] != "close")
            rows.insert(endpoint.value("local", "none") + " " + endpoint.value("remote", "none") + " " +
                        endpoint["tcp_state"].get<std::string>() + " " +
                        std::to_string(endpoint.value("inode", std::uint64_t{0})));
    return rows;
}

class ProcNetTcp : public testing::TestWithParam<const char*> {};

TEST_P(ProcNetTcp, IsListedRowForRow) {
    const Program program(GetParam());
    if (program.skipped())
        GTEST_SKIP() << *program.skipped();
    const Truth truth(program.line());
    std::set<std::uint64_t> compared;
    for (const auto& endpoint : truth.endpoints()) {
        if (!endpoint.contains("holders") || !compared.insert(endpoint["netns"].get<std::uint64_t>()).second)
            continue;
        const auto process = "/proc/" + endpoint["holders"][0]["pid"].dump();
        Rows rows;
        for (const auto* table : {"/net/tcp", "/net/tcp6"})
            add_rows(rows, process + table);
        EXPECT_EQ(rows_of(truth.endpoints(), endpoint["netns"]), rows) << "the truth itself";
        const auto run =
            otherend({"list", "netns:" + endpoint["netns"].dump(), "--kind", "tcp", "-o", "json"});
        const auto answer = Json::parse(run.out, nullptr, false);
        ASSERT_TRUE(answer.is_object()) << run.err;
        EXPECT_EQ(run.exit_code, 0) << run.err;
        EXPECT_EQ(rows_of(answer["endpoints"], endpoint["netns"]), rows);
    }
    EXPECT_FALSE(compared.empty());
}

INSTANTIATE_TEST_SUITE_P(Of, ProcNetTcp,
                         testing::Values("tcp_across", "tcp_backlog_full", "tcp_bound_only", "tcp_closed",
                                         "tcp_deferred", "tcp_pending", "tcp_self_namespaces"),
                         [](const auto& instance) { return std::string(instance.param); });

} // namespace
} // namespace otherend::harness
