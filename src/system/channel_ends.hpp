// SPDX-License-Identifier: MIT
// The ends of pipes and ptys that descriptors were seen to refer to. Procfs gives them no address: they are numbered
// here, see model::is_made_up().
#pragma once

#include "model/fact.hpp"
#include "system/descriptor.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <tuple>
#include <vector>

namespace otherend::system {

class ChannelEnds {
  public:
    // Each is seen by this. A device is that of the inode's file system, or of the devpts instance, kernel encoding.
    model::SocketRef pipe(std::uint32_t device, Inode inode, EndpointType type, const FifoName& fifo);
    model::SocketRef pty(std::uint32_t device, std::uint32_t index, EndpointType type);
    // A master of which the instance is not known: no other descriptor is taken to be of the same.
    model::SocketRef lost_master(std::uint32_t index);

    // Whether this master was seen, or one that is lost may be it.
    [[nodiscard]] bool may_have_master(std::uint32_t device, std::uint32_t index) const;
    // Whether all that were seen have another end that was.
    [[nodiscard]] bool are_whole() const;

    // A PtyFact or PipeFact for each. An end that was not seen is taken for closed only if all there are were.
    void report(bool saw_every_pipe, bool saw_every_pty, const model::FactSink& sink) const;

  private:
    struct Channel {
        Kind kind{};
        std::uint32_t device = 0;
        std::uint64_t number = 0; // inode of a pipe, index of a pty
        FifoName fifo = {};
        std::array<bool, 2> seen = {}; // the read end or master, and the other
        bool is_lost = false;
    };
    using Key = std::tuple<Kind, std::uint32_t, std::uint64_t>;

    model::SocketRef see(Key key, std::size_t side, const FifoName& fifo);
    [[nodiscard]] model::SocketRef ref(std::size_t channel, std::size_t side) const;
    void report(std::size_t channel, std::size_t side, bool saw_all, const model::FactSink& sink) const;

    std::vector<Channel> channels_;
    std::map<Key, std::size_t> known_;
};

} // namespace otherend::system
