// SPDX-License-Identifier: MIT
// Two streams: what cannot be written is said in at most one line, and never by a crash.
#include "harness/process.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <regex>
#include <string>
#include <vector>

namespace otherend::harness {
namespace {

constexpr int killed_by_sigpipe = 128 + SIGPIPE;

const std::vector<Arguments> questions{{"list"},
                                       {"list", "-o", "wide"},
                                       {"list", "-o", "json"},
                                       {"list", "-o", "jsonl"},
                                       {"list", "-o", "csv"},
                                       {"doctor"},
                                       {"--help"}};

TEST(Streams, ClosedStdoutIsOneLineAndAFailure) {
    for (const auto kind : {Stdout::closed, Stdout::full})
        for (const auto& question : questions) {
            const auto run = otherend(question, {.out = kind});
            EXPECT_GT(run.exit_code, 0) << question.back();
            EXPECT_LT(run.exit_code, 128) << question.back() << " was killed";
            EXPECT_NE(run.err.find("write"), std::string::npos) << question.back() << ": " << run.err;
        }
}

TEST(Streams, PipeClosedEarlyIsQuiet) {
    const Program program("many_holders");
    for (const auto& question : questions) {
        const auto run = otherend(question, {.out = Stdout::closed_reader});
        EXPECT_TRUE(run.exit_code == killed_by_sigpipe || run.exit_code < 6) << run.exit_code;
        EXPECT_EQ(run.err.find("write"), std::string::npos) << question.back() << ": " << run.err;
    }
}

TEST(Streams, NothingButTheAnswerIsOnStdout) {
    const Program program("pair");
    for (const auto* format : {"table", "wide"}) {
        const auto run = otherend({"list", "-o", format});
        EXPECT_EQ(run.exit_code, 0);
        EXPECT_EQ(run.out.find("otherend: "), std::string::npos) << run.out;
        EXPECT_EQ(run.out.find('\x1b'), std::string::npos) << "colour, and stdout is no terminal";
    }
    const auto asked = otherend({"list", "--color", "always"});
    EXPECT_NE(asked.out.find('\x1b'), std::string::npos) << "--color always, and no colour";
}

} // namespace
} // namespace otherend::harness
