// SPDX-License-Identifier: MIT
#include "kernel/iterate.hpp"

#include "kernel/chunks.hpp"
#include "kernel/decode.hpp"
#include "kernel/pass.hpp"
#include "kernel/ring.hpp"
#include "otherend/record.h"

#include <bpf/bpf.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <functional>
#include <future>
#include <numeric>
#include <vector>

namespace otherend::kernel {

namespace {

using Bytes = std::span<const std::byte>;

// A first piece of this size means that the seq buffer was full, and that there is more than a thread costs.
constexpr std::size_t enough_for_a_thread = 24 * 1024;

// A pass that gets nothing of what the one before had lost will not get it the next time either, except by luck.
constexpr int passes_without_progress = 3;

// The kernel wakes nobody for a record in the ring buffer: a pause this short leaves most of it free.
constexpr std::chrono::microseconds pause_between_looks{200};

void report_malformed(const Decoder& decoder, const model::FactSink& sink) {
    if (decoder.malformed() > 0)
        sink(model::UnseenFact{"kernel records", "not understood", decoder.malformed()});
}

// Takes the rest of a pass while a thread reads it, so that the kernel and we work at the same time.
Result<void> read_ahead(const Fd& pass, Decoder& decoder, const model::FactSink& sink) {
    struct Closing {
        Chunks& chunks;
        ~Closing() { chunks.close(); }
    };
    Chunks chunks;
    auto reading = std::async(std::launch::async, [&] {
        const Closing closing{chunks}; // however it ends
        return read_pass(pass, [&](Bytes piece) { chunks.push(piece); });
    });
    while (const auto chunk = chunks.pop())
        decoder.feed(*chunk, sink);
    const auto read = reading.get();
    return read ? Result<void>{} : std::unexpected(read.error());
}

struct SocketPass {
    oe_end end{};
    std::uint64_t pauses = 0;
};

// All of it is one system call (docs/adr/0002).
Result<SocketPass> run_iterator(const Fd& pass) {
    SocketPass result;
    const auto pauses = read_pass(pass, [&](Bytes bytes) {
        std::memcpy(&result.end, bytes.data(), std::min(bytes.size(), sizeof result.end));
    });
    if (!pauses)
        return std::unexpected(pauses.error());
    if (result.end.header.kind != OE_END)
        return std::unexpected(Error{ErrorClass::failed, "read BPF iterator: it did not say that it ended"});
    result.pauses = *pauses;
    return result;
}

Result<void> want_buckets(const NamespaceProgram& program, const oe_end& lost) {
    const std::uint32_t key = 1;
    if (bpf_map_update_elem(*program.pass_map, &key, &lost, BPF_ANY) != 0)
        return std::unexpected(Error::from_errno("tell the BPF iterator what to read again", errno));
    return {};
}

// A pass over the sockets of this thread's network namespace. `ahead`, the iterator runs in a thread of its own while
// this one takes what is there; else it runs here, for what the ring buffer takes at once.
Result<oe_end> run_pass(const NamespaceProgram& program, bool ahead, const model::FactSink& sink) {
    const auto file = open_pass(program.program); // here: the opener's namespace is the one that is read
    if (!file)
        return std::unexpected(file.error());
    Decoder decoder;
    auto ring = Ring::open(program.ring, [&](Bytes record) { decoder.feed(record, sink); });
    if (!ring)
        return std::unexpected(ring.error());

    auto running =
        std::async(ahead ? std::launch::async : std::launch::deferred, run_iterator, std::cref(*file));
    while (running.wait_for(pause_between_looks) == std::future_status::timeout) // never, if it is deferred
        ring->consume();
    const auto pass = running.get();
    ring->consume();
    if (!pass)
        return std::unexpected(pass.error());
    report_malformed(decoder, sink);
    if (pass->pauses > 0)
        sink(model::UnseenFact{"sockets", "more than a million in one network namespace", pass->pauses});
    return pass->end;
}

// Reads again what a pass lost, until nothing is left or no more is to be had.
Result<void> read_lost(const NamespaceProgram& program, const oe_end& first, const model::FactSink& sink) {
    auto lost = first;
    for (int without_progress = 0; lost.lost > 0 && without_progress < passes_without_progress;) {
        if (auto told = want_buckets(program, lost); !told)
            return told;
        const auto end = run_pass(program, true, sink);
        if (!end)
            return std::unexpected(end.error());
        without_progress = end->lost < lost.lost ? 0 : without_progress + 1;
        lost = *end;
    }
    if (lost.lost > 0)
        sink(model::UnseenFact{"sockets", "the ring buffer was full", lost.lost});
    return {};
}

Result<void> want_addresses(const AddressProgram& program, std::span<const SockAddress> addresses) {
    std::vector<std::uint32_t> keys(OE_ADDRESSES);
    std::iota(keys.begin(), keys.end(), 0);
    std::vector<std::uint64_t> values(OE_ADDRESSES); // 0 is passed over
    std::ranges::transform(addresses, values.begin(), [](SockAddress address) { return number(address); });
    __u32 count = OE_ADDRESSES;
    if (bpf_map_update_batch(*program.addresses, keys.data(), values.data(), &count, nullptr) != 0)
        return std::unexpected(Error::from_errno("tell the BPF iterator what to read", errno));
    return {};
}

} // namespace

Result<void> read_holders(const Fd& program, const model::FactSink& sink) {
    const auto pass = open_pass(program);
    if (!pass)
        return std::unexpected(pass.error());
    Decoder decoder;
    std::vector<std::byte> buffer(read_size);
    std::uint64_t pauses = 0;
    auto piece = read_piece(*pass, buffer, pauses);
    for (; piece && !piece->empty() && piece->size() < enough_for_a_thread;
         piece = read_piece(*pass, buffer, pauses))
        decoder.feed(*piece, sink);
    if (!piece)
        return std::unexpected(piece.error());
    if (!piece->empty()) {
        decoder.feed(*piece, sink);
        if (auto rest = read_ahead(*pass, decoder, sink); !rest)
            return rest;
    }
    report_malformed(decoder, sink);
    return {};
}

Result<void> read_sockets(const NamespaceProgram& program, const model::FactSink& sink) {
    if (auto told = want_buckets(program, {}); !told) // all
        return told;
    const auto end = run_pass(program, program.size != RingSize::small, sink);
    return end ? read_lost(program, *end, sink) : std::unexpected(end.error());
}

Result<void> read_at(const AddressProgram& program, std::span<const SockAddress> addresses,
                     const model::FactSink& sink) {
    Decoder decoder;
    while (!addresses.empty()) {
        const auto some = addresses.first(std::min<std::size_t>(addresses.size(), OE_ADDRESSES));
        addresses = addresses.subspan(some.size());
        if (auto told = want_addresses(program, some); !told)
            return told;
        const auto pass = open_pass(program.program, &program.addresses);
        if (!pass)
            return std::unexpected(pass.error());
        const auto read = read_pass(*pass, [&](Bytes bytes) { decoder.feed(bytes, sink); });
        if (!read)
            return std::unexpected(read.error());
    }
    report_malformed(decoder, sink);
    return {};
}

} // namespace otherend::kernel
