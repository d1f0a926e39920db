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
#include <future>
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

// A pass over descriptors in a thread of its own; what it reads is taken in ours.
class HoldersAhead {
  public:
    explicit HoldersAhead(const Fd& pass)
        : reading_(std::async(std::launch::async, [&] {
              const Closing closing{chunks_};
              return read_pass(pass, [&](Bytes piece) { chunks_.push(piece); });
          })) {}

    void take(Decoder& decoder, const model::FactSink& sink) {
        if (const auto chunk = chunks_.pop(pause_between_looks))
            decoder.feed(*chunk, sink);
    }
    [[nodiscard]] bool is_over() { return chunks_.is_over(); }
    Result<void> finish() {
        const auto read = reading_.get();
        return read ? Result<void>{} : std::unexpected(read.error());
    }

  private:
    struct Closing {
        Chunks& chunks;
        ~Closing() { chunks.close(); }
    };

    Chunks chunks_;
    std::future<Result<std::uint64_t>> reading_;
};

// A pass over the sockets of a network namespace. All of it is one system call (docs/adr/0002).
class SocketPass {
  public:
    static Result<SocketPass> open(const SocketProgram& program, const model::FactSink& sink) {
        auto file = open_pass(program.program); // here: the opener's namespace is the one that is read
        if (!file)
            return std::unexpected(file.error());
        auto decoder = std::make_unique<Decoder>();
        auto ring =
            Ring::open(program.ring, [&sink, to = decoder.get()](Bytes record) { to->feed(record, sink); });
        if (!ring)
            return std::unexpected(ring.error());
        return SocketPass(std::move(*file), std::move(decoder), std::move(*ring), sink);
    }

    // Either all in this thread, for what the ring buffer takes at once.
    void run() { read_ = read(file_); }

    // Or in another, while this one takes what is there until it is over.
    void start() { reading_ = std::async(std::launch::async, read, std::cref(file_)); }
    void take() { ring_.consume(); }
    [[nodiscard]] bool is_over() {
        return reading_.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
    }
    void wait() { reading_.wait_for(pause_between_looks); }

    // How it ended.
    Result<oe_end> finish() {
        if (reading_.valid())
            read_ = reading_.get();
        ring_.consume();
        if (!read_)
            return std::unexpected(read_.error());
        if (read_->end.header.kind != OE_END)
            return std::unexpected(
                Error{ErrorClass::failed, "read BPF iterator: it did not say that it ended"});
        report_malformed(*decoder_, *sink_);
        if (read_->pauses > 0)
            (*sink_)(
                model::UnseenFact{"sockets", "more than a million in one network namespace", read_->pauses});
        return read_->end;
    }

  private:
    struct Read {
        oe_end end{};
        std::uint64_t pauses = 0;
    };

    SocketPass(Fd file, std::unique_ptr<Decoder> decoder, Ring ring, const model::FactSink& sink)
        : file_(std::move(file)), decoder_(std::move(decoder)), ring_(std::move(ring)), sink_(&sink) {}

    static Result<Read> read(const Fd& file) {
        Read read;
        const auto pauses = read_pass(file, [&](Bytes bytes) {
            std::memcpy(&read.end, bytes.data(), std::min(bytes.size(), sizeof read.end));
        });
        if (!pauses)
            return std::unexpected(pauses.error());
        read.pauses = *pauses;
        return read;
    }

    Fd file_;
    std::unique_ptr<Decoder> decoder_;
    Ring ring_;
    const model::FactSink* sink_;
    Result<Read> read_;
    std::future<Result<Read>> reading_;
};

Result<void> want_buckets(const SocketProgram& program, const oe_end& lost) {
    const std::uint32_t key = 1;
    if (bpf_map_update_elem(*program.pass_map, &key, &lost, BPF_ANY) != 0)
        return std::unexpected(Error::from_errno("tell the BPF iterator what to read again", errno));
    return {};
}

Result<oe_end> run_pass(const SocketProgram& program, bool ahead, const model::FactSink& sink) {
    auto pass = SocketPass::open(program, sink);
    if (!pass)
        return std::unexpected(pass.error());
    if (!ahead) {
        pass->run();
        return pass->finish();
    }
    pass->start();
    for (; !pass->is_over(); pass->wait())
        pass->take();
    return pass->finish();
}

// Reads again what a pass lost, until nothing is left or no more is to be had.
Result<void> read_lost(const SocketProgram& program, const oe_end& first, const model::FactSink& sink) {
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
        HoldersAhead ahead(*pass);
        while (!ahead.is_over())
            ahead.take(decoder, sink);
        if (auto read = ahead.finish(); !read)
            return read;
    }
    report_malformed(decoder, sink);
    return {};
}

Result<void> read_sockets(const SocketProgram& program, const model::FactSink& sink) {
    if (auto told = want_buckets(program, {}); !told) // all
        return told;
    const auto end = run_pass(program, program.size != RingSize::small, sink);
    return end ? read_lost(program, *end, sink) : std::unexpected(end.error());
}

} // namespace otherend::kernel
