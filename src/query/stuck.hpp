// SPDX-License-Identifier: MIT
// Why nothing moves on a connection, in plain words. A false alarm is worse than silence: where a source does not tell
// how long something lasts, or tells less than is needed to be sure, there is no reason.
//
//   retransmitting   data or FIN is sent again, and nothing comes back
//   zero window      there is data to send, and the other end takes none
//   unread           data has arrived, and is not read
//   half-closed      one side has finished sending, and the other neither sends nor closes
//   SYN, SYN-ACK     the handshake is not answered
//   accept queue     it is full: the kernel drops the next handshake, or lets connect() wait. Needs no patience.
//
// Idle connections, keepalive, tail loss probes and clients that wait for accept() are healthy. Only a full queue shows
// of a UNIX socket, which keeps no times.
#pragma once

#include "model/graph.hpp"
#include "otherend/patience.hpp"
#include "query/links.hpp"

#include <string>
#include <vector>

namespace otherend::query {

// Empty if it is healthy. Names of processes in it are the kernel's bytes.
std::vector<std::string> stuck(const model::Graph& graph, const Links& links, model::SocketId id,
                               const Patience& patience);

} // namespace otherend::query
