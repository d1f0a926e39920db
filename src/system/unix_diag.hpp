// SPDX-License-Identifier: MIT
// AF_UNIX as sock_diag(7) tells it: peers by inode, queues, owners, and who waits in a listener's backlog.
#pragma once

#include "model/fact.hpp"
#include "otherend/result.hpp"

namespace otherend::system {

// Reports every socket of the network namespace the calling thread is in, which the facts call `netns`. Ends that
// wait for accept() have no inode and are not among them.
Result<void> dump_unix_diag(NetnsId netns, const model::FactSink& sink);

// Why a dump ended with this errno, and what to do about it.
Error unix_diag_error(int saved_errno);

} // namespace otherend::system
