// SPDX-License-Identifier: MIT
// Data are seen to move whichever system calls read and write them.
#include "harness/relay.hpp"

#include <gtest/gtest.h>

#include <array>
#include <sys/uio.h>
#include <tuple>

namespace otherend::harness {
namespace {

struct Call {
    const char* name;
    long (*run)(int fd, void* data, std::size_t size);
};

template <auto Function> long on_message(int fd, void* data, std::size_t size) {
    iovec part{.iov_base = data, .iov_len = size};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    return Function(fd, &message, 0);
}

template <auto Function> long on_messages(int fd, void* data, std::size_t size) {
    std::array<iovec, 2> parts{{{.iov_base = data, .iov_len = size}, {.iov_base = data, .iov_len = size}}};
    std::array<mmsghdr, 2> messages{};
    for (std::size_t i = 0; i < messages.size(); ++i)
        messages[i].msg_hdr = {.msg_iov = &parts[i], .msg_iovlen = 1};
    return Function(fd, messages.data(), 1);
}

template <auto Function> long on_vector(int fd, void* data, std::size_t size) {
    const iovec part{.iov_base = data, .iov_len = size};
    return Function(fd, &part);
}

constexpr std::array readers{
    Call{"read", [](int fd, void* data, std::size_t size) -> long { return read(fd, data, size); }},
    Call{"recv", [](int fd, void* data, std::size_t size) -> long { return recv(fd, data, size, 0); }},
    Call{"readv", on_vector<[](int fd, const iovec* part) { return readv(fd, part, 1); }>},
    Call{"preadv2", on_vector<[](int fd, const iovec* part) { return preadv2(fd, part, 1, -1, 0); }>},
    Call{"recvmsg", on_message<recvmsg>},
    Call{"recvmmsg", on_messages<[](int fd, mmsghdr* messages, unsigned count) {
             return recvmmsg(fd, messages, count, 0, nullptr);
         }>},
};

constexpr std::array writers{
    Call{"write", [](int fd, void* data, std::size_t size) -> long { return write(fd, data, size); }},
    Call{"send", [](int fd, void* data, std::size_t size) -> long { return send(fd, data, size, 0); }},
    Call{"writev", on_vector<[](int fd, const iovec* part) { return writev(fd, part, 1); }>},
    Call{"pwritev2", on_vector<[](int fd, const iovec* part) { return pwritev2(fd, part, 1, -1, 0); }>},
    Call{"sendmsg", on_message<sendmsg>},
    Call{"sendmmsg", on_messages<[](int fd, mmsghdr* messages, unsigned count) {
             return sendmmsg(fd, messages, count, 0);
         }>},
};

class ObserveCalls : public testing::TestWithParam<std::tuple<Call, Call>> {};

TEST_P(ObserveCalls, MoveWhatWasReadToWhereItIsWritten) {
    const auto& [reader, writer] = GetParam();
    const Channel a("hello"), b;
    const auto seen = watch([&] {
        std::array<char, 64> data{};
        if (reader.run(a.fd(), data.data(), data.size()) > 0)
            writer.run(b.fd(), data.data(), 5);
    });
    EXPECT_EQ(seen.moves, (Moves{{{a.fd(), b.fd()}, {1, 1, 5}}}));
    EXPECT_TRUE(seen.unseen.empty());
}

INSTANTIATE_TEST_SUITE_P(Every, ObserveCalls,
                         testing::Combine(testing::ValuesIn(readers), testing::ValuesIn(writers)),
                         [](const auto& instance) {
                             return std::string(std::get<0>(instance.param).name) + "_" +
                                    std::get<1>(instance.param).name;
                         });

TEST(ObserveMessages, AMessageOfSeveralPartsCountsAll) {
    const Channel a("hello"), b;
    const auto seen = watch([&] {
        std::array<char, 64> data{}, more{};
        const iovec parts[] = {{data.data(), 5}, {more.data(), 7}};
        std::array<mmsghdr, 2> messages{};
        for (auto& message : messages)
            message.msg_hdr = {.msg_iov = const_cast<iovec*>(parts), .msg_iovlen = 2};
        must(read(a.fd(), data.data(), data.size()), "read");
        must(sendmmsg(b.fd(), messages.data(), 2, 0), "sendmmsg");
    });
    EXPECT_EQ(seen.moves, (Moves{{{a.fd(), b.fd()}, {1, 1, 24}}}));
}

} // namespace
} // namespace otherend::harness
