// SPDX-License-Identifier: MIT
#include "system/channel_ends.hpp"

#include <algorithm>
#include <optional>

namespace otherend::system {

namespace {

constexpr std::array pipe_types{EndpointType::read, EndpointType::write};
constexpr std::array pty_types{EndpointType::master, EndpointType::slave};

std::size_t side_of(EndpointType type) {
    return type == EndpointType::write || type == EndpointType::slave ? 1 : 0;
}

} // namespace

model::SocketRef ChannelEnds::ref(std::size_t channel, std::size_t side) const {
    const auto& [kind, device, number, fifo, seen, is_lost] = channels_[channel];
    return {SockAddress{2 * (channel + 1) + side}, Inode{kind == Kind::pipe ? number : 0}};
}

model::SocketRef ChannelEnds::see(Key key, std::size_t side, const FifoName& fifo) {
    const auto [it, added] = known_.try_emplace(key, channels_.size());
    const auto& [kind, device, number] = key;
    if (added)
        channels_.push_back({.kind = kind, .device = device, .number = number});
    auto& channel = channels_[it->second];
    channel.seen[side] = true;
    if (channel.fifo.path.empty())
        channel.fifo = fifo;
    return ref(it->second, side);
}

model::SocketRef ChannelEnds::pipe(std::uint32_t device, Inode inode, EndpointType type,
                                   const FifoName& fifo) {
    return see({Kind::pipe, device, number(inode)}, side_of(type), fifo);
}

model::SocketRef ChannelEnds::pty(std::uint32_t device, std::uint32_t index, EndpointType type) {
    return see({Kind::pty, device, index}, side_of(type), {});
}

model::SocketRef ChannelEnds::lost_master(std::uint32_t index) {
    channels_.push_back({.kind = Kind::pty, .number = index, .seen = {true, false}, .is_lost = true});
    return ref(channels_.size() - 1, 0);
}

bool ChannelEnds::may_have_master(std::uint32_t device, std::uint32_t index) const {
    const auto known = known_.find({Kind::pty, device, index});
    const auto is_lost = [&](const Channel& channel) { return channel.is_lost && channel.number == index; };
    return (known != known_.end() && channels_[known->second].seen[0]) ||
           std::ranges::any_of(channels_, is_lost);
}

bool ChannelEnds::are_whole() const {
    return std::ranges::all_of(channels_,
                               [](const Channel& channel) { return channel.seen[0] && channel.seen[1]; });
}

void ChannelEnds::report(std::size_t index, std::size_t side, bool saw_all,
                         const model::FactSink& sink) const {
    const auto& channel = channels_[index];
    const auto end = ref(index, side), other = channel.is_lost ? model::SocketRef{} : ref(index, 1 - side);
    std::optional<bool> other_open;
    if (channel.seen[1 - side] || (saw_all && !channel.is_lost))
        other_open = channel.seen[1 - side];
    if (channel.kind == Kind::pty)
        sink(model::PtyFact{.end = end,
                            .other = other,
                            .type = pty_types[side],
                            .index = static_cast<std::uint32_t>(channel.number),
                            .device = channel.device,
                            .other_open = other_open});
    else
        sink(model::PipeFact{.end = end,
                             .other = other,
                             .type = pipe_types[side],
                             .device = channel.device,
                             .other_open = other_open,
                             .is_fifo = !channel.fifo.path.empty(),
                             .path = channel.fifo.path,
                             .unlinked = channel.fifo.unlinked});
}

void ChannelEnds::report(bool saw_every_pipe, bool saw_every_pty, const model::FactSink& sink) const {
    for (std::size_t i = 0; i < channels_.size(); ++i)
        for (const std::size_t side : {0, 1})
            if (channels_[i].seen[side])
                report(i, side, channels_[i].kind == Kind::pty ? saw_every_pty : saw_every_pipe, sink);
}

} // namespace otherend::system
