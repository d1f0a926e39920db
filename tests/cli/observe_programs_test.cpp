// SPDX-License-Identifier: MIT
// What is seen of the programs people relay with.
#include "harness/relay.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <initializer_list>
#include <vector>

namespace otherend::harness {
namespace {

// With these as its standard input and output.
[[noreturn]] void become(int in, int out, std::initializer_list<const char*> words) {
    std::vector<char*> arguments;
    for (const auto* word : words)
        arguments.push_back(const_cast<char*>(word));
    arguments.push_back(nullptr);
    dup2(in, 0);
    dup2(out, 1);
    execvp(arguments[0], arguments.data());
    _exit(127);
}

TEST(ObservePrograms, CatMovesItsInputToItsOutput) {
    const Channel in("hello"), out;
    const auto seen = watch([&] { become(in.fd(), out.fd(), {"cat"}); });
    EXPECT_EQ(seen.exit_code, 0);
    EXPECT_EQ(seen.moves, (Moves{{{0, 1}, {1, 1, 5}}}));
}

TEST(ObservePrograms, TeeMovesItsInputToBothOutputs) {
    std::array<int, 2> pipe{};
    must(pipe2(pipe.data(), O_CLOEXEC), "pipe");
    const auto second = "/proc/" + std::to_string(getpid()) + "/fd/" + std::to_string(pipe[1]);
    const Channel in("hello"), out;
    const auto seen = watch([&] {
        for (const int fd : {3, in.fd(), out.fd()}) // so that tee opens its file as 3
            fcntl(fd, F_SETFD, FD_CLOEXEC);
        close(3);
        become(in.fd(), out.fd(), {"tee", second.c_str()});
    });
    close(pipe[0]);
    close(pipe[1]);
    EXPECT_EQ(seen.exit_code, 0);
    EXPECT_EQ(seen.moves, (Moves{{{0, 1}, {1, 1, 5}}, {{0, 3}, {1, 1, 5}}}));
}

TEST(ObservePrograms, SocatMovesBothWays) {
    const Channel left("to the right"), right("left");
    const auto a = "FD:" + std::to_string(left.fd()), b = "FD:" + std::to_string(right.fd());
    const auto seen = watch([&] { become(0, 1, {"socat", a.c_str(), b.c_str()}); });
    EXPECT_EQ(seen.exit_code, 0);
    EXPECT_EQ(seen.moves,
              (Moves{{{left.fd(), right.fd()}, {1, 1, 12}}, {{right.fd(), left.fd()}, {1, 1, 4}}}));
}

} // namespace
} // namespace otherend::harness
