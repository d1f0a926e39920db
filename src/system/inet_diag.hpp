// SPDX-License-Identifier: MIT
// TCP and UDP as sock_diag(7) tells it: addresses, states, queues, owners, timers and what TCP measures.
#pragma once

#include "model/fact.hpp"
#include "otherend/result.hpp"

namespace otherend::system {

// Reports every socket of this kind, tcp or udp, of IPv4 and IPv6, of the network namespace the calling thread is in,
// which the facts call `netns`: those in SYN_RECV, TIME_WAIT or waiting for accept(), too, which have no inode.
// Not among them is what has no port yet; before Linux 6.8 neither are TCP sockets that did no more than bind().
Result<void> dump_inet_diag(Kind kind, NetnsId netns, const model::FactSink& sink);

// Why a dump ended with this errno, and what to do about it.
Error inet_diag_error(Kind kind, int saved_errno);

} // namespace otherend::system
