// SPDX-License-Identifier: MIT
// On a machine that lacks BPF, sock_diag or BTF, auto takes the best of what is left, answers as right as before,
// and says what it passed over and why.
#include "harness/compare.hpp"
#include "harness/feature.hpp"
#include "harness/process.hpp"
#include "harness/truth.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace otherend::harness {
namespace {

class Fallback : public testing::Test {
  protected:
    Json list_without(std::vector<Lack> lacks) {
        const auto run = otherend({"list", "-o", "json"}, {.lacks = std::move(lacks)});
        EXPECT_EQ(run.exit_code, 0) << run.err;
        return Json::parse(run.out, nullptr, false);
    }

    Program program{"classic"};
    Truth truth{program.line()};
};

bool says_why(const Json& answer, const std::string& source) {
    return std::ranges::any_of(answer["unseen"], [&](const Json& item) {
        return item["what"].get<std::string>().contains(source) && item["why"].get<std::string>().size() > 10;
    });
}

TEST_F(Fallback, WithoutBpfSockDiagAnswers) {
    if (const auto why = missing(Feature::unix_diag))
        GTEST_SKIP() << *why;
    const auto answer = list_without({Lack::bpf});
    EXPECT_EQ(answer["source"], "diag");
    EXPECT_TRUE(says_why(answer, "bpf")) << answer["unseen"];
    const auto difference = compare(truth, answer, Source::diag);
    EXPECT_TRUE(difference.none()) << difference;
}

TEST_F(Fallback, WithoutSockDiagBpfAnswers) {
    const auto answer = list_without({Lack::sock_diag});
    EXPECT_EQ(answer["source"], "bpf");
    const auto difference = compare(truth, answer, Source::bpf);
    EXPECT_TRUE(difference.none()) << difference;
}

TEST_F(Fallback, WithoutBtfFileTheAnswerIsStillRight) {
    const auto answer = list_without({Lack::btf});
    const auto source = answer["source"] == "bpf" ? Source::bpf : Source::diag;
    if (source == Source::diag) {
        EXPECT_TRUE(says_why(answer, "bpf")) << answer["unseen"];
    }
    const auto difference = compare(truth, answer, source);
    EXPECT_TRUE(difference.none()) << difference;
}

TEST_F(Fallback, WithoutBothProcfsTellsHoldersAndNoPeers) {
    const auto answer = list_without({Lack::bpf, Lack::sock_diag});
    EXPECT_EQ(answer["source"], "proc");
    EXPECT_TRUE(says_why(answer, "bpf")) << answer["unseen"];
    EXPECT_TRUE(says_why(answer, "diag")) << answer["unseen"];
    std::size_t found = 0;
    for (const auto& endpoint : answer["endpoints"]) {
        const auto key = truth.key_of(endpoint);
        if (!key)
            continue;
        ++found;
        EXPECT_EQ(endpoint["holders"].size(), truth.at(*key)["holders"].size()) << endpoint;
        EXPECT_EQ(name_in(endpoint), name_in(truth.at(*key)));
        for (const auto& edge : endpoint.value("peers", Json::array()))
            EXPECT_FALSE(edge.contains("inode") || edge["state"] == "connected") << edge;
    }
    EXPECT_EQ(found, truth.endpoints().size());
}

TEST_F(Fallback, SourceByForceIsUnsupportedInOneLine) {
    for (const auto& [source, lack] : {std::pair{"bpf", Lack::bpf}, {"diag", Lack::sock_diag}}) {
        const auto run = otherend({"list", "--source", source}, {.lacks = {lack}});
        EXPECT_EQ(run.exit_code, 4) << source << ": " << run.err;
        EXPECT_EQ(run.out, "");
        EXPECT_EQ(std::ranges::count(run.err, '\n'), 1) << run.err;
    }
}

TEST_F(Fallback, UnknownPeerExitsOne) {
    const auto run = otherend({"who", "ino:" + truth.at("C1")["inode"].dump(), "--source", "proc"});
    EXPECT_EQ(run.exit_code, 1) << run.out << run.err;
    EXPECT_TRUE(run.out.contains("unknown")) << run.out;
}

} // namespace
} // namespace otherend::harness
