// SPDX-License-Identifier: MIT
#include "offsets.hpp"

#include <bpf/btf.h>

#include <array>
#include <cerrno>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace otherend::oracle {

namespace {

constexpr std::size_t any_size = 0, pointer = 8;

struct Field {
    std::size_t Offsets::* goes_to;
    const char* structure;
    std::string_view path; // dots lead into embedded structures
    std::size_t size;      // bytes read of it
};

constexpr std::array<Field, 15> fields{{
    {&Offsets::task_tasks, "task_struct", "tasks.next", pointer},
    {&Offsets::task_tgid, "task_struct", "tgid", 4},
    {&Offsets::task_files, "task_struct", "files", pointer},
    {&Offsets::files_fdt, "files_struct", "fdt", pointer},
    {&Offsets::fdt_max_fds, "fdtable", "max_fds", 4},
    {&Offsets::fdt_fd, "fdtable", "fd", pointer},
    {&Offsets::file_inode, "file", "f_inode", pointer},
    {&Offsets::file_private_data, "file", "private_data", pointer},
    {&Offsets::inode_mode, "inode", "i_mode", 2},
    {&Offsets::socket_sk, "socket", "sk", pointer},
    {&Offsets::sock_family, "unix_sock", "sk.__sk_common.skc_family", 2},
    {&Offsets::sock_socket, "unix_sock", "sk.sk_socket", pointer},
    {&Offsets::unix_peer, "unix_sock", "peer", pointer},
    {&Offsets::alloc_socket, "socket_alloc", "socket", any_size},
    {&Offsets::alloc_inode_number, "socket_alloc", "vfs_inode.i_ino", 8},
}};

struct Member {
    __u32 type;
    std::size_t bits; // from the start of the structure
};

// Also in members that have no name of their own, as the kernel's unions and struct_group()s.
std::optional<Member> member_in(const btf* types, __u32 structure, std::string_view name) {
    const auto id = btf__resolve_type(types, structure);
    const auto* type = id < 0 ? nullptr : btf__type_by_id(types, static_cast<__u32>(id));
    if (type == nullptr || !btf_is_composite(type))
        return std::nullopt;
    for (__u32 i = 0; i < btf_vlen(type); ++i) {
        const auto& member = btf_members(type)[i];
        const std::size_t bits = btf_member_bit_offset(type, i);
        if (const std::string_view own = btf__name_by_offset(types, member.name_off); own == name)
            return Member{member.type, bits};
        else if (!own.empty())
            continue;
        if (const auto inner = member_in(types, member.type, name))
            return Member{inner->type, bits + inner->bits};
    }
    return std::nullopt;
}

Result<std::size_t> offset_of(const btf* types, const Field& field) {
    const auto lacks = [&](std::string_view what) {
        return std::unexpected(Error{ErrorClass::unsupported, std::string("BTF: ") + field.structure + "." +
                                                                  std::string(field.path) +
                                                                  std::string(what)});
    };
    const auto id = btf__find_by_name_kind(types, field.structure, BTF_KIND_STRUCT);
    if (id < 0)
        return lacks(": no such structure");
    Member at{static_cast<__u32>(id), 0};
    for (auto rest = field.path; !rest.empty();) {
        const auto dot = rest.find('.');
        const auto next = member_in(types, at.type, rest.substr(0, dot));
        if (!next)
            return lacks(": no such field");
        at = {next->type, at.bits + next->bits};
        rest = dot == std::string_view::npos ? std::string_view() : rest.substr(dot + 1);
    }
    if (field.size != any_size && btf__resolve_size(types, at.type) != static_cast<__s64>(field.size))
        return lacks(" does not have " + std::to_string(field.size) + " bytes");
    return at.bits / 8;
}

struct BtfDeleter {
    void operator()(btf* types) const { btf__free(types); }
};

} // namespace

Result<Offsets> offsets_in(const btf* types) {
    Offsets offsets{};
    for (const auto& field : fields) {
        const auto offset = offset_of(types, field);
        if (!offset)
            return std::unexpected(offset.error());
        offsets.*field.goes_to = *offset;
    }
    return offsets;
}

Result<Offsets> offsets_of_this_kernel() {
    const std::unique_ptr<btf, BtfDeleter> types(btf__parse_raw("/sys/kernel/btf/vmlinux"));
    if (!types)
        return std::unexpected(
            errno == EACCES || errno == EPERM
                ? Error::from_errno("/sys/kernel/btf/vmlinux", errno)
                : Error{ErrorClass::unsupported, "/sys/kernel/btf/vmlinux: this kernel has none"});
    return offsets_in(types.get());
}

} // namespace otherend::oracle
