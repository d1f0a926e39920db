// SPDX-License-Identifier: MIT
#include "kernel/iterate.hpp"

#include "kernel/decode.hpp"
#include "kernel/ring.hpp"
#include "otherend/record.h"

#include <bpf/bpf.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <future>
#include <unistd.h>
#include <vector>

namespace otherend::kernel {

namespace {

// At least the seq buffer of kernel/bpf/bpf_iter.c (8 pages), so that one read takes all it holds.
constexpr std::size_t read_size = 64 * 1024;

// A pass that gets nothing of what the one before had lost will not get it the next time either, except by luck.
constexpr int passes_without_progress = 3;

Result<Fd> open_pass(const Fd& program) {
    const Fd link(bpf_link_create(*program, 0, BPF_TRACE_ITER, nullptr));
    if (!link)
        return std::unexpected(Error::from_errno("attach BPF iterator", errno));
    Fd pass(bpf_iter_create(*link));
    if (!pass)
        return std::unexpected(Error::from_errno("open BPF iterator", errno));
    return pass;
}

// Hands each piece that the iterator writes to `use`. Returns how often it paused without being read in between,
// which it does after a million objects (MAX_ITER_OBJECTS in kernel/bpf/bpf_iter.c).
template <typename Use> Result<std::uint64_t> read_pass(const Fd& pass, Use use) {
    std::vector<std::byte> buffer(read_size);
    for (std::uint64_t pauses = 0;;) {
        const auto got = ::read(*pass, buffer.data(), buffer.size());
        if (got == 0)
            return pauses;
        if (got > 0)
            use(std::span(buffer.data(), static_cast<std::size_t>(got)));
        else if (errno == EAGAIN)
            ++pauses;
        else if (errno != EINTR)
            return std::unexpected(Error::from_errno("read BPF iterator", errno));
    }
}

void report_malformed(const Decoder& decoder, const model::FactSink& sink) {
    if (decoder.malformed() > 0)
        sink(model::UnseenFact{"kernel records", "not understood", decoder.malformed()});
}

struct SocketPass {
    oe_end end{};
    std::uint64_t pauses = 0;
};

// The iterator runs in a thread of its own, since all of it is one system call; this one takes the records.
Result<SocketPass> run_socket_pass(const Programs& programs, const model::FactSink& sink) {
    const auto pass = open_pass(programs.sockets); // here: the opener's namespace is the one that is read
    if (!pass)
        return std::unexpected(pass.error());
    Decoder decoder;
    auto ring = Ring::open(programs.ring, [&](std::span<const std::byte> record) { decoder.feed(record, sink); });
    if (!ring)
        return std::unexpected(ring.error());

    SocketPass result;
    auto reading = std::async(std::launch::async, [&] {
        return read_pass(*pass, [&](std::span<const std::byte> bytes) {
            std::memcpy(&result.end, bytes.data(), std::min(bytes.size(), sizeof result.end));
        });
    });
    ring->consume_until([&](std::chrono::milliseconds wait) {
        return reading.wait_for(wait) == std::future_status::ready;
    });
    const auto pauses = reading.get();
    if (!pauses)
        return std::unexpected(pauses.error());
    if (result.end.header.kind != OE_END)
        return std::unexpected(Error{ErrorClass::failed, "read BPF iterator: it did not say that it ended"});
    result.pauses = *pauses;
    report_malformed(decoder, sink);
    return result;
}

Result<void> want_buckets(const Programs& programs, const oe_end& lost) {
    const std::uint32_t key = 1;
    if (bpf_map_update_elem(*programs.pass_map, &key, &lost, BPF_ANY) != 0)
        return std::unexpected(Error::from_errno("tell the BPF iterator what to read again", errno));
    return {};
}

} // namespace

Result<void> read_holders(const Programs& programs, const model::FactSink& sink) {
    const auto pass = open_pass(programs.holders);
    if (!pass)
        return std::unexpected(pass.error());
    Decoder decoder;
    const auto read = read_pass(*pass, [&](std::span<const std::byte> bytes) { decoder.feed(bytes, sink); });
    if (!read)
        return std::unexpected(read.error());
    report_malformed(decoder, sink);
    return {};
}

Result<void> read_sockets(const Programs& programs, const model::FactSink& sink) {
    oe_end wanted{}; // all
    for (int without_progress = 0; without_progress < passes_without_progress;) {
        if (auto told = want_buckets(programs, wanted); !told)
            return told;
        const auto pass = run_socket_pass(programs, sink);
        if (!pass)
            return std::unexpected(pass.error());
        if (pass->pauses > 0)
            sink(model::UnseenFact{"sockets", "more than a million in one network namespace", pass->pauses});
        if (pass->end.lost == 0)
            return {};
        const bool progress = wanted.lost == 0 || pass->end.lost < wanted.lost;
        without_progress = progress ? 0 : without_progress + 1;
        wanted = pass->end;
    }
    sink(model::UnseenFact{"sockets", "the ring buffer was full", wanted.lost});
    return {};
}

} // namespace otherend::kernel
