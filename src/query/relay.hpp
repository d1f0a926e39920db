// SPDX-License-Identifier: MIT
// Which process moves data between which of its endpoints.
//
// The rules, as a user can check them with `otherend list PID`:
//
// 1. What counts is what data can pass through: connected stream and seqpacket UNIX sockets, TCP connections,
//    connected UDP, ptys and pipes. Listeners, unconnected sockets, UNIX datagrams (syslog, notify), ends whose other
//    end has closed, and ends that wait for accept() do not.
// 2. What says nothing of relaying does not count:
//    - both ends of one channel in one process (it wakes itself with them), except its descriptors 0 and 1, and the
//      master of a pty (its slave is kept open for others);
//    - what it holds as descriptor 2 alone;
//    - a log: a pipe or UNIX socket held only as 1 or 2, where 0 is no end and 2 is a pipe or socket as well;
//    - a side channel: its other end is held only by processes that hold another of these ends too, as between the
//      processes of sshd. Unless it is descriptor 0 or 1, or the master of a pty.
// 3. A terminal or pipe on descriptors 0 and 1 is the process's standard side: it reads 0 and writes 1. A pipe to and
//    a pipe from one and the same other process are one side (a coprocess). Each other duplex end is a side of its own.
// 4. Two sides besides the standard side: it relays between them. One: between it and the standard side, as
//    `socat - TCP:host:port` and `nc` in a pipeline do. None: from 0 to 1; or from its one pipe to read to its one
//    pipe to write, a stage of a pipeline.
// 5. Two sides that are alike are no relay: two clients accepted at one address, two connections it made itself, as a
//    program makes to its database and to its cache, or to its bus.
// 6. More sides: no pair is more likely than another, so none is named.
//
// That is inferred. What was watched (TransferFact) is observed: it confirms a pair that was inferred, adds pairs where
// none was, and if it shows only others, then those replace what was inferred. Writes that merely followed a read, in
// which nothing shows that they wrote what was read, only confirm; where there is nothing else to go by, three of them
// are evidence, too. Writing to descriptor 2 or to a log is not relaying.
#pragma once

#include "model/graph.hpp"
#include "otherend/path.hpp"
#include "query/index.hpp"
#include "query/links.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <vector>

namespace otherend::query {

// The links of an endpoint, its own first: Links::all.
using LinksOf = std::function<std::vector<Link>(model::SocketId)>;

struct Pairing {
    model::SocketId from{}, to{};
    bool both = true; // data also moves from `to` to `from`
    Evidence evidence = Evidence::inferred;
    std::uint64_t transfers = 0, bytes = 0;
    std::uint64_t direct = 0; // transfers known to have moved the same data, see TransferFact
};

class Relays {
  public:
    Relays(const model::Graph& graph, LinksOf links_of);

    struct Of { // a process, as far as it relays
        std::vector<Pairing> pairings;
        std::vector<model::SocketId> counted; // ends that count, see the rules
    };
    const Of& of(model::ProcessId process);

    // The processes that hold an endpoint by a descriptor, each once.
    [[nodiscard]] std::vector<model::ProcessId> holders_of(model::SocketId end) const;

  private:
    const model::Graph& graph_;
    LinksOf links_of_;
    Index<model::ProcessId, model::SocketId> ends_;
    std::map<model::ProcessId, Of> known_;
};

} // namespace otherend::query
