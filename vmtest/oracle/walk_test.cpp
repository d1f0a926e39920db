// SPDX-License-Identifier: MIT
// The walk on an image of a kernel with two processes and three sockets, laid out by offsets the test chooses.
#include "walk.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <map>
#include <sys/socket.h>
#include <sys/stat.h>

namespace otherend::oracle {
namespace {

constexpr Offsets layout{
    .task_tasks = 0x20,
    .task_tgid = 0x40,
    .task_files = 0x60,
    .files_fdt = 0x20,
    .fdt_max_fds = 0x0,
    .fdt_fd = 0x8,
    .file_inode = 0x10,
    .file_private_data = 0x30,
    .inode_mode = 0x0,
    .socket_sk = 0x18,
    .sock_family = 0x10,
    .sock_socket = 0x80,
    .unix_peer = 0x100,
    .alloc_socket = 0x8,
    .alloc_inode_number = 0xc0,
};

class Image : public Memory {
  public:
    template <typename T> void put(Address at, T value) {
        for (const auto byte : std::bit_cast<std::array<std::byte, sizeof(T)>>(value))
            bytes_[at++] = byte;
    }

    bool read(Address from, std::span<std::byte> to) const override {
        return std::ranges::all_of(to, [&](std::byte& byte) {
            const auto found = bytes_.find(from++);
            if (found != bytes_.end())
                byte = found->second;
            return found != bytes_.end();
        });
    }

  private:
    std::map<Address, std::byte> bytes_;
};

constexpr Address base = 0xffff'8880'0000'0000;
constexpr Address init_task = base + 0x1000, task = base + 0x2000, files = base + 0x3000,
                  table = base + 0x4000, descriptors = base + 0x5000;
constexpr pid_t pid = 42;

// Sockets by number: one and two are joined; three is what a reader who misses a field by one would find.
constexpr Address file_of(int n) {
    return base + 0x10'000 + 0x1000u * n;
}
constexpr Address allocated(int n) {
    return base + 0x20'000 + 0x1000u * n;
}
constexpr Address sock(int n) {
    return base + 0x30'000 + 0x1000u * n;
}
constexpr std::uint64_t inode(int n) {
    return 1000u + n;
}

class WalkTest : public testing::Test {
  protected:
    WalkTest() {
        add_process(init_task, 0, task);
        add_process(task, pid, init_task);
        image.put(task + layout.task_files, files);
        image.put(files + layout.files_fdt, table);
        image.put(table + layout.fdt_max_fds, std::uint32_t{8});
        image.put(table + layout.fdt_fd, descriptors);
        for (int fd = 0; fd < 8; ++fd)
            image.put(descriptors + 8u * fd, Address{0});
        for (const int n : {1, 2, 3})
            add_socket(n);
        join(1, sock(2));
        join(2, sock(1));
        join(3, 0);
    }

    void add_process(Address at, std::int32_t tgid, Address next) {
        image.put(at + layout.task_tgid, tgid);
        image.put(at + layout.task_tasks, next + layout.task_tasks);
        image.put(at + layout.task_files, Address{0});
    }

    void add_socket(int n) {
        const Address socket = allocated(n) + layout.alloc_socket;
        image.put(descriptors + 8u * n, file_of(n));
        image.put(file_of(n) + layout.file_inode, allocated(n) + 0x40);
        image.put(file_of(n) + layout.file_private_data, socket);
        image.put(allocated(n) + 0x40 + layout.inode_mode, std::uint16_t{S_IFSOCK});
        image.put(socket + layout.socket_sk, sock(n));
        image.put(allocated(n) + layout.alloc_inode_number, inode(n));
        image.put(allocated(n) + layout.alloc_inode_number + 8, inode(3));
        image.put(sock(n) + layout.sock_family, std::uint16_t{AF_UNIX});
        image.put(sock(n) + layout.sock_socket, socket);
    }

    void join(int n, Address peer) {
        image.put(sock(n) + layout.unix_peer, peer);
        image.put(sock(n) + layout.unix_peer + 8, sock(3));
    }

    [[nodiscard]] Result<Endpoint> ask(int fd, const Offsets& offsets = layout, pid_t of = pid) const {
        return endpoint_of(image, offsets, init_task, of, fd);
    }
    [[nodiscard]] std::string refusal(int fd, pid_t of = pid) const {
        const auto answer = ask(fd, layout, of);
        return answer ? "" : answer.error().message;
    }

    Image image;
};

TEST_F(WalkTest, FindsBothEnds) {
    EXPECT_EQ(ask(1), (Endpoint{inode(1), sock(1), Peer{sock(2), inode(2)}}));
    EXPECT_EQ(ask(2), (Endpoint{inode(2), sock(2), Peer{sock(1), inode(1)}}));
}

TEST_F(WalkTest, ASocketNeedNotHaveAPeer) {
    EXPECT_EQ(ask(3), (Endpoint{inode(3), sock(3), std::nullopt}));
}

TEST_F(WalkTest, APeerNeedNotHaveAnInode) {
    image.put(sock(2) + layout.sock_socket, Address{0});
    EXPECT_EQ(ask(1), (Endpoint{inode(1), sock(1), Peer{sock(2), std::nullopt}}));
}

TEST_F(WalkTest, SaysWhatIsNotThere) {
    EXPECT_EQ(refusal(1, 43), "no process 43");
    EXPECT_EQ(refusal(1, 0), "the process has no descriptors");
    EXPECT_EQ(refusal(4), "no descriptor 4");
    EXPECT_EQ(refusal(8), "no descriptor 8");
    image.put(sock(1) + layout.sock_family, std::uint16_t{AF_INET});
    EXPECT_EQ(refusal(1), "no UNIX socket at " + text_of(sock(1)));
    image.put(file_of(1) + layout.file_private_data, Address{0});
    EXPECT_EQ(refusal(1), "the descriptor does not keep its socket open");
    image.put(allocated(1) + 0x40 + layout.inode_mode, std::uint16_t{S_IFREG});
    EXPECT_EQ(refusal(1), "the descriptor is no socket");
    image.put(descriptors + 8, Address{0x10});
    EXPECT_EQ(refusal(1), "no kernel memory at 0x0000000000000020");
}

TEST_F(WalkTest, AWrongPeerOffsetGivesAWrongPeer) {
    auto offsets = layout;
    offsets.unix_peer += 8;
    EXPECT_EQ(ask(1, offsets), (Endpoint{inode(1), sock(1), Peer{sock(3), inode(3)}})) << "and no error";
}

// All but fdt_max_fds, which bounds what is read and is no part of an answer.
TEST_F(WalkTest, EveryWrongOffsetIsNoticed) {
    const auto right = ask(1);
    ASSERT_TRUE(right) << right.error().message;
    for (const auto field :
         {&Offsets::task_tasks, &Offsets::task_tgid, &Offsets::task_files, &Offsets::files_fdt,
          &Offsets::fdt_fd, &Offsets::file_inode, &Offsets::file_private_data, &Offsets::inode_mode,
          &Offsets::socket_sk, &Offsets::sock_family, &Offsets::sock_socket, &Offsets::unix_peer,
          &Offsets::alloc_socket, &Offsets::alloc_inode_number}) {
        auto offsets = layout;
        offsets.*field += 8;
        EXPECT_NE(ask(1, offsets), *right) << "the one at " << layout.*field;
    }
}

} // namespace
} // namespace otherend::oracle
