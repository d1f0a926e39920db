// SPDX-License-Identifier: MIT
#include "kernel/programs.hpp"

#include "kernel/light.h"
#include "kernel/skeleton.hpp"

#include "compat.skel.h"
#include "compat_details.skel.h"
#include "details.skel.h"
#include "rings.skel.h"
#include "snapshot.skel.h"

namespace otherend::kernel {

namespace {

constexpr std::string_view by_kernel = "load BPF programs (light skeleton)";
constexpr std::string_view by_libbpf = "load BPF programs";
constexpr std::string_view in_compat = "load BPF programs (compat)";

NamespaceProgram own(const oe_light_pass& fds, RingSize ring) {
    return {Fd(fds.program_fd), Fd(fds.ring_fd), Fd(fds.pass_map_fd), ring};
}

template <typename S> NamespaceProgram own_copies(bpf_program* program, const S& skeleton, RingSize ring) {
    return {own_copy(bpf_program__fd(program)), own_copy(bpf_map__fd(skeleton.maps.ring)),
            own_copy(bpf_map__fd(skeleton.maps.pass_map)), ring};
}

template <typename S> Result<Skeleton<S>> load_full(RingSize ring) {
    return Skeleton<S>::load(
        by_libbpf, [&](S& opened) { bpf_map__set_max_entries(opened.maps.ring, static_cast<__u32>(ring)); });
}

std::expected<Programs, int> load_light_snapshot(RingSize ring) { // or an errno
    int holders = -1;
    oe_light_pass sockets{};
    if (const int error = oe_light_load_snapshot(&holders, &sockets, static_cast<unsigned>(ring)); error < 0)
        return std::unexpected(-error);
    return Programs{Loader::light, Fd(holders), own(sockets, ring)};
}

Result<Programs> explained(std::expected<Programs, int> light) {
    if (light)
        return std::move(*light);
    return std::unexpected(load_error(by_kernel, light.error()));
}

Result<Programs> load_full_snapshot(RingSize ring) {
    const auto skeleton = load_full<oe_snapshot>(ring);
    if (!skeleton)
        return std::unexpected(skeleton.error());
    const auto& programs = (*skeleton)->progs;
    return Programs{Loader::full, own_copy(bpf_program__fd(programs.holders)),
                    own_copies(programs.sockets, **skeleton, ring)};
}

template <typename S> AddressProgram own_copies_by_address(bpf_program* program, const S& skeleton) {
    return {own_copy(bpf_program__fd(program)), own_copy(bpf_map__fd(skeleton.maps.addresses))};
}

Result<Programs> load_compat_snapshot() {
    const auto skeleton = Skeleton<oe_compat>::load(in_compat, [](oe_compat&) {});
    if (!skeleton)
        return std::unexpected(skeleton.error());
    const auto& programs = (*skeleton)->progs;
    return Programs{Loader::compat, own_copy(bpf_program__fd(programs.holders)),
                    own_copies_by_address(programs.sockets_at, **skeleton)};
}

Result<SocketProgram> load_light_details(RingSize ring) {
    oe_light_pass details{};
    if (const int error = oe_light_load_details(&details, static_cast<unsigned>(ring)); error < 0)
        return std::unexpected(load_error(by_kernel, -error));
    return own(details, ring);
}

Result<SocketProgram> load_full_details(RingSize ring) {
    const auto skeleton = load_full<oe_details>(ring);
    if (!skeleton)
        return std::unexpected(skeleton.error());
    return own_copies((*skeleton)->progs.details, **skeleton, ring);
}

Result<SocketProgram> load_compat_details() {
    const auto skeleton = Skeleton<oe_compat_details>::load(in_compat, [](oe_compat_details&) {});
    if (!skeleton)
        return std::unexpected(skeleton.error());
    return own_copies_by_address((*skeleton)->progs.details_at, **skeleton);
}

} // namespace

Result<Fd> load_rings() {
    const auto skeleton = Skeleton<oe_rings>::load(by_libbpf, [](oe_rings&) {});
    if (!skeleton)
        return std::unexpected(skeleton.error());
    return own_copy(bpf_program__fd((*skeleton)->progs.rings));
}

std::string_view name_of(Loader loader) {
    switch (loader) {
    case Loader::light:
        return "light";
    case Loader::full:
        return "full";
    case Loader::compat:
        return "compat";
    }
    return "unknown";
}

Result<Programs> load(Loader loader, RingSize ring) {
    switch (loader) {
    case Loader::light:
        return explained(load_light_snapshot(ring));
    case Loader::full:
        return load_full_snapshot(ring);
    case Loader::compat:
        return load_compat_snapshot();
    }
    return std::unexpected(Error{ErrorClass::failed, "no such loader"});
}

Result<Programs> load_best(RingSize ring) {
    auto light = load_light_snapshot(ring);
    // A bpf(2) that does not know the attributes of light programs (Linux 5.14) has no iter/unix either (5.15): libbpf
    // would read all of the kernel's BTF to say so.
    const bool is_older_than_full = !light && light.error() == E2BIG;
    auto programs = explained(std::move(light));
    for (const auto next : {Loader::full, Loader::compat}) {
        if (programs || programs.error().kind == ErrorClass::not_permitted)
            break;
        if (next != Loader::full || !is_older_than_full)
            programs = load(next, ring);
    }
    if (!programs && programs.error().kind == ErrorClass::not_permitted)
        programs.error().message +=
            "; it takes root, or CAP_BPF, CAP_PERFMON, CAP_SYS_PTRACE and CAP_SYS_ADMIN";
    return programs;
}

Result<SocketProgram> load_details(Loader loader, RingSize ring) {
    switch (loader) {
    case Loader::light:
        return load_light_details(ring);
    case Loader::full:
        return load_full_details(ring);
    case Loader::compat:
        return load_compat_details();
    }
    return std::unexpected(Error{ErrorClass::failed, "no such loader"});
}

} // namespace otherend::kernel
