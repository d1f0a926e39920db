// SPDX-License-Identifier: MIT
#include "kernel/iterate.hpp"

#include "kernel/decode.hpp"

#include <bpf/bpf.h>

#include <array>
#include <cerrno>
#include <unistd.h>

namespace otherend::kernel {

namespace {

// At least the seq buffer of kernel/bpf/bpf_iter.c (8 pages), so that one read takes all it holds.
constexpr std::size_t read_size = 64 * 1024;

Result<Fd> open_pass(const Fd& program) {
    Fd link(bpf_link_create(*program, 0, BPF_TRACE_ITER, nullptr));
    if (!link)
        return std::unexpected(Error::from_errno("attach BPF iterator", errno));
    Fd pass(bpf_iter_create(*link));
    if (!pass)
        return std::unexpected(Error::from_errno("open BPF iterator", errno));
    return pass;
}

} // namespace

Result<void> iterate(const Fd& program, const model::FactSink& sink) {
    auto pass = open_pass(program);
    if (!pass)
        return std::unexpected(pass.error());

    Decoder decoder;
    static thread_local std::array<std::byte, read_size> buffer;
    for (;;) {
        const auto got = ::read(**pass, buffer.data(), buffer.size());
        if (got == 0)
            break;
        if (got > 0)
            decoder.feed({buffer.data(), static_cast<std::size_t>(got)}, sink);
        else if (errno != EINTR && errno != EAGAIN) // EAGAIN: a million objects were passed over, go on
            return std::unexpected(Error::from_errno("read BPF iterator", errno));
    }
    if (decoder.malformed() > 0)
        sink(model::UnseenFact{"kernel records", "not understood", decoder.malformed()});
    return {};
}

} // namespace otherend::kernel
