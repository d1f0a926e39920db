// SPDX-License-Identifier: MIT
#include "kernel/iterate.hpp"

#include "kernel/chunks.hpp"
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

// A first piece of this size means that the seq buffer was full, and that there is more than a thread costs.
constexpr std::size_t enough_for_a_thread = 24 * 1024;

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

// The next piece the iterator writes, empty at the end. It pauses after a million objects (MAX_ITER_OBJECTS in
// kernel/bpf/bpf_iter.c), which is counted.
Result<std::span<const std::byte>> read_piece(const Fd& pass, std::vector<std::byte>& buffer,
                                              std::uint64_t& pauses) {
    for (;;) {
        const auto got = ::read(*pass, buffer.data(), buffer.size());
        if (got >= 0)
            return std::span(buffer.data(), static_cast<std::size_t>(got));
        if (errno == EAGAIN)
            ++pauses;
        else if (errno != EINTR)
            return std::unexpected(Error::from_errno("read BPF iterator", errno));
    }
}

template <typename Use> Result<std::uint64_t> read_pass(const Fd& pass, Use use) {
    std::vector<std::byte> buffer(read_size);
    std::uint64_t pauses = 0;
    for (;;) {
        const auto piece = read_piece(pass, buffer, pauses);
        if (!piece)
            return std::unexpected(piece.error());
        if (piece->empty())
            return pauses;
        use(*piece);
    }
}

template <typename Use> Result<void> read_here(const Fd& pass, Use use) {
    const auto read = read_pass(pass, use);
    return read ? Result<void>{} : std::unexpected(read.error());
}

// The same with `use` in this thread and the reading in another.
template <typename Use> Result<void> read_pass_ahead(const Fd& pass, Use use) {
    Chunks chunks;
    auto reading = std::async(std::launch::async, [&] {
        auto read = read_pass(pass, [&](std::span<const std::byte> piece) { chunks.push(piece); });
        chunks.close();
        return read;
    });
    while (const auto chunk = chunks.pop())
        use(std::span(*chunk));
    const auto read = reading.get();
    return read ? Result<void>{} : std::unexpected(read.error());
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
    auto ring =
        Ring::open(programs.ring, [&](std::span<const std::byte> record) { decoder.feed(record, sink); });
    if (!ring)
        return std::unexpected(ring.error());

    SocketPass result;
    auto reading = std::async(std::launch::async, [&] {
        return read_pass(*pass, [&](std::span<const std::byte> bytes) {
            std::memcpy(&result.end, bytes.data(), std::min(bytes.size(), sizeof result.end));
        });
    });
    ring->consume_until(
        [&](std::chrono::microseconds wait) { return reading.wait_for(wait) == std::future_status::ready; });
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
    std::vector<std::byte> buffer(read_size);
    std::uint64_t pauses = 0;
    const auto first = read_piece(*pass, buffer, pauses);
    if (!first)
        return std::unexpected(first.error());
    decoder.feed(*first, sink);
    if (!first->empty()) {
        const auto use = [&](std::span<const std::byte> piece) { decoder.feed(piece, sink); };
        const bool much_to_come = first->size() > enough_for_a_thread;
        if (auto rest = much_to_come ? read_pass_ahead(*pass, use) : read_here(*pass, use); !rest)
            return rest;
    }
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
