// SPDX-License-Identifier: MIT
#include "kernel/programs.hpp"

#include "kernel/light.h"
#include "kernel/skeleton.hpp"

#include "snapshot.skel.h"
#include "snapshot_compat.skel.h"

#include <array>

namespace otherend::kernel {

namespace {

Result<Programs> load_light() {
    oe_light_programs fds{};
    if (const int error = oe_light_load(&fds); error < 0)
        return std::unexpected(Error::from_errno("load BPF programs (light skeleton)", -error));
    return Programs{Loader::light, Fd(fds.holders_fd), Fd(fds.sockets_fd)};
}

Result<Programs> load_full() {
    auto skeleton = Skeleton<snapshot>::load("load BPF programs");
    if (!skeleton)
        return std::unexpected(skeleton.error());
    return Programs{Loader::full, program_fd((*skeleton)->progs.holders), program_fd((*skeleton)->progs.sockets)};
}

Result<Programs> load_compat() {
    auto skeleton = Skeleton<snapshot_compat>::load("load BPF programs (compat)");
    if (!skeleton)
        return std::unexpected(skeleton.error());
    return Programs{Loader::compat, program_fd((*skeleton)->progs.holders), Fd()};
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

Result<Programs> load(Loader loader) {
    switch (loader) {
    case Loader::light:
        return load_light();
    case Loader::full:
        return load_full();
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
    return programs;
}

} // namespace otherend::kernel
