// SPDX-License-Identifier: MIT
// The network namespaces of this host, and a way into each. sock_diag and the BPF iterators over sockets see only
// the namespace of whoever opens them.
//
// A namespace lives as long as a process is in it, a mount holds it or a socket was made in it. Where one was seen
// is remembered, not opened: a host may have more of them than a process may have descriptors.
#pragma once

#include "model/fact.hpp"
#include "otherend/result.hpp"
#include "system/procfs.hpp"

#include <functional>
#include <map>
#include <string>
#include <variant>
#include <vector>

namespace otherend::system {

class NetworkNamespaces {
  public:
    // `proc` must be a mounted /proc: namespaces are entered through it.
    static Result<NetworkNamespaces> open(Procfs proc);

    // Of the thread that called open().
    [[nodiscard]] NetnsId current() const { return current_; }

    // Every namespace that a process is in or that a mount in our mount namespace holds. One that only a thread has
    // entered is found by handle_for() with the thread as the hint, one that only a socket holds by
    // add_from_socket(). Processes that may not be looked at are reported the first time.
    std::vector<NetnsId> find_all(const model::FactSink& sink);

    // Those found so far, by whatever way, without another search.
    [[nodiscard]] std::vector<NetnsId> known() const;

    // Learns of the namespace in which the socket behind another process's descriptor was made.
    struct Origin {
        NetnsId netns{};
        int family = 0; // AF_*
    };
    Result<Origin> add_from_socket(Pid pid, int fd);

    // Looks where it was last seen and in the task `hint`, and only then everywhere.
    Result<Fd> handle_for(NetnsId wanted, Pid hint = {});

    // Calls `visit` with this thread inside the namespace, and returns from there whatever happens.
    Result<void> run_in(NetnsId wanted, const std::function<Result<void>()>& visit, Pid hint = {});

  private:
    using Place = std::variant<Pid, std::string, Fd>; // a task in it, a path where it is mounted, itself

    NetworkNamespaces(Procfs proc, Fd home, NetnsId current)
        : proc_(std::move(proc)), home_(std::move(home)), current_(current) {}

    [[nodiscard]] Result<Fd> open_place(const Place& place) const;
    [[nodiscard]] Result<Fd> open_verified(NetnsId wanted, const Place& place) const;
    bool remember_process(Pid pid);
    void remember_threads(Pid pid);
    std::uint64_t remember_processes(); // how many may not be looked at
    void remember_mounts();
    std::uint64_t search();

    Procfs proc_;
    Fd home_;
    NetnsId current_;
    std::map<NetnsId, Place> places_;
    bool searched_ = false, said_who_refused_ = false;
};

} // namespace otherend::system
