// SPDX-License-Identifier: MIT
// Which stream says what, and how the program exits.
#include "cli/run.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <sstream>

namespace otherend::cli {
namespace {

struct Ran {
    int code = -1;
    std::string out, err;
};

Ran run_with(std::vector<std::string> arguments) {
    std::ostringstream out, err;
    const int code = run(std::move(arguments), {out, err});
    return {code, out.str(), err.str()};
}

TEST(Run, WhatIsNotUnderstoodIsOneLineOnStderrAndExitTwo) {
    const std::vector<std::vector<std::string>> not_understood{
        {},
        {""},
        {"who"},
        {"nonsense"},
        {"trace"},
        {"who", "ino:x"},
        {"who", "netns:no-such-namespace"},
        {"list", "-o", "xml"},
        {"list", "--columns", "no_such_column"},
        {"list", "--sort", "no_such_column"},
        {"list", "--filter", "pid =="},
        {"list", "--filter", "pid > 1", "--filter", "no_such_column == 1"},
        {"doctor", "1"},
    };
    for (const auto& arguments : not_understood) {
        const auto ran = run_with(arguments);
        EXPECT_EQ(ran.code, 2) << testing::PrintToString(arguments);
        EXPECT_EQ(ran.out, "") << testing::PrintToString(arguments);
        EXPECT_TRUE(ran.err.starts_with("otherend: ")) << ran.err;
        EXPECT_EQ(std::ranges::count(ran.err, '\n'), 1) << ran.err;
        EXPECT_TRUE(ran.err.ends_with('\n')) << ran.err;
    }
}

TEST(Run, HelpAndVersionGoToStdoutAndExitZero) {
    for (const auto* option : {"--help", "-h", "--version"}) {
        const auto ran = run_with({option});
        EXPECT_EQ(ran.code, 0) << option;
        EXPECT_NE(ran.out, "") << option;
        EXPECT_EQ(ran.err, "") << option;
    }
}

// A stream buffer that takes nothing, as a full disk.
class Full : public std::streambuf {
  protected:
    int_type overflow(int_type) override { return traits_type::eof(); }
};

TEST(Run, AnswerThatCannotBeWrittenIsAFailure) {
    Full full;
    std::ostream out(&full);
    std::ostringstream err;
    EXPECT_EQ(run(std::vector<std::string>{"--version"}, {out, err}), 1);
    EXPECT_TRUE(err.str().starts_with("otherend: write the answer: ")) << err.str();
    EXPECT_EQ(std::ranges::count(err.str(), '\n'), 1);
}

TEST(Run, ExceptionOfALibraryIsOneLineAndAFailure) {
    Full full;
    std::ostream out(&full);
    out.exceptions(std::ios::badbit);
    std::ostringstream err;
    EXPECT_EQ(run(std::vector<std::string>{"--version"}, {out, err}), 1);
    EXPECT_TRUE(err.str().starts_with("otherend: ")) << err.str();
    EXPECT_EQ(std::ranges::count(err.str(), '\n'), 1) << err.str();
}

} // namespace
} // namespace otherend::cli
