// SPDX-License-Identifier: MIT
// Which descriptor goes into which: of relays that move known data, exactly those pairs are told.
#include "harness/relay.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <thread>
#include <time.h>

namespace otherend::harness {
namespace {

std::array<char, 64> buffer, other_buffer;

long take(int fd, std::span<char> into = buffer) {
    return read(fd, into.data(), into.size());
}

void put(int fd, std::string_view bytes) {
    must(write(fd, bytes.data(), bytes.size()), "write");
}

// Written from other memory than it was read into.
void put_own(int fd, std::string_view bytes) {
    std::ranges::copy(bytes, other_buffer.begin());
    put(fd, {other_buffer.data(), bytes.size()});
}

TEST(Observe, OneTransferAmongUnrelatedReadsIsTheOnlyOne) {
    const Channel a("hello"), b, c("0123456789"), d("0123456789");
    const auto seen = watch([&] {
        take(c.fd(), std::span(buffer).first(3));
        const auto size = take(a.fd());
        put(b.fd(), {buffer.data(), static_cast<std::size_t>(size)});
        take(d.fd(), std::span(other_buffer).first(3));
        take(c.fd(), std::span(other_buffer).first(3));
    });
    EXPECT_EQ(seen.moves, (Moves{{{a.fd(), b.fd()}, {1, 1, 5}}}));
}

TEST(Observe, WhatWasReadBeforeSomethingElseGoesWhereItIsWritten) {
    const Channel a("hello"), b, c("other");
    const auto seen = watch([&] {
        take(a.fd());
        take(c.fd(), other_buffer);
        put(b.fd(), {buffer.data(), 5});
    });
    EXPECT_EQ(seen.moves, (Moves{{{a.fd(), b.fd()}, {1, 1, 5}}}));
}

TEST(Observe, AnAnswerToWhoAskedIsNoTransfer) {
    const Channel a("hello");
    const auto seen = watch([&] {
        take(a.fd());
        put(a.fd(), {buffer.data(), 5});
        put_own(a.fd(), "more");
        take(a.fd());
        put_own(dup(a.fd()), "through another descriptor");
    });
    EXPECT_EQ(seen.moves, Moves());
}

TEST(Observe, WhatIsMadeOfItFollowsAReadAndIsNotDirect) {
    const Channel a("hello"), b, c, d;
    const auto seen = watch([&] {
        take(a.fd());
        put_own(b.fd(), "HELLO");
        put(c.fd(), {other_buffer.data(), 5}); // to all who listen
        put(d.fd(), "a greeting of its own");
    });
    EXPECT_EQ(seen.moves, (Moves{{{a.fd(), b.fd()}, {1, 0, 5}}, {{a.fd(), c.fd()}, {1, 0, 5}}}));
}

TEST(Observe, AWriteLongAfterAReadIsItsOwn) {
    const Channel a("hello"), b;
    const auto seen = watch([&] {
        const timespec longer_than_soon{.tv_sec = 0, .tv_nsec = 150'000'000};
        take(a.fd());
        nanosleep(&longer_than_soon, nullptr);
        put_own(b.fd(), "every minute");
    });
    EXPECT_EQ(seen.moves, Moves());
}

TEST(Observe, WakingUpIsNoData) {
    const Channel a("hello"), b;
    const auto seen = watch([&] {
        const int event = eventfd(1, 0), random = open("/dev/urandom", O_RDONLY);
        std::array<char, 8> elsewhere{};
        take(a.fd());
        take(event, elsewhere);
        take(random, elsewhere);
        put_own(b.fd(), "HELLO");
    });
    EXPECT_EQ(seen.moves, (Moves{{{a.fd(), b.fd()}, {1, 0, 5}}}));
}

TEST(Observe, AFileThatIsSentComesFromNoChannel) {
    const Channel a("hello"), b;
    const auto seen = watch([&] {
        const int file = memfd_create("page", 0);
        put(file, "contents of a page");
        lseek(file, 0, SEEK_SET);
        take(a.fd());
        take(file, other_buffer);
        put(b.fd(), {other_buffer.data(), 18});
        lseek(file, 0, SEEK_SET);
        must(sendfile(b.fd(), file, nullptr, 18), "sendfile");
    });
    EXPECT_EQ(seen.moves, Moves());
}

TEST(Observe, PeekingTakesNothing) {
    const Channel a("hello"), b;
    const auto seen = watch([&] {
        must(recv(a.fd(), buffer.data(), 5, MSG_PEEK), "recv");
        put_own(b.fd(), "HELLO");
    });
    EXPECT_EQ(seen.moves, Moves());
}

std::array<int, 2> make_pipe() {
    std::array<int, 2> ends{};
    must(pipe2(ends.data(), O_NONBLOCK), "pipe");
    return ends;
}

void move(int from, int to) {
    must(splice(from, nullptr, to, nullptr, 64, 0), "splice");
}

TEST(Observe, SpliceThroughAPipeOfItsOwnIsOneTransfer) {
    const Channel a("hello"), b, c("more"), d;
    const auto pipe = make_pipe(); // used again, as Go does
    const auto seen = watch([&] {
        move(a.fd(), pipe[1]);
        move(pipe[0], b.fd());
        move(c.fd(), pipe[1]);
        std::thread([&] { move(pipe[0], d.fd()); }).join();
    });
    EXPECT_EQ(seen.moves, (Moves{{{a.fd(), b.fd()}, {1, 1, 5}}, {{c.fd(), d.fd()}, {1, 1, 4}}}));
    close(pipe[0]);
    close(pipe[1]);
}

TEST(Observe, SpliceIntoAPipeThatSomeoneElseReads) {
    const Channel a("hello");
    const auto pipe = make_pipe();
    const auto seen = watch([&] { move(a.fd(), pipe[1]); });
    EXPECT_EQ(seen.moves, (Moves{{{a.fd(), pipe[1]}, {1, 1, 5}}}));
    close(pipe[0]);
    close(pipe[1]);
}

TEST(Observe, TeeToTwoPipesAndOn) {
    const Channel a("hello"), b, c;
    const auto first = make_pipe(), second = make_pipe();
    const auto seen = watch([&] {
        move(a.fd(), first[1]);
        must(tee(first[0], second[1], 64, 0), "tee");
        move(first[0], b.fd());
        move(second[0], c.fd());
    });
    EXPECT_EQ(seen.moves, (Moves{{{a.fd(), b.fd()}, {1, 1, 5}}, {{a.fd(), c.fd()}, {1, 1, 5}}}));
    for (const int fd : {first[0], first[1], second[0], second[1]})
        close(fd);
}

TEST(Observe, APipeThatWasWrittenToIsItsOwnSource) {
    const Channel a("hello"), b;
    const auto pipe = make_pipe();
    const auto seen = watch([&] {
        move(a.fd(), pipe[1]);
        take(pipe[0]);
        put_own(pipe[1], "new"); // made of what came from a
        move(pipe[0], b.fd());
    });
    EXPECT_EQ(seen.moves.at({pipe[0], b.fd()}), (Amount{1, 1, 3}));
    EXPECT_FALSE(seen.moves.contains({a.fd(), b.fd()}));
    close(pipe[0]);
    close(pipe[1]);
}

TEST(Observe, SendfileMovesFromASocketToAPipe) {
    const Channel a("hello");
    const auto pipe = make_pipe();
    const auto seen = watch([&] { _exit(sendfile(pipe[1], a.fd(), nullptr, 5) == 5 ? 0 : 1); });
    const bool taken = seen.exit_code == 0; // Since Linux commit b964bf53e540 ("teach sendfile(2) to handle
                                            // send-to-pipe directly") (v5.12)
    EXPECT_EQ(seen.moves, taken ? (Moves{{{a.fd(), pipe[1]}, {1, 1, 5}}}) : Moves());
    close(pipe[0]);
    close(pipe[1]);
}

TEST(Observe, WhatIsLeftOfAPartialWriteComesFromTheSame) {
    const Channel a(std::string(6000, 'x')), b, c("other");
    const auto pipe = make_pipe();
    must(fcntl(pipe[1], F_SETPIPE_SZ, 4096), "F_SETPIPE_SZ");
    const auto seen = watch([&] {
        std::array<char, 6000> data{};
        take(a.fd(), data);
        if (write(pipe[1], data.data(), data.size()) != 4096)
            _exit(1);
        take(c.fd());
        put(b.fd(), {data.data() + 4096, 6000 - 4096});
    });
    EXPECT_EQ(seen.exit_code, 0);
    EXPECT_EQ(seen.moves, (Moves{{{a.fd(), pipe[1]}, {1, 1, 4096}}, {{a.fd(), b.fd()}, {1, 1, 1904}}}));
    close(pipe[0]);
    close(pipe[1]);
}

// Without what only came after a read: a sanitizer writes to a pipe of its own when a thread begins.
Moves of_the_same_data(Moves moves) {
    std::erase_if(moves, [](const auto& move) { return move.second.direct == 0; });
    return moves;
}

TEST(Observe, AThreadWritesWhatAnotherHasRead) {
    const Channel a("hello"), b, c("other"), d;
    const auto seen = watch([&] {
        take(a.fd());
        std::thread([&] {
            take(c.fd(), other_buffer);
            put(b.fd(), {buffer.data(), 5});
            put(d.fd(), {other_buffer.data(), 5});
        }).join();
    });
    EXPECT_EQ(of_the_same_data(seen.moves),
              (Moves{{{a.fd(), b.fd()}, {1, 1, 5}}, {{c.fd(), d.fd()}, {1, 1, 5}}}));
}

TEST(Observe, ThreadsThatReadAndThreadsThatWriteAreNotMixed) {
    const Channel a("hello"), b;
    const auto seen = watch([&] {
        take(a.fd());
        std::thread([&] { put_own(b.fd(), "of its own"); }).join();
    });
    EXPECT_FALSE(seen.moves.contains({a.fd(), b.fd()}));
    EXPECT_EQ(of_the_same_data(seen.moves), Moves());
}

TEST(Observe, TwoPtyMastersAreNotTheSame) {
    std::array<int, 2> masters{}, slaves{};
    for (std::size_t i = 0; i < masters.size(); ++i) {
        masters[i] = must(posix_openpt(O_RDWR | O_NOCTTY), "posix_openpt");
        must(grantpt(masters[i]), "grantpt");
        must(unlockpt(masters[i]), "unlockpt");
        slaves[i] = must(open(ptsname(masters[i]), O_RDWR | O_NOCTTY), "open slave");
    }
    put(slaves[0], "hello\n");
    const auto seen = watch([&] {
        const auto size = take(masters[0]);
        put(masters[1], {buffer.data(), static_cast<std::size_t>(size)});
    });
    EXPECT_EQ(seen.moves, (Moves{{{masters[0], masters[1]}, {1, 1, 7}}})); // with ONLCR
    for (const int fd : {masters[0], masters[1], slaves[0], slaves[1]})
        close(fd);
}

void relay_once(const Channel& from, const Channel& to) {
    take(from.fd());
    put(to.fd(), {buffer.data(), 5});
}

TEST(Observe, OnlyWhoIsWatchedIsSeen) {
    const Channel a("hello"), b;
    Relay relay([&] { relay_once(a, b); });
    const Pid self{getpid()};
    EXPECT_EQ(watch(relay, {.processes = std::span(&self, 1)}).moves, Moves());
}

TEST(Observe, NobodyNamedIsEverybody) {
    const Channel a("hello"), b;
    Relay relay([&] { relay_once(a, b); });
    EXPECT_EQ(watch(relay, {}).moves, (Moves{{{a.fd(), b.fd()}, {1, 1, 5}}}));
}

TEST(Observe, WhatDoesNotFitIsCounted) {
    const Channel a("hello"), b, c, d;
    Relay relay([&] {
        relay_once(a, b);
        put(c.fd(), {buffer.data(), 5});
        put(d.fd(), {buffer.data(), 5});
    });
    const Pid pid = relay.pid();
    const auto seen = watch(relay, {.processes = std::span(&pid, 1), .transfers_max = 1});
    EXPECT_EQ(seen.moves, (Moves{{{a.fd(), b.fd()}, {1, 1, 5}}}));
    EXPECT_EQ(seen.unseen.at("more pairs of descriptors than there was room for"), 2);
}

long compat_call(long call, int fd, void* data, std::size_t size) {
    long result = call;
    asm volatile("int $0x80" : "+a"(result) : "b"(fd), "c"(data), "d"(size) : "memory");
    return result;
}

TEST(Observe, CallsOf32BitTasksAreCounted) {
    const Channel a("hello"), b;
    const auto seen = watch([&] {
        constexpr long compat_read = 3, compat_write = 4; // arch/x86/entry/syscalls/syscall_32.tbl
        void* low =
            mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
        if (compat_call(compat_read, a.fd(), low, 64) != 5 || compat_call(compat_write, b.fd(), low, 5) != 5)
            _exit(1);
    });
    EXPECT_EQ(seen.exit_code, 0);
    EXPECT_EQ(seen.moves, Moves());
    EXPECT_EQ(seen.unseen.at("the system calls of 32-bit tasks are not watched"), 2);
}

// One request that does nothing, through the rings mapped as io_uring_setup(2) says.
void submit_nothing() {
    io_uring_params parameters{};
    const int ring = must(syscall(SYS_io_uring_setup, 1, &parameters), "io_uring_setup");
    const auto map = [&](std::size_t size, off_t where) {
        return static_cast<char*>(mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, ring, where));
    };
    const auto& offsets = parameters.sq_off;
    auto* queue = map(offsets.array + sizeof(__u32), IORING_OFF_SQ_RING);
    auto* entry = map(sizeof(io_uring_sqe), IORING_OFF_SQES);
    reinterpret_cast<io_uring_sqe*>(entry)->opcode = IORING_OP_NOP;
    *reinterpret_cast<__u32*>(queue + offsets.array) = 0;
    *reinterpret_cast<__u32*>(queue + offsets.tail) = 1;
    must(syscall(SYS_io_uring_enter, ring, 1, 0, 0, nullptr, 0), "io_uring_enter");
}

TEST(Observe, RequestsToAnIoUringAreCounted) {
    const auto seen = watch([] { submit_nothing(); });
    EXPECT_EQ(seen.exit_code, 0);
    EXPECT_EQ(seen.unseen.at("what an io_uring does is not watched"), 1);
}

TEST(Observe, AskedToStopItStops) {
    std::stop_source stop;
    stop.request_stop();
    const Pid self{getpid()};
    const auto done = kernel::observe({.processes = std::span(&self, 1)}, std::chrono::hours(1),
                                      stop.get_token(), [](const auto&) {});
    EXPECT_TRUE(done) << done.error().message;
}

} // namespace
} // namespace otherend::harness
