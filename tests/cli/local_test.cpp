// SPDX-License-Identifier: MIT
// Terminals of two devpts instances beside what lsof and lsfd say of them, and TCP seen by a user without privileges.
#include "harness/process.hpp"
#include "harness/truth.hpp"

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <filesystem>
#include <netinet/in.h>
#include <string>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace otherend::harness {
namespace {

Json endpoints_of(const Outcome& run) {
    const auto answer = Json::parse(run.out, nullptr, false);
    return answer.is_object() ? answer["endpoints"] : Json::array();
}

// What the others say is recorded, and no condition: both number a terminal by its index alone.
TEST(Local, TerminalsOfTwoInstancesAreNotCrossed) {
    const Program program("pty_two_instances");
    const Truth truth(program.line());
    std::string pids;
    for (const std::string name : {"one", "two"}) {
        const auto& master = truth.at(name + "-master")["holders"][0];
        const auto& slave = truth.at(name + "-slave")["holders"][0];
        pids += (pids.empty() ? "" : ",") + master["pid"].dump() + "," + slave["pid"].dump();
        const auto run = otherend({"who", master["pid"].dump() + "/" + master["fd"].dump(), "-o", "json"});
        const auto endpoints = endpoints_of(run);
        ASSERT_EQ(endpoints.size(), 1U) << run.out << run.err;
        ASSERT_EQ(endpoints[0]["peers"].size(), 1U) << endpoints;
        ASSERT_EQ(endpoints[0]["peers"][0]["holders"].size(), 1U) << endpoints;
        EXPECT_EQ(endpoints[0]["peers"][0]["holders"][0]["pid"], slave["pid"]);
    }
    for (const auto& [tool, arguments] :
         {std::pair<std::string, Arguments>{"lsof", {"-E", "-a", "-d", "3-9", "-p", pids}},
          {"lsfd", {"-p", pids, "-o", "PID,ASSOC,TYPE,NAME,ENDPOINTS"}}})
        if (const auto path = "/usr/bin/" + tool; std::filesystem::exists(path))
            RecordProperty(tool, run(path, arguments).out);
}

// A connection of this process, in the network namespace of whoever runs the test.
class Connection {
  public:
    Connection() {
        const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        auto* generic = reinterpret_cast<sockaddr*>(&address);
        socklen_t size = sizeof(address);
        EXPECT_EQ(bind(listener, generic, size), 0);
        EXPECT_EQ(listen(listener, 1), 0);
        EXPECT_EQ(getsockname(listener, generic, &size), 0);
        EXPECT_EQ(connect(client, generic, size), 0);
        accepted = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
        close(listener);
    }
    ~Connection() {
        close(client);
        close(accepted);
    }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    static std::uint64_t inode_of(int fd) {
        struct stat status{};
        EXPECT_EQ(fstat(fd, &status), 0);
        return status.st_ino;
    }

    int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int accepted = -1;
};

TEST(Local, WithoutPrivilegesConnectionsAreToldWithoutHolders) {
    constexpr uid_t nobody = 65534;
    const Connection connection;
    const auto client = Connection::inode_of(connection.client);
    const auto run = otherend({"who", "ino:" + std::to_string(client), "-o", "json"}, {.uid = nobody});
    EXPECT_EQ(run.exit_code, 0) << run.err;
    const auto endpoints = endpoints_of(run);
    ASSERT_EQ(endpoints.size(), 1U) << run.out << run.err;
    EXPECT_EQ(endpoints[0]["kind"], "tcp");
    EXPECT_EQ(endpoints[0]["state"], "connected");
    EXPECT_FALSE(endpoints[0].contains("holders"));
    ASSERT_EQ(endpoints[0]["peers"].size(), 1U);
    EXPECT_EQ(endpoints[0]["peers"][0]["inode"], Connection::inode_of(connection.accepted));
    EXPECT_EQ(endpoints[0]["peers"][0]["method"], "tuple");
}

} // namespace
} // namespace otherend::harness
