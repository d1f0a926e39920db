// SPDX-License-Identifier: MIT
#include "query/container.hpp"

#include "query/target.hpp"
#include "scene.hpp"

#include <gtest/gtest.h>

namespace otherend::query {
namespace {

using namespace model;
using namespace model::seen;

ContainerFact runs_in(int pid, const std::string& id, const std::string& name,
                      const char* runtime = "docker") {
    return {.pid = Pid{pid}, .container = Container{runtime, id, name, "image"}};
}

std::string id(const std::string& start) {
    return start + std::string(64 - start.size(), '0');
}

// One process per container, with one socket each.
Scene four_containers() {
    return Scene({held(nth(1), 10, 3), held(nth(2), 20, 3), held(nth(3), 30, 3), held(nth(4), 40, 3),
                  held(nth(5), 50, 3), idle(nth(1)), idle(nth(2)), idle(nth(3)), idle(nth(4)), idle(nth(5)),
                  runs_in(10, id("abcd1"), "web"), runs_in(20, id("abcd2"), "abcd1"),
                  runs_in(30, id("1111"), "prod/web-0/app", "containerd"),
                  runs_in(40, id("2222"), "prod/web-1/app", "containerd")});
}

std::string called(const Scene& scene, std::string_view text) {
    const auto found = container_called(scene.graph(), text);
    return found ? (*found)->name : found.error().message;
}

TEST(ContainerCalled, IsFoundByName) {
    const auto scene = four_containers();
    EXPECT_EQ(called(scene, "web"), "web");
    EXPECT_EQ(called(scene, "prod/web-0/app"), "prod/web-0/app");
    EXPECT_EQ(called(scene, "web-1/app"), "prod/web-1/app");
}

TEST(ContainerCalled, IsFoundByTheBeginningOfItsId) {
    const auto scene = four_containers();
    EXPECT_EQ(called(scene, "abcd2"), "abcd1");
    EXPECT_EQ(called(scene, "1111"), "prod/web-0/app");
    EXPECT_EQ(called(scene, id("2222")), "prod/web-1/app");
}

TEST(ContainerCalled, IsFoundByNameRatherThanByTheBeginningOfAnId) {
    EXPECT_EQ(called(four_containers(), "abcd1"), "abcd1");
    EXPECT_EQ(called(four_containers(), id("abcd1")), "web"); // the whole id
}

TEST(ContainerCalled, IsNoneOfSeveral) {
    const auto scene = four_containers();
    EXPECT_EQ(called(scene, "abcd"),
              "bad target 'container:abcd': 2 containers are meant: web (docker abcd10000000), "
              "abcd1 (docker abcd20000000)");
    EXPECT_EQ(called(scene, "app"),
              "bad target 'container:app': 2 containers are meant: prod/web-0/app (containerd "
              "111100000000), prod/web-1/app (containerd 222200000000)");
    EXPECT_EQ(container_called(scene.graph(), "abcd").error().kind, ErrorClass::usage);
}

TEST(ContainerCalled, IsNotFoundByLess) {
    const auto scene = four_containers();
    for (const auto* text : {"", "we", "eb", "b-0/app", "prod", "prod/web-0", "/app/", "111", "x"})
        EXPECT_TRUE(called(scene, text).starts_with("no container is called")) << called(scene, text);
    EXPECT_EQ(container_called(scene.graph(), "x").error().kind, ErrorClass::failed);
}

TEST(ContainerCalled, ShowsForeignNamesEscapedAndNotTooManyOfThem) {
    std::vector<Fact> facts;
    std::vector<ContainerFact> containers;
    for (int n = 0; n < 20; ++n) {
        facts.emplace_back(held(nth(1), 100 + n, 3));
        facts.emplace_back(
            runs_in(100 + n, id("ffff" + std::string(1, static_cast<char>('a' + n))), "\x1b[31m", ""));
    }
    const auto message = called(Scene(facts), "ffff");
    EXPECT_NE(message.find("20 containers are meant: \\x1b[31m (container ffffa0000000)"), std::string::npos)
        << message;
    EXPECT_TRUE(message.ends_with(", …")) << message;
    EXPECT_LT(message.size(), 500U);
}

// -- selection ------------------------------------------------------------------------------------------------

std::vector<std::uint32_t> selected(const Scene& scene, const Target& target) {
    std::vector<std::uint32_t> numbers;
    for (const auto found : select(scene.graph(), scene.links(), target))
        for (std::uint32_t n = 0; n < 20; ++n)
            if (scene.graph()[found].self.address == nth(n).address)
                numbers.push_back(n);
    return numbers;
}

using Numbers = std::vector<std::uint32_t>;

TEST(ContainerTarget, SelectsWhatProcessesOfTheContainerHold) {
    const Scene scene({held(nth(1), 10, 3), held(nth(2), 11, 3), held(nth(3), 20, 3), held(nth(3), 11, 4),
                       held(nth(4), 20, 4), idle(nth(1)), idle(nth(2)), idle(nth(3)), idle(nth(4)),
                       runs_in(10, id("aaaa"), "web"), runs_in(11, id("aaaa"), "web")});
    EXPECT_EQ(selected(scene, ContainerTarget{"web"}), (Numbers{1, 2, 3}));
    EXPECT_EQ(selected(scene, ContainerTarget{"aaaa"}), (Numbers{1, 2, 3}));
    EXPECT_EQ(selected(scene, ContainerTarget{"db"}), Numbers{});
    EXPECT_EQ(selected(four_containers(), ContainerTarget{"abcd"}), Numbers{});
    EXPECT_EQ(selected(scene, ContainerPathTarget{"web", "/dev/pts/0"}), Numbers{});
}

InetFact time_wait(std::uint32_t n, NetnsId netns) {
    return {.socket = nth(n), .netns = netns, .local = {.port = 3000}, .tcp = {.state = TcpState::time_wait}};
}

HolderFact held_in(NetnsId netns, std::uint32_t n, int pid) {
    auto fact = held(nth(n), pid, 3);
    fact.netns = netns;
    return fact;
}

TEST(ContainerTarget, SelectsUnheldConnectionsOfANamespaceOfItsOwn) {
    const Scene scene({held_in(elsewhere, 1, 10), held_in(home, 2, 20), idle(nth(1)), idle(nth(2)),
                       time_wait(3, elsewhere), time_wait(4, home), runs_in(10, id("aaaa"), "web")});
    EXPECT_EQ(selected(scene, ContainerTarget{"web"}), (Numbers{1, 3}));
}

TEST(ContainerTarget, SelectsWhatARuntimeHoldsInANamespaceOfItsOwn) {
    const InetFact resolver{.socket = nth(3), .netns = elsewhere, .local = {.port = 53}};
    const Scene scene({held_in(elsewhere, 1, 10), held_in(home, 2, 20), held_in(home, 3, 20), idle(nth(1)),
                       idle(nth(2)), resolver, runs_in(10, id("aaaa"), "web")});
    EXPECT_EQ(selected(scene, ContainerTarget{"web"}), (Numbers{1, 3}));
}

TEST(ContainerTarget, LeavesUnheldConnectionsOfASharedNamespaceAlone) {
    const Scene scene({held_in(elsewhere, 1, 10), held_in(elsewhere, 2, 20), idle(nth(1)), idle(nth(2)),
                       time_wait(3, elsewhere), runs_in(10, id("aaaa"), "web")});
    EXPECT_EQ(selected(scene, ContainerTarget{"web"}), Numbers{1});
}

TEST(UnitTarget, SelectsWhatProcessesOfTheUnitHold) {
    const Scene scene({held(nth(1), 10, 3), held(nth(2), 20, 3), held(nth(3), 30, 3), idle(nth(1)),
                       idle(nth(2)), idle(nth(3)), ContainerFact{.pid = Pid{10}, .unit = "ssh.service"},
                       ContainerFact{.pid = Pid{20}, .unit = "ssh.socket"}});
    EXPECT_EQ(selected(scene, UnitTarget{"ssh.service"}), Numbers{1});
    EXPECT_EQ(selected(scene, UnitTarget{"ssh"}), Numbers{1});
    EXPECT_EQ(selected(scene, UnitTarget{"ssh.socket"}), Numbers{2});
    EXPECT_EQ(selected(scene, UnitTarget{".service"}), Numbers{});
    EXPECT_EQ(selected(scene, UnitTarget{"s"}), Numbers{});
}

} // namespace
} // namespace otherend::query
