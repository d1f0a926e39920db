// SPDX-License-Identifier: MIT
// The hand-over between the thread that reads and the one that decodes.
#include "kernel/chunks.hpp"

#include <atomic>
#include <gtest/gtest.h>
#include <thread>

namespace otherend::kernel {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using Chunk = std::vector<std::byte>;

constexpr auto forever = 10s; // longer than a machine under load keeps a thread from running

constexpr std::size_t most_waiting = 32; // of 32 KiB: a reader that is ahead takes 1 MiB

Chunk chunk(std::size_t n) {
    return Chunk(n % 7 + 1, static_cast<std::byte>(n));
}

// Whether it came true in time.
template <typename Condition> bool comes_true(Condition condition) {
    for (const auto end = Clock::now() + forever; Clock::now() < end; std::this_thread::sleep_for(1ms))
        if (condition())
            return true;
    return false;
}

TEST(Chunks, ComeOutInTheirOrder) {
    Chunks chunks;
    for (std::size_t n = 0; n < 3; ++n)
        chunks.push(chunk(n));
    for (std::size_t n = 0; n < 3; ++n)
        EXPECT_EQ(chunks.pop(), chunk(n));
}

TEST(Chunks, AreNotTheReadersBuffer) {
    Chunks chunks;
    auto buffer = chunk(1);
    chunks.push(buffer);
    std::ranges::fill(buffer, std::byte{0xff}); // by the next read
    EXPECT_EQ(chunks.pop(), chunk(1));
}

TEST(Chunks, PushWakesWhoWaits) {
    Chunks chunks;
    const std::jthread reader([&] {
        std::this_thread::sleep_for(20ms);
        chunks.push(chunk(1));
    });
    EXPECT_EQ(chunks.pop(), chunk(1));
}

TEST(Chunks, CloseWakesWhoWaits) {
    Chunks chunks;
    const std::jthread reader([&] {
        std::this_thread::sleep_for(20ms);
        chunks.close();
    });
    EXPECT_EQ(chunks.pop(), std::nullopt);
}

TEST(Chunks, EndWhenClosedAndTaken) {
    Chunks chunks;
    chunks.push(chunk(1));
    chunks.push(chunk(2));
    chunks.close();
    EXPECT_EQ(chunks.pop(), chunk(1));
    EXPECT_EQ(chunks.pop(), chunk(2));

    EXPECT_EQ(chunks.pop(), std::nullopt); // none will come
}

TEST(Chunks, ReaderThatIsAheadWaits) {
    constexpr std::size_t all = 3 * most_waiting;
    Chunks chunks;
    std::atomic<std::size_t> pushed = 0;
    const std::jthread reader([&] {
        for (std::size_t n = 0; n < all; ++n, ++pushed)
            chunks.push(chunk(n));
        chunks.close();
    });
    EXPECT_TRUE(comes_true([&] { return pushed >= most_waiting; }));
    std::this_thread::sleep_for(50ms); // in which a reader that does not wait would be done
    EXPECT_EQ(pushed, most_waiting);

    EXPECT_EQ(chunks.pop(), chunk(0)); // makes room for one
    EXPECT_TRUE(comes_true([&] { return pushed > most_waiting; }));
    std::this_thread::sleep_for(50ms);
    EXPECT_EQ(pushed, most_waiting + 1);

    std::size_t next = 1;
    for (auto taken = chunks.pop(); taken; taken = chunks.pop(), ++next)
        EXPECT_EQ(taken, chunk(next)) << next;
    EXPECT_EQ(next, all);
}

} // namespace
} // namespace otherend::kernel
