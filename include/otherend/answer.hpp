// SPDX-License-Identifier: MIT
// What the resolver answers, as plain values: they outlive the snapshot and know nothing of the screen.
//
// Absent is std::nullopt or an empty container, never 0. Names are the kernel's bytes: they may hold newlines,
// NULs and invalid UTF-8, and are escaped by whoever prints them.
#pragma once

#include "otherend/ids.hpp"
#include "otherend/ip.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace otherend {

enum class Kind : std::uint8_t { unix_socket, tcp, udp, pty, pipe };

enum class EndpointType : std::uint8_t {
    none = 0, // TCP and UDP have but one
    // SOCK_* of <sys/socket.h>
    stream = 1,
    dgram = 2,
    seqpacket = 5,
    // of a pty
    master = 16,
    slave = 17,
    // of a pipe: what the end is for
    read = 18,
    write = 19,
};

// How two endpoints stand to each other, and how one stands on its own.
enum class State : std::uint8_t {
    connected,
    pending,    // connected, but accept() has not taken it yet
    connecting, // asleep in connect() because the listener's backlog is full
    closed,     // the other end is gone
    inflight,   // referred to only by a descriptor inside a message
    listening,
    unconnected,
    raced,   // changed while we looked
    unknown, // see the edge's note
};

// How an edge is known.
enum class Method : std::uint8_t {
    pointer,   // read in the kernel
    diag,      // sock_diag
    inferred,  // a guess, and called one
    tuple,     // the reversed addresses and ports
    sequence,  // the sequence numbers of a TCP connection, which survive NAT
    conntrack, // the kernel's NAT table
    tty,       // tty_struct::link
    pipe,      // both refer to one pipe_inode_info
};
enum class Via : std::uint8_t { fd, inflight, io_uring, kernel };
enum class NameState : std::uint8_t { live, unlinked, replaced, hidden };

struct Container {
    std::string runtime;     // docker, podman, containerd, cri-o; empty if not known
    std::string id;          // as the runtime gives it, whole
    std::string name, image; // empty if not known

    bool operator==(const Container&) const = default;
};

struct Holder {
    Via via = Via::fd;
    Pid pid{};
    std::optional<Pid> own_pid; // in its own pid namespace, where that is another than ours
    std::optional<Pid> tid;     // only if the thread has a descriptor table of its own
    int fd = -1;                // of the io_uring for Via::io_uring, -1 where there is none
    std::string comm;
    std::string exe; // empty if not asked for or not readable
    std::uint32_t uid = 0;
    NetnsId netns{};
    std::optional<Inode> carrier; // Via::inflight: the socket in whose queue the message waits
    std::optional<Container> container;
    std::string unit; // of systemd, for what is in no container; empty if none
};

// <net/tcp_states.h>, by the kernel's numbers.
enum class TcpState : std::uint8_t {
    established = 1,
    syn_sent,
    syn_recv,
    fin_wait1,
    fin_wait2,
    time_wait,
    close,
    close_wait,
    last_ack,
    listen,
    closing,
    new_syn_recv, // a request that waits for the last segment of the handshake; shown as syn_recv
};

enum class TcpTimerKind : std::uint8_t { retransmit = 1, keepalive, time_wait, probe }; // as in /proc/net/tcp

struct TcpTimer {
    TcpTimerKind kind{};
    std::uint32_t expires_ms = 0; // from now; 0 if it is due
    std::uint32_t retries = 0;    // of what it is for, without an answer so far

    bool operator==(const TcpTimer&) const = default;
};

// What TCP knows of a connection or listener. Absent: the source does not tell, or the state has none.
struct Tcp {
    TcpState state = TcpState::close;
    bool dual_stack = false; // bound to ::, it takes IPv4 as well
    std::optional<TcpTimer> timer;
    std::optional<std::uint32_t> retransmits;       // of the oldest segment, unanswered so far
    std::optional<std::uint32_t> total_retransmits; // in all
    std::optional<std::uint32_t> rtt_us, rtt_variance_us;
    std::optional<std::uint32_t> congestion_window; // segments
    std::optional<std::uint32_t> send_window;       // bytes the other end is ready to take
    std::optional<std::uint64_t> bytes_acked, bytes_received;
    // How long ago, in milliseconds: data was sent, data arrived, an acknowledgement arrived.
    std::optional<std::uint32_t> last_sent_ms, last_received_ms, last_ack_ms;
    // The same of the SYN, or of the first retransmission of what is unanswered; and of the last read.
    std::optional<std::uint32_t> unanswered_ms, last_read_ms;
    std::optional<std::uint32_t> memory; // bytes that its buffers take
    std::string congestion;              // the algorithm's name, empty if not known
};

struct Edge {
    State state = State::unknown;
    Method method = Method::pointer;
    Kind kind = Kind::unix_socket;
    EndpointType type = EndpointType::none;
    std::optional<Inode> inode; // absent for an end that has none yet (pending) or any more (closed)
    std::optional<SockAddress> address;
    NetnsId netns{};
    std::string name;                // of the peer, see Endpoint::name
    std::optional<IpEndpoint> local; // address of the peer as it calls it itself
    std::vector<Holder> holders;
    std::optional<bool> verified; // whether a second source says the same; absent if none was asked
    std::string note; // one clause for people: the reason of unknown, or what a second source says
};

struct Opener { // credentials the kernel took at connect(), listen() or socketpair()
    Pid pid{};
    std::uint32_t uid = 0;
};

struct Listener {
    Inode inode{};
    std::string name;
    std::optional<IpEndpoint> local;
    std::vector<Holder> holders;
};

struct Endpoint {
    Kind kind = Kind::unix_socket;
    EndpointType type = EndpointType::stream;
    State state = State::unknown;
    std::optional<Inode> inode; // absent for an end that waits for accept()
    std::optional<Cookie> cookie;
    std::optional<SockAddress> address;
    NetnsId netns{};
    std::string name; // path, or abstract name with its leading NUL; empty if unnamed
    std::optional<NameState> name_state;
    std::optional<IpEndpoint> local, remote;
    std::optional<Tcp> tcp;
    std::optional<std::uint32_t> uid;    // owner of a TCP or UDP socket
    std::optional<std::uint64_t> cgroup; // id of the cgroup it was made in
    std::vector<std::string> stuck;      // why nothing moves, one clause each; empty if it does

    std::optional<std::uint32_t> rx_queue, tx_queue; // bytes
    std::optional<std::uint32_t> backlog, backlog_limit;
    std::vector<Holder> holders;
    std::optional<Opener> opener;
    std::optional<Listener> listener; // of an accepted or waiting end
    std::vector<Edge> peers;
};

struct Unseen { // what an answer could not look at
    std::string what;
    std::string why;
    std::uint64_t count = 0;
};

} // namespace otherend
