// SPDX-License-Identifier: MIT
// The graph's nodes: what is known of an endpoint, its name, its holders. Plain data; Graph keeps the invariants.
#pragma once

#include "model/fact.hpp"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>

namespace otherend::model {

enum class SocketId : std::uint32_t {};
enum class ProcessId : std::uint32_t {};
enum class NameId : std::uint32_t {};
inline constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();

struct Process {
    Pid pid{};
    std::uint32_t uid = 0;
    NetnsId netns{};
    std::string comm;
    std::string exe; // empty until asked for
    std::optional<Pid> own_pid = {};
    std::uint32_t container = none; // index, see Graph::container_of()
    std::string unit = {};
};

struct HolderEntry {
    ProcessId process{};
    Pid tid{}; // 0 unless the thread has a table of its own
    int fd = -1;
    Via via = Via::fd;
    std::uint32_t next = none; // index of the socket's next holder
};

// A bound name. Sockets accepted from a listener share its unix_address and so its Name.
struct Name {
    std::string bytes; // sun_path; an abstract name starts with NUL
    struct File {
        std::uint64_t inode = 0;
        std::uint32_t device = 0;
        std::optional<bool> linked;
        std::string path; // from the root of its mount namespace, empty if not known
    };
    std::optional<File> file;
    std::optional<NameState> state;
    std::string found_path; // see NameFact

    [[nodiscard]] bool is_abstract() const { return !bytes.empty() && bytes.front() == '\0'; }
    // Where it is, as far as known; else what bind() was given.
    [[nodiscard]] const std::string& best() const;
};

// What a TCP or UDP socket has besides.
struct Inet {
    IpEndpoint local;
    std::optional<IpEndpoint> remote;
    std::optional<std::uint32_t> uid;
    std::optional<std::uint64_t> cgroup;
    std::optional<TcpSequence> sequence;
    Tcp tcp;
};

// What an end of a pty or pipe has besides.
struct Local {
    std::uint32_t device = 0; // of its devpts instance, or of its inode's file system
    std::uint32_t index = 0;  // of a pty
    std::string path;         // of a FIFO
    bool unlinked = false;    // the FIFO, from that path
};

struct Socket {
    SocketRef self;
    SocketRef peer;
    SockAddress peer_peer{};
    SockAddress listener{}; // of an embryo: whose accept queue it is in
    std::uint64_t address_id = 0;
    Cookie cookie{};
    NetnsId netns{}, peer_netns{};
    std::uint32_t backlog_limit = 0, queue_length = 0;
    std::uint32_t rx_bytes = 0, tx_bytes = 0;
    Opener peer_credentials;
    std::uint32_t first_holder = none, last_holder = none;
    std::uint32_t name = none; // NameId
    std::uint32_t more = none; // index of its Inet or Local, by kind
    std::uint8_t type = 0, tcp_state = 0;
    Kind kind = Kind::unix_socket;

    bool reported : 1 = false; // a SocketFact described it, it is not only known from a holder
    bool gone : 1 = false;     // its address was reused while we looked, or subflows took its place
    bool open : 1 = false;
    bool has_file : 1 = true;
    bool has_details : 1 = false;   // queues or walks that only a DetailFact and its like tell of
    bool has_peer_fact : 1 = false; // peer is known, if only to be none
    bool peer_open : 1 = false;
    bool peer_lost : 1 = false; // sock_diag: has a peer without an inode, gone or not accepted yet
    bool peer_is_unix : 1 = true;
    bool has_rx : 1 = false, has_tx : 1 = false, has_backlog : 1 = false;
    bool has_credentials : 1 = false;
    Source source = Source::bpf;

    static constexpr std::uint8_t tcp_listen = 10, tcp_established = 1;
    [[nodiscard]] bool is_listening() const { return tcp_state == tcp_listen; }
    [[nodiscard]] bool is_unix() const { return kind == Kind::unix_socket; }
    [[nodiscard]] bool is_inet() const { return kind == Kind::tcp || kind == Kind::udp; }
    [[nodiscard]] bool is_local() const { return kind == Kind::pty || kind == Kind::pipe; }
    [[nodiscard]] bool is_dgram() const { return type == static_cast<std::uint8_t>(EndpointType::dgram); }
    // None where it is not known. The ends of a pipe have the same.
    [[nodiscard]] SockAddress kernel_address() const {
        const std::uint64_t side = kind == Kind::pipe ? 1 : 0;
        return is_made_up(self.address) ? SockAddress{} : SockAddress{number(self.address) & ~side};
    }
    [[nodiscard]] bool is_embryo() const { return is_set(listener) && !open; }

    // From any fact that tells them.
    void set_queues(const auto& fact) {
        has_rx = fact.rx_bytes.has_value();
        rx_bytes = fact.rx_bytes.value_or(0);
        has_tx = fact.tx_bytes.has_value();
        tx_bytes = fact.tx_bytes.value_or(0);
        has_backlog = fact.queue_length && fact.backlog_limit;
        queue_length = fact.queue_length.value_or(0);
        backlog_limit = fact.backlog_limit.value_or(0);
    }
};

} // namespace otherend::model
