// SPDX-License-Identifier: MIT
// `list --stuck` tells the connections on which nothing moves, each with its reason, and no other.
#include "harness/process.hpp"
#include "harness/truth.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>

namespace otherend::harness {
namespace {

using Reasons = std::map<std::string, std::string>; // by key

class Stuck : public testing::Test {
  protected:
    void SetUp() override {
        if (program.skipped())
            GTEST_SKIP() << *program.skipped();
        truth.emplace(program.line());
    }

    [[nodiscard]] Json list(const std::string& after_s) const {
        const auto netns = std::to_string(*truth->namespaces().begin());
        const auto run =
            otherend({"list", "netns:" + netns, "-o", "json", "--stuck", "--stuck-after", after_s});
        auto answer = Json::parse(run.out, nullptr, false);
        if (!answer.is_object())
            throw std::runtime_error(run.err);
        return answer;
    }

    [[nodiscard]] Reasons reasons_in(const Json& answer) const {
        Reasons reasons;
        for (const auto& endpoint : answer["endpoints"]) {
            const auto key = truth->key_of(endpoint).value_or("a stranger: " + endpoint.dump());
            for (const auto& reason : endpoint.value("stuck", Json::array()))
                reasons[key] += reason.get<std::string>() + "; ";
            reasons.try_emplace(key, "no reason");
        }
        return reasons;
    }

    [[nodiscard]] bool is_complete(const Reasons& reasons) const {
        return std::ranges::all_of(truth->endpoints().items(), [&](const auto& item) {
            return !item.value().contains("stuck") || reasons.contains(item.key());
        });
    }

    Program program{"tcp_stuck"};
    std::optional<Truth> truth;
};

TEST_F(Stuck, EachIsListedWithItsReasonAndNoOther) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    auto answer = list("1");
    auto reasons = reasons_in(answer);
    while (!is_complete(reasons) &&
           std::chrono::steady_clock::now() < deadline) { // a reason needs its second
        answer = list("1");
        reasons = reasons_in(answer);
    }
    for (const auto& [key, endpoint] : truth->endpoints().items())
        if (endpoint.contains("stuck")) {
            EXPECT_TRUE(reasons[key].contains(endpoint["stuck"].get<std::string>()))
                << key << " says \"" << reasons[key] << "\": " << answer;
        }
    for (const auto& [key, reason] : reasons) {
        const auto found = truth->endpoints().find(key);
        ASSERT_NE(found, truth->endpoints().end()) << key;
        EXPECT_TRUE(found->contains("stuck") || found->contains("affected"))
            << key << " says \"" << reason << '"';
    }
}

TEST_F(Stuck, PatienceIsAnOption) {
    const auto reasons = reasons_in(list("3600"));
    for (const auto* key : {"lost-client", "silent-client", "half-server", "unread-client"})
        EXPECT_FALSE(reasons.contains(key)) << reasons.at(key);
}

} // namespace
} // namespace otherend::harness
