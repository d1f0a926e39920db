// SPDX-License-Identifier: MIT
#include "kernel/pass.hpp"

#include <bpf/bpf.h>

#include <cerrno>
#include <unistd.h>

namespace otherend::kernel {

Result<Fd> open_pass(const Fd& program, const Fd* map) {
    bpf_iter_link_info over{};
    bpf_link_create_opts options{.sz = sizeof options};
    if (map != nullptr) {
        over.map.map_fd = static_cast<__u32>(**map);
        options.iter_info = &over;
        options.iter_info_len = sizeof over;
    }
    const Fd link(bpf_link_create(*program, 0, BPF_TRACE_ITER, &options));
    if (!link)
        return std::unexpected(Error::from_errno("attach BPF iterator", errno));
    Fd pass(bpf_iter_create(*link));
    if (!pass)
        return std::unexpected(Error::from_errno("open BPF iterator", errno));
    return pass;
}

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

Result<std::uint64_t> read_pass(const Fd& pass, const std::function<void(std::span<const std::byte>)>& use) {
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

} // namespace otherend::kernel
