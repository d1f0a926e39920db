// SPDX-License-Identifier: MIT
#include "kcore.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <utility>

namespace otherend::oracle {

namespace {

constexpr auto kcore_path = "/proc/kcore";
constexpr auto kallsyms_path = "/proc/kallsyms";

bool read_whole(const Fd& file, std::uint64_t offset, std::span<std::byte> to) {
    while (!to.empty()) {
        const auto got = pread(*file, to.data(), to.size(), static_cast<off_t>(offset));
        if (got <= 0)
            return false;
        to = to.subspan(static_cast<std::size_t>(got));
        offset += static_cast<std::uint64_t>(got);
    }
    return true;
}

std::unexpected<Error> cannot_open(const char* path, int error) {
    if (error == ENOENT)
        return std::unexpected(Error{ErrorClass::unsupported, std::string(path) + ": this kernel has none"});
    return std::unexpected(Error::from_errno(path, error));
}

} // namespace

Kcore::Kcore(Fd file, std::vector<Elf64_Phdr> segments)
    : file_(std::move(file)), segments_(std::move(segments)) {}

Result<Kcore> Kcore::open() {
    Fd file(::open(kcore_path, O_RDONLY | O_CLOEXEC));
    if (!file)
        return cannot_open(kcore_path, errno);
    Elf64_Ehdr header{};
    if (!read_whole(file, 0, std::as_writable_bytes(std::span(&header, 1))) ||
        std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_phentsize != sizeof(Elf64_Phdr))
        return std::unexpected(Error{ErrorClass::unsupported, "/proc/kcore: not an ELF core file"});
    std::vector<Elf64_Phdr> segments(header.e_phnum);
    if (!read_whole(file, header.e_phoff, std::as_writable_bytes(std::span(segments))))
        return std::unexpected(Error{ErrorClass::unsupported, "/proc/kcore: its segments cannot be read"});
    std::erase_if(segments, [](const Elf64_Phdr& segment) { return segment.p_type != PT_LOAD; });
    return Kcore(std::move(file), std::move(segments));
}

bool Kcore::read(Address from, std::span<std::byte> to) const {
    const auto segment = std::ranges::find_if(segments_, [&](const Elf64_Phdr& candidate) {
        return from >= candidate.p_vaddr && from - candidate.p_vaddr + to.size() <= candidate.p_filesz;
    });
    return segment != segments_.end() && read_whole(file_, segment->p_offset + (from - segment->p_vaddr), to);
}

Result<Address> address_of_symbol(std::string_view name) {
    std::ifstream symbols(kallsyms_path);
    if (!symbols)
        return cannot_open(kallsyms_path, errno);
    // "ffffffff82a12900 D init_task"; a module's symbols say so behind their name.
    const auto ending = " " + std::string(name);
    for (std::string line; std::getline(symbols, line);) {
        if (!line.ends_with(ending))
            continue;
        const auto address = std::stoull(line, nullptr, 16);
        if (address == 0)
            return std::unexpected(Error{ErrorClass::not_permitted, "/proc/kallsyms: addresses are hidden"});
        return address;
    }
    return std::unexpected(Error{ErrorClass::unsupported, "/proc/kallsyms: no " + std::string(name)});
}

} // namespace otherend::oracle
