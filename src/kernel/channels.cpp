// SPDX-License-Identifier: MIT
#include "kernel/channels.hpp"

#include "kernel/light.h"
#include "kernel/skeleton.hpp"

#include "compat_channels.skel.h"

namespace otherend::kernel {

namespace {

constexpr std::string_view doing = "load BPF programs (channels)";

Result<ChannelPrograms> load_compat() {
    const auto skeleton = Skeleton<oe_compat_channels>::load(doing, [](oe_compat_channels&) {});
    if (!skeleton)
        return std::unexpected(skeleton.error());
    const auto& programs = (*skeleton)->progs;
    return ChannelPrograms{own_copy(bpf_program__fd(programs.descriptors)),
                           own_copy(bpf_program__fd(programs.tcp_sockets)),
                           own_copy(bpf_program__fd(programs.udp_sockets))};
}

} // namespace

Result<ChannelPrograms> load_channels(std::optional<Loader> loader) {
    if (loader.value_or(Loader::light) != Loader::light)
        return load_compat();
    oe_light_channels fds{};
    const int error = oe_light_load_channels(&fds);
    if (error == 0)
        return ChannelPrograms{Fd(fds.descriptors_fd), Fd(fds.tcp_fd), Fd(fds.udp_fd)};
    if (error == -EPERM || loader)
        return std::unexpected(load_error(doing, -error));
    return load_compat();
}

} // namespace otherend::kernel
