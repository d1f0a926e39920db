// SPDX-License-Identifier: MIT
// The listing of a network namespace is its /proc/net/tcp and tcp6, row for row, read here without any of our code.
#include "harness/process.hpp"
#include "harness/truth.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <cstdio>
#include <fstream>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <set>
#include <string>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>
#include <vector>

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

int checked(int result, const char* what) {
    if (result < 0)
        throw std::system_error(errno, std::generic_category(), what);
    return result;
}

// Connections of this process, in which only these are looked for.
class Timers : public testing::Test {
  protected:
    Timers() {
        checked(bind(listener, reinterpret_cast<sockaddr*>(&address), size), "bind");
        checked(listen(listener, 0), "listen"); // one may wait
        checked(getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size), "getsockname");
    }
    ~Timers() override {
        for (const int fd : opened)
            close(fd);
    }

    int open_socket(int flags = 0) {
        opened.push_back(checked(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | flags, 0), "socket"));
        return opened.back();
    }
    int dial(int flags = 0) {
        const int fd = open_socket(flags);
        if (connect(fd, reinterpret_cast<const sockaddr*>(&address), size) < 0 && errno != EINPROGRESS)
            checked(-1, "connect");
        return fd;
    }
    static Json timer_of(int fd) {
        const auto run = otherend({"who", std::to_string(getpid()) + "/" + std::to_string(fd), "-o", "json"});
        const auto answer = Json::parse(run.out, nullptr, false);
        return answer.is_object() ? answer["endpoints"][0].value("timer", Json::object()) : Json(run.err);
    }

  private:
    std::vector<int> opened;
    sockaddr_in address{
        .sin_family = AF_INET, .sin_port = 0, .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_zero = {}};
    socklen_t size = sizeof address;
    int listener = open_socket();
};

// Where the kernel keeps them differs (bpf/tcp.bpf.c).
TEST_F(Timers, AnIdleConnectionMayWaitForItsKeepalive) {
    const int fd = dial();
    constexpr int on = 1, idle_s = 1000, taken_s = 60;
    EXPECT_EQ(timer_of(fd), Json::object());
    checked(setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle_s, sizeof idle_s), "TCP_KEEPIDLE");
    checked(setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on), "SO_KEEPALIVE");
    const auto timer = timer_of(fd);
    EXPECT_EQ(timer.value("which", ""), "keepalive") << timer;
    EXPECT_GT(timer.value("expires_ms", 0), (idle_s - taken_s) * 1000) << timer;
    EXPECT_LE(timer.value("expires_ms", 0), idle_s * 1000) << timer;
}

TEST_F(Timers, ACallThatNobodyTakesIsRepeated) {
    dial();
    const int fd = dial(SOCK_NONBLOCK);
    const auto timer = timer_of(fd);
    constexpr int longest_ms = 64'000; // of the first six
    EXPECT_EQ(timer.value("which", ""), "retransmit") << timer;
    EXPECT_GE(timer.value("expires_ms", -1), 0) << timer;
    EXPECT_LE(timer.value("expires_ms", 0), longest_ms) << timer;
}

} // namespace
} // namespace otherend::harness
