// SPDX-License-Identifier: MIT
#include "kernel/probe.hpp"

#include <bpf/btf.h>

#include <cerrno>
#include <cstring>
#include <memory>

namespace otherend::kernel {

namespace {

struct BtfDeleter {
    void operator()(btf* types) const { btf__free(types); }
};
using Btf = std::unique_ptr<btf, BtfDeleter>;

Probe probe_loader(Loader loader) {
    const auto programs = load(loader, RingSize::small);
    return programs ? Probe{Support::yes, {}} : Probe{Support::no, programs.error().message};
}

Probe probe_member(const btf* types, const char* structure, const char* member, const char* otherwise) {
    if (types == nullptr)
        return {Support::unknown, "no BTF to ask"};
    const auto id = btf__find_by_name_kind(types, structure, BTF_KIND_STRUCT);
    if (id < 0)
        return {Support::no, std::string("no struct ") + structure + " in BTF"};
    const auto* type = btf__type_by_id(types, static_cast<__u32>(id));
    const auto* members = btf_members(type);
    for (int i = 0; i < btf_vlen(type); ++i)
        if (std::strcmp(btf__name_by_offset(types, members[i].name_off), member) == 0)
            return {Support::yes, {}};
    return {Support::no, otherwise};
}

} // namespace

Probes probe() {
    Probes probes;
    const Btf types(btf__load_vmlinux_btf());
    probes.btf = types ? Probe{Support::yes, {}}
                       : Probe{Support::no, std::string("/sys/kernel/btf/vmlinux: ") + std::strerror(errno)};
    probes.light = probe_loader(Loader::light);
    probes.full = probe_loader(Loader::full);
    probes.compat = probe_loader(Loader::compat);
    probes.listener =
        probe_member(types.get(), "unix_sock", "listener", "the accept queue is walked instead");
    probes.queued_bytes =
        probe_member(types.get(), "unix_sock", "inq_len", "the messages are walked instead");
    return probes;
}

} // namespace otherend::kernel
