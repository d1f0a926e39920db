// SPDX-License-Identifier: MIT
// Every topology program there is, but the random one and the one that never stands still.
#pragma once

#include "harness/case.hpp"

namespace otherend::harness {

inline const Case topologies[] = {
    {"activation", {}},
    {"backlog", {}},
    {"classic", {}},
    {"classic", {"seqpacket"}},
    {"closed", {}},
    {"connecting", {}},
    {"connecting", {"seqpacket"}},
    {"connecting_headless", {}},
    {"container", {}},
    {"crowd", {}},
    {"crowd", {"elsewhere"}},
    {"dead_leader", {}},
    {"dgram_blocked", {}},
    {"dgram_connected", {}},
    {"dgram_many", {}},
    {"dgram_mutual", {}},
    {"half_shutdown", {}},
    {"inflight", {}},
    {"inflight_backlog", {}},
    {"inflight_nested", {}},
    {"io_uring_held", {}},
    {"left_backlog", {}},
    {"listener_closed", {}},
    {"many_holders", {}},
    {"names", {}},
    {"netns_clients", {}},
    {"netns_orphan", {}},
    {"other_user", {}},
    {"own_table_thread", {}},
    {"pair", {}},
    {"path_mntns", {}},
    {"path_renamed", {}},
    {"path_unlinked", {}},
    {"pending", {}},
    {"pending", {"seqpacket"}},
    {"queued", {}},
    {"shared_own_table", {}},
    {"shared_table", {}},
    {"unconnected", {}},
};

} // namespace otherend::harness
