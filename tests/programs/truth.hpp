// SPDX-License-Identifier: MIT
// What a topology knows to be true because it made it so: endpoints by key, who holds them, and every edge in
// both directions. Several processes each write down their part; the parts are merged and printed as one line.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>

namespace otherend::topology {

struct Keeper { // who keeps a descriptor, if not the calling process
    pid_t pid = 0;
    pid_t tid = 0; // only of a thread with a descriptor table of its own
    std::uint64_t netns = 0;
    std::optional<uid_t> uid = std::nullopt;
};

class Truth {
  public:
    Truth();
    ~Truth();
    Truth(Truth&&) noexcept;

    // More of an endpoint: state, name_state, listener, rx_queue ...
    void say(const std::string& key, const char* field, std::string_view value);
    void say(const std::string& key, const char* field, std::uint64_t value);
    nlohmann::json& operator[](const std::string& key);

    // Descriptor `fd` of this process refers to the endpoint; keeper.pid holds it under the same number.
    int hold(const std::string& key, int fd, Keeper keeper = {});
    void add_holder(const std::string& key, int fd, Keeper keeper);
    // Notes kind, inode, addresses and all else a descriptor tells, without claiming that it stays open.
    void describe(const std::string& key, int fd);
    // Its only holder is a table shared by these threads, and each of them may be named.
    void share_holder(const std::string& key, std::array<pid_t, 2> tids);
    void hold_in_flight(const std::string& key, const std::string& carrier);
    void hold_in_ring(const std::string& key, int ring_fd);

    // An edge's method, where given, is not the one by which ends of its kind are usually joined.
    void join(const std::string& a, const std::string& b, std::string_view method = "");
    void point(const std::string& client, const std::string& server); // a datagram client, and the reverse
    // `client` is connected to `embryo`, which waits in the accept queue of `listener`.
    void wait_for_accept(const std::string& client, const std::string& embryo, const std::string& listener,
                         std::string_view method = "");
    // The embryo of a client that left; it was in the namespace of `like`.
    void leave_queue(const std::string& embryo, const std::string& listener, const std::string& like);
    void wait_for_room(const std::string& client, const std::string& listener); // asleep in connect()
    void lose_peer(const std::string& survivor);

    // Only of TCP. The first has sent a SYN that nobody takes; the second has been answered, and the far end stays a
    // request until data comes. An orphan has been closed and waits for its survivor to close, too.
    void wait_for_syn(const std::string& client, const std::string& listener);
    void wait_for_data(const std::string& client, const std::string& request, const std::string& listener);
    void leave_orphan(const std::string& orphan, const std::string& survivor, std::string_view tcp_state);
    void leave_time_wait(const std::string& key);
    void reach_beyond(const std::string& key); // its other end is not on this host

    void opened_here(const std::string& key); // the credentials the kernel took are this process's
    void opened_by(const std::string& key, pid_t pid, uid_t uid);
    void resolve_name(const std::string& key,
                      std::string_view path); // where the name leads, if not to itself
    void accept(const std::string& accepted, const std::string& client, const std::string& listener,
                std::string_view method = "");
    void listening(const std::string& key, unsigned backlog, unsigned limit);

    void add_edge(const std::string& from, const std::string& to, std::string_view state, // "": to nobody
                  std::string_view method = "");
    void may_lack(const std::string& key, const char* topic); // an answer may be silent about it

    void merge(std::string_view report);
    void settle(); // once all is known: says inflight of what only messages keep open
    [[nodiscard]] std::string line() const;

  private:
    void make_embryo(const std::string& key, const std::string& listener, const std::string& client);

    std::unique_ptr<nlohmann::json>
        endpoints_; // hidden: parsing that library takes longer than a program does
};

} // namespace otherend::topology
