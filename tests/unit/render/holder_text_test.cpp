// SPDX-License-Identifier: MIT
#include "render/holder_text.hpp"

#include "samples.hpp"

#include <gtest/gtest.h>
#include <vector>

using namespace otherend;
using namespace render::samples;

namespace {

std::string text(const Holder& holder) {
    std::string out;
    render::append_holder(out, holder);
    return out;
}

std::string grouped(const std::vector<Holder>& holders) {
    std::string out;
    render::append_grouped_holders(out, holders);
    return out;
}

} // namespace

TEST(HolderText, IsATargetAgain) {
    EXPECT_EQ(text(held("nginx", 812, 5)), "nginx 812/5");
    EXPECT_EQ(text(held("", 812, 5)), "812/5");
    EXPECT_EQ(text(held_by_thread("java", 812, 5, 813)), "java 812/5 tid 813");
}

TEST(HolderText, NamesHoldersThatAreNoDescriptor) {
    EXPECT_EQ(text(in_flight(123)), "in flight on ino:123");
    EXPECT_EQ(text({.via = Via::inflight}), "in flight");
    EXPECT_EQ(text(in_ring("proxy", 812, 7)), "proxy 812 io_uring fd 7");
    EXPECT_EQ(text(in_ring("proxy", 812, -1)), "proxy 812 io_uring");
    EXPECT_EQ(text(in_kernel()), "kernel");
}

TEST(HolderText, EscapesTheCommandName) {
    EXPECT_EQ(text(held("a\nb\x1b[2J", 1, 2)), R"(a\nb\x1b[2J 1/2)");
    EXPECT_EQ(text(in_ring("\xff", 1, 2)), R"(\xff 1 io_uring fd 2)");
}

TEST(HolderText, GroupsHoldersThatDifferOnlyInThePid) {
    EXPECT_EQ(grouped({}), "");
    EXPECT_EQ(grouped({held("postgres", 812, 5)}), "postgres 812/5");
    EXPECT_EQ(grouped({held("postgres", 812, 5), held("postgres", 813, 5), held("postgres", 814, 5)}),
              "postgres {812,813,814}/5");
    EXPECT_EQ(grouped({held("postgres", 1, 5), held("postgres", 2, 5), held("postgres", 3, 5),
                       held("postgres", 4, 5)}),
              "postgres {1,2,3,4}/5");
}

TEST(HolderText, SaysThePidThatTheContainerKnows) {
    const auto in_web = [](Holder holder, std::optional<Pid> own_pid) {
        holder.container = Container{"docker", "0123456789abcdef", "web", {}};
        holder.own_pid = own_pid;
        return holder;
    };
    EXPECT_EQ(grouped({in_web(held("python3", 7230, 3), Pid{1})}), "python3 7230/3 in web (pid 1 there)");
    EXPECT_EQ(grouped({in_web(held("sh", 8, 3), Pid{1}), in_web(held("sh", 9, 3), Pid{7}), held("sh", 4, 3)}),
              "sh {8,9}/3 in web (pids 1,7 there), sh 4/3");
    EXPECT_EQ(grouped({in_web(held("sh", 8, 3), Pid{1}), in_web(held("sh", 9, 3), {})}),
              "sh 8/3 in web (pid 1 there), sh 9/3 in web");
    std::vector<Holder> many;
    for (int pid = 1; pid < 6; ++pid)
        many.push_back(in_web(held("sh", 100 + pid, 3), Pid{pid}));
    EXPECT_EQ(grouped(many), "sh ×5 (101/3 …) in web");
}

TEST(HolderText, GroupsAcrossOthers) {
    EXPECT_EQ(grouped({held("sh", 1, 5), held("nc", 2, 5), held("sh", 3, 5), held("sh", 4, 6)}),
              "sh {1,3}/5, nc 2/5, sh 4/6");
}

TEST(HolderText, CountsLargeGroups) {
    std::vector<Holder> holders;
    for (int pid = 812; pid < 824; ++pid)
        holders.push_back(held("postgres", pid, 5));
    EXPECT_EQ(grouped(holders), "postgres ×12 (812/5 …)");
}

TEST(HolderText, CountsWhatWouldMakeTheListLong) {
    std::vector<Holder> holders;
    for (int fd = 3; fd < 15; ++fd)
        holders.push_back(held("a", 1, fd));
    holders.push_back(held("a", 2, 3));
    EXPECT_EQ(grouped(holders), "a {1,2}/3, a 1/4, a 1/5, a 1/6, a 1/7, a 1/8, a 1/9, a 1/10, … 4 more");
}

TEST(HolderText, NeverGroupsThreadsMessagesOrRings) {
    EXPECT_EQ(grouped({held_by_thread("java", 8, 5, 9), held_by_thread("java", 8, 5, 10), in_flight(1),
                       in_flight(2), in_ring("p", 1, 3), in_ring("p", 2, 3), held("java", 8, 5)}),
              "java 8/5 tid 9, java 8/5 tid 10, in flight on ino:1, in flight on ino:2, "
              "p 1 io_uring fd 3, p 2 io_uring fd 3, java 8/5");
}
