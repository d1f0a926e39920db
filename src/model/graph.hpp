// SPDX-License-Identifier: MIT
// What is known, in one place. Facts come in through apply() in any order and from any source; queries read.
//
// A socket is identified by address and inode together: both are reused quickly, so a fact whose address
// matches but whose inode does not is about another socket, and the earlier one is marked gone.
#pragma once

#include "model/address_index.hpp"
#include "model/fact.hpp"
#include "model/slabs.hpp"
#include "model/socket.hpp"

#include <tsl/robin_map.h>

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace otherend::model {

// Inodes and pids are dense and would crowd a table of a power of two if their bits were not mixed.
struct Mixed {
    std::size_t operator()(std::uint64_t key) const {
        key *= 0x9E3779B97F4A7C15; // 2^64 / golden ratio
        return key ^ (key >> 32);
    }
};
template <typename Key, typename Value> using Map = tsl::robin_map<Key, Value, Mixed>;

class Graph {
  public:
    explicit Graph(Source primary = Source::bpf) : primary_(primary) {}

    void apply(const Fact& fact);

    [[nodiscard]] Source primary() const { return primary_; }
    [[nodiscard]] std::size_t size() const { return sockets_.size(); }
    [[nodiscard]] const Socket& operator[](SocketId id) const { return sockets_[number(id)]; }
    // An inode alone means a socket: that of a FIFO may be the same, in another file system.
    [[nodiscard]] std::optional<SocketId> find(SocketRef ref) const;

    [[nodiscard]] const Process& process(ProcessId id) const { return processes_[number(id)]; }
    [[nodiscard]] std::span<const Process> processes() const { return processes_; }
    [[nodiscard]] const Name* name_of(const Socket& socket) const;
    [[nodiscard]] const Inet* inet_of(const Socket& socket) const;   // of TCP and UDP, once reported
    [[nodiscard]] const Local* local_of(const Socket& socket) const; // of ptys and pipes
    [[nodiscard]] const Container* container_of(const Process& process) const;
    [[nodiscard]] std::span<const ConntrackFact> translations() const { return translations_; }
    [[nodiscard]] std::span<const TransferFact> transfers() const { return transfers_; }

    template <typename Visit> void for_each_socket(Visit visit) const {
        for (std::uint32_t i = 0; i < sockets_.size(); ++i)
            visit(SocketId{i}, sockets_[i]);
    }
    template <typename Visit> void for_each_holder(const Socket& socket, Visit visit) const {
        for (auto i = socket.first_holder; i != none; i = holders_[i].next)
            visit(holders_[i]);
    }

    // Every message in flight whose socket and carrier are both known.
    struct Flight {
        SocketId carrier, socket;
    };
    [[nodiscard]] const std::vector<Flight>& flights() const { return flights_; }

    struct
        Connecting { // a task asleep until `listener` has room; fd is -1 unless it is known to be in connect()
        SocketId listener;
        Pid pid{}, tid{};
        int fd = -1;
    };
    [[nodiscard]] const std::vector<Connecting>& connecting() const { return connecting_; }

    // The thread under which the holders of a thread's own table are listed; none if it shares its leader's.
    [[nodiscard]] Pid reader_of_table(Pid tid) const;

    struct Waiting { // sock_diag's view of an accept queue: the client, by inode
        Inode listener{}, client{};
    };
    [[nodiscard]] const std::vector<Waiting>& waiting() const { return waiting_; }

    struct Ring { // a descriptor that may refer to an io_uring, and whose it is
        Process owner;
        Pid tid{};
        int fd = -1;
    };
    [[nodiscard]] const std::vector<Ring>& rings() const { return rings_; }
    [[nodiscard]] const std::set<NetnsId>& visited() const { return visited_; }
    [[nodiscard]] bool was_refused() const { return was_refused_; } // to look into some network namespace
    [[nodiscard]] const std::vector<Unseen>& unseen() const { return unseen_; }

    // What sock_diag says the peer's inode is, where it was asked besides the primary source.
    [[nodiscard]] std::optional<Inode> diag_peer(SocketId id) const;

  private:
    void on(const HolderFact&);
    void on(const SocketFact&);
    void on(const InetFact&);
    void on(const SubflowFact&);
    void on(const PtyFact&);
    void on(const PipeFact&);
    void on(const ConntrackFact& fact) { translations_.push_back(fact); }
    void on(const ContainerFact&);
    void on(const TransferFact& fact) { transfers_.push_back(fact); }
    void on(const DetailFact&);
    void on(const InflightFact&);
    void on(const WaiterFact&);
    void on(const QueuedFact&);
    void on(const ProcessFact&);
    void on(const RingFact&);
    void on(const RingFileFact&);
    void on(const BlockedFact&);
    void on(const ExecutableFact&);
    void on(const NameFact&);
    void on(const VisitedFact&);
    void on(const UnseenFact&);

    [[nodiscard]] std::optional<SocketId> at_address(SockAddress address) const;
    SocketId find_or_add(SocketRef ref);
    SocketId find_or_add(SocketRef ref, Kind kind);
    SocketId find_or_add(const InetFact& fact);
    std::optional<SocketId> find_same_or_add(SocketRef ref);
    void index_inodes();
    SocketId add(SocketRef ref);
    void add_holder(SocketId id, HolderEntry holder);
    ProcessId find_or_add(const Process& process);
    bool is_second_view_of_table(const HolderFact&);
    void merge_diag(SocketId id, const SocketFact&);
    void describe(Socket& socket, const SocketFact&);
    Local& describe(const SocketRef& end, const SocketRef& other, Kind kind, EndpointType type,
                    std::optional<bool> other_open);
    std::uint32_t name_with_the_bytes_of(const Socket& socket, const SocketFact&);
    std::uint32_t intern_name(const Socket& socket, const SocketFact&);

    Source primary_;
    Slabs<Socket> sockets_;
    std::vector<HolderEntry> holders_;
    std::vector<Process> processes_;
    std::deque<Name> names_;
    Slabs<Inet> inets_;
    Slabs<Local> locals_;
    std::vector<Container> containers_;
    std::vector<ConntrackFact> translations_;
    std::vector<TransferFact> transfers_;
    AddressIndex by_address_;
    Map<std::uint64_t, std::uint32_t> by_inode_; // only once a source speaks of inodes alone
    bool inodes_are_indexed_ = false;
    // Connections that no source gave an inode or an address, by kind, namespace and their two addresses.
    std::map<std::tuple<Kind, NetnsId, IpEndpoint, std::optional<IpEndpoint>>, SocketId> nameless_;
    Map<std::int32_t, std::uint32_t> by_pid_;
    Map<std::uint64_t, std::uint32_t> name_by_address_id_;
    std::map<std::pair<std::uint64_t, Pid>, Pid>
        reader_of_table_; // files_struct and process -> first thread read
    Map<std::int32_t, Pid> reader_for_thread_;
    std::vector<Flight> flights_;
    std::vector<Connecting> connecting_;
    std::vector<Waiting> waiting_;
    std::vector<Ring> rings_;
    std::set<NetnsId> visited_;
    bool was_refused_ = false;
    std::vector<Unseen> unseen_;
    std::set<NetnsId> unseen_namespaces_;
    Map<std::uint32_t, Inode> diag_peers_;
};

} // namespace otherend::model
