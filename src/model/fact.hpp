// SPDX-License-Identifier: MIT
// Everything the graph can learn, and from whom. A source turns what it reads into Facts; Graph::apply is the
// one door. Views point into the source's buffer and are copied by whoever keeps them.
#pragma once

#include "otherend/answer.hpp"
#include "otherend/ids.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

namespace otherend::model {

enum class Source : std::uint8_t { bpf, diag, proc };

// An endpoint as a source names it: BPF knows address and inode, sock_diag and procfs only the inode. An end that
// waits for accept() has an address and no inode. The ends of a pipe share its inode: the address of the write end is
// one more than that of the pipe. An end of a pty has the address of its tty_struct and no inode.
struct SocketRef {
    SockAddress address{};
    Inode inode{};

    bool operator==(const SocketRef&) const = default;
    explicit operator bool() const { return is_set(address) || is_set(inode); }
};

// procfs tells no address of a pipe or pty, only its device and inode or number, which no SocketRef can hold. A source
// without BPF numbers those it meets, in the lower half of the address space, where the kernel of x86-64 has nothing
// (Documentation/arch/x86/x86_64/mm.rst): 2n for the read end or the master, 2n + 1 for the other. Such an address
// means nothing outside of one graph and is never shown.
constexpr bool is_made_up(SockAddress address) {
    return is_set(address) && number(address) >> 63 == 0;
}

// A descriptor refers to an endpoint.
struct HolderFact {
    Source source = Source::bpf;
    SocketRef socket;
    Kind kind = Kind::unix_socket;
    Pid pid{};
    Pid tid{}; // the task whose descriptor table was read; equals pid for the group's own table
    std::uint64_t table =
        0; // identity of that table: threads that share one report the same value; 0 unknown
    int fd = -1;
    std::uint32_t uid = 0;      // effective
    NetnsId netns{};            // of the task
    NetnsId socket_netns{};     // 0 unknown
    SockAddress peer{};         // unix_sock::peer at that moment (BPF)
    std::uint8_t type = 0;      // EndpointType, 0 unknown
    std::uint8_t tcp_state = 0; // of a TCP or UDP socket, 0 unknown
    std::string_view comm;
};

// The file a bound path leads to.
struct BoundFile {
    std::uint64_t inode = 0;
    std::uint32_t device = 0;   // super_block::s_dev, kernel encoding: major << 20 | minor
    std::optional<bool> linked; // whether the name still exists in its directory; absent if not known
};

// What one source says of one socket. Absent means this source does not know.
struct SocketFact {
    Source source = Source::bpf;
    SocketRef socket;
    std::optional<SocketRef> peer; // engaged and empty: known to have none
    std::optional<SockAddress> peer_peer;
    std::optional<bool> open; // has a struct socket: neither waiting for accept() nor dead
    std::optional<bool> has_file;
    std::optional<bool> peer_open;
    std::optional<bool> peer_is_unix; // false: the pointer was stale
    SockAddress listener{};           // of an embryo
    std::uint64_t address_id = 0;     // identity of unix_address, shared by a listener and what it accepted
    Cookie cookie{};
    NetnsId netns{};
    NetnsId peer_netns{};       // 0 unknown
    std::uint8_t type = 0;      // SOCK_*; 0 while connect() makes it
    std::uint8_t tcp_state = 0; // TCP_ESTABLISHED 1, TCP_SYN_SENT 2, TCP_CLOSE 7, TCP_LISTEN 10
    std::optional<std::uint32_t> queue_length, backlog_limit, rx_bytes, tx_bytes;
    std::optional<Opener> peer_credentials; // SO_PEERCRED of this socket; of a listener, its own
    std::optional<std::uint32_t> uid;       // owner of the socket (sock_diag)
    bool has_details = false;               // a DetailFact would say more
    std::string_view name;                  // sun_path as given to bind()
    std::optional<BoundFile> file;
    std::span<const Inode>
        waiting; // sock_diag icons: clients queued on this listener, 0 for a client that left
};

// What stays the same in a TCP connection whatever translates its addresses: of the end that dialled, `sent` is X and
// `received` Y; of the one that accepted, `sent` is Y and `received` X + 1 (all modulo 2^32).
struct TcpSequence {
    std::uint32_t sent = 0;     // snd_una - bytes_acked
    std::uint32_t received = 0; // rcv_nxt - bytes_received

    auto operator<=>(const TcpSequence&) const = default;
};

// What one source says of a TCP or UDP socket. Absent means this source does not know.
struct InetFact {
    Source source = Source::bpf;
    SocketRef socket;
    Kind kind = Kind::tcp;
    NetnsId netns{};
    IpEndpoint local;
    std::optional<IpEndpoint> remote; // absent: not connected
    std::optional<bool> open;         // has a struct socket: neither waiting for accept() nor dead
    SockAddress listener{};           // of a request, or of an end that waits for accept()
    Cookie cookie{};
    std::optional<std::uint32_t> rx_bytes, tx_bytes;
    std::optional<std::uint32_t> queue_length, backlog_limit; // of a listener
    std::optional<std::uint32_t> uid;
    std::optional<std::uint64_t> cgroup;
    std::optional<TcpSequence> sequence;
    Tcp tcp; // of UDP only its state: established if connected, else close
};

// A TCP socket is a subflow of an MPTCP connection: who holds the one holds the other.
struct SubflowFact {
    SocketRef connection, subflow;
};

// One end of a pty, as a descriptor of it tells.
struct PtyFact {
    SocketRef end, other; // addresses of their tty_structs, where known
    EndpointType type = EndpointType::master;
    std::uint32_t index = 0;        // N of /dev/pts/N
    std::uint32_t device = 0;       // s_dev of the devpts instance, kernel encoding; 0 unknown
    std::optional<bool> other_open; // some descriptor refers to the other end
};

// One end of a pipe or FIFO, as a descriptor of it tells.
struct PipeFact {
    SocketRef end, other;
    EndpointType type = EndpointType::read;
    std::uint32_t device = 0; // s_dev of the file system of its inode, kernel encoding
    std::optional<bool> other_open;
    bool is_fifo = false; // it has a name, which this descriptor leads to:
    Pid pid{};
    int fd = -1;
    std::string_view path; // that name; empty for a pipe, and until somebody looked
    bool unlinked = false; // nothing bears that name any more
};

// An entry of the kernel's NAT table: what the end that dialled calls the connection, and what the other end does.
struct ConntrackFact {
    NetnsId netns{};
    Kind kind = Kind::tcp;
    IpEndpoint original_source, original_destination;
    IpEndpoint reply_source, reply_destination;
};

// A process, which need not hold an endpoint.
struct ProcessFact {
    Pid pid{};
    std::uint32_t uid = 0; // effective
    NetnsId netns{};       // 0 unknown
    std::string comm;
};

// Where a process runs.
struct ContainerFact {
    Pid pid{};
    std::optional<Pid> own_pid; // in its own pid namespace, where that is another than ours
    std::optional<Container> container;
    std::string_view unit;
};

// A process was seen to read `from` and then to write `to`, or to splice or send the one into the other.
struct TransferFact {
    Pid pid{};
    int from = -1, to = -1;         // descriptors
    Inode from_inode{}, to_inode{}; // what they were then; 0 unknown, as of a pty master
    std::uint64_t count = 0;        // of writes
    std::uint64_t direct =
        0; // of these: moved by the kernel, or from the memory read into; the others only followed a read
    std::uint64_t bytes = 0; // written
};

// What takes a walk to learn of a socket, besides what is on its queues. Comes after its SocketFact.
struct DetailFact {
    SocketRef socket;
    std::optional<std::uint32_t> rx_bytes;
    std::string_view
        components;     // of the path from the root of its mount namespace: leaf first, each ended by NUL
    bool whole = false; // they reach the root
};

struct InflightFact { // `socket` is inside a message queued on `carrier`
    SocketRef carrier, socket;
};

struct
    WaiterFact { // a task sleeps on `socket`'s peer_wait: connect() on a full backlog, or a datagram sender
    SocketRef socket;
    Pid pid{}, tid{};
};

struct QueuedFact { // an end waits in the accept queue of `listener`
    SocketRef listener;
    SocketRef embryo; // that end (BPF)
    SocketRef client; // its peer (sock_diag, which does not tell of ends that wait)
};

struct RingFact { // a descriptor that may refer to an io_uring: it has an anonymous inode
    Pid pid{}, tid{};
    int fd = -1;
    std::uint32_t uid = 0; // effective
    NetnsId netns{};       // of the task
    std::string_view comm;
};

struct RingFileFact { // an io_uring has a socket registered
    Pid pid{};
    int fd = -1; // of the ring
    Inode inode{};
    SockAddress address{}; // 0 unknown
};

struct BlockedFact { // task `tid` is asleep in connect(fd, …)
    Pid pid{}, tid{};
    int fd = -1;
};

struct ExecutableFact {
    Pid pid{};
    std::string_view path;
};

struct NameFact { // a lookup of a bound path in the file system has been done
    SocketRef socket;
    NameState state = NameState::live;
    std::string_view path; // the path that leads to the socket now, if it is another than the bound name
};

struct
    VisitedFact { // every socket of this namespace has been reported by `source`, or we may not look into it
    Source source = Source::bpf;
    NetnsId netns{};
    bool refused = false;
};

struct UnseenFact {
    std::string_view what, why;
    std::uint64_t count = 1;
    NetnsId netns{}; // the namespace that was not seen, which counts once however often it was tried
};

using Fact =
    std::variant<HolderFact, SocketFact, InetFact, SubflowFact, PtyFact, PipeFact, ConntrackFact, ProcessFact,
                 ContainerFact, TransferFact, DetailFact, InflightFact, WaiterFact, QueuedFact, RingFact,
                 RingFileFact, BlockedFact, ExecutableFact, NameFact, VisitedFact, UnseenFact>;

using FactSink = std::function<void(const Fact&)>;

} // namespace otherend::model
