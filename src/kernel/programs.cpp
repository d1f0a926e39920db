// SPDX-License-Identifier: MIT
#include "kernel/programs.hpp"

#include "kernel/light.h"
#include "kernel/skeleton.hpp"

#include "snapshot.skel.h"
#include "snapshot_compat.skel.h"

#include <tuple>

namespace otherend::kernel {

namespace {

Result<Programs> load_light(RingSize ring) {
    oe_light_programs fds{};
    if (const int error = oe_light_load(&fds, static_cast<unsigned>(ring)); error < 0)
        return std::unexpected(Error::from_errno("load BPF programs (light skeleton)", -error));
    return Programs{Loader::light, Fd(fds.holders_fd), Fd(fds.sockets_fd), Fd(fds.ring_fd),
                    Fd(fds.pass_map_fd)};
}

Result<Programs> load_full(RingSize ring) {
    const auto skeleton = Skeleton<snapshot>::load("load BPF programs", [&](snapshot& opened) {
        bpf_map__set_max_entries(opened.maps.ring, static_cast<__u32>(ring));
    });
    if (!skeleton)
        return std::unexpected(skeleton.error());
    const auto& [progs, maps] = std::tie((*skeleton)->progs, (*skeleton)->maps);
    return Programs{Loader::full, own_copy(bpf_program__fd(progs.holders)),
                    own_copy(bpf_program__fd(progs.sockets)), own_copy(bpf_map__fd(maps.ring)),
                    own_copy(bpf_map__fd(maps.pass_map))};
}

Result<Programs> load_compat() {
    const auto skeleton =
        Skeleton<snapshot_compat>::load("load BPF programs (compat)", [](snapshot_compat&) {});
    if (!skeleton)
        return std::unexpected(skeleton.error());
    return Programs{Loader::compat, own_copy(bpf_program__fd((*skeleton)->progs.holders)), Fd(), Fd(), Fd()};
}

} // namespace

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
        return load_light(ring);
    case Loader::full:
        return load_full(ring);
    case Loader::compat:
        return load_compat();
    }
    return std::unexpected(Error{ErrorClass::failed, "no such loader"});
}

Result<Programs> load_best() {
    auto programs = load(Loader::light);
    for (const auto next : {Loader::full, Loader::compat}) {
        if (programs || programs.error().kind == ErrorClass::not_permitted)
            break;
        programs = load(next);
    }
    if (!programs && programs.error().kind == ErrorClass::not_permitted)
        programs.error().message +=
            "; it takes root, or CAP_BPF, CAP_PERFMON, CAP_SYS_PTRACE and CAP_SYS_ADMIN";
    return programs;
}

} // namespace otherend::kernel
