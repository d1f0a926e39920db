// SPDX-License-Identifier: MIT
// The director's model of every endpoint: who refers to it, what is queued on it, whom it points to. It follows
// the kernel's rules of life and death (net/unix/af_unix.c) and is never told anything by the kernel but numbers.
#pragma once

#include "random/actor.hpp"
#include "truth.hpp"

#include <deque>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace otherend::topology {

struct Name {
    std::string bytes;
    bool linked = true;

    [[nodiscard]] bool is_path() const { return bytes.front() != '\0'; }
};

struct End {
    std::string key;
    int type = 0;
    std::uint64_t inode = 0; // 0 until accept()
    std::uint64_t netns = 0;
    std::shared_ptr<Name> name;

    std::set<std::pair<std::size_t, int>> held; // actor, descriptor
    std::vector<End*> messages;                 // sockets in flight in its receive queue, oldest first
    End* peer = nullptr;                        // also while the peer is dead: it was there
    bool alive = true;
    bool busy = false; // a thread sleeps in connect() on it, or for it: it must stay as it is
    bool shut = false;
    pid_t opener = 0;

    bool listening = false;
    unsigned limit = 0;
    std::deque<End*> queue;        // ends that wait for accept()
    std::vector<End*> blocked;     // sockets asleep in connect()
    End* listener = nullptr;       // of an accepted or waiting end, or of a blocked one
    bool waits_for_accept = false; // it is in the queue of `listener`

    [[nodiscard]] bool is_connected() const { return peer && peer->alive; }
    [[nodiscard]] bool is_full() const { return queue.size() > limit; } // unix_recvq_full()
};

class World {
  public:
    End& add(const nlohmann::json& made, int type, std::size_t actor, std::uint64_t netns);
    End& add_embryo(End& client, End& listener);
    void hold(End& end, std::size_t actor, int fd) { end.held.emplace(actor, fd); }
    void release(End& end, std::size_t actor, int fd);
    void copy_table(std::size_t from, std::size_t to);

    // Whether `inner` is, directly or not, in a message or an accept queue of `outer`: sending `outer` to it would
    // make a cycle, and the kernel collects cycles that nothing else refers to (net/unix/garbage.c).
    [[nodiscard]] bool is_inside(const End& inner, const End& outer) const;
    void drop_message(End& carrier);

    [[nodiscard]] const std::vector<std::unique_ptr<End>>& ends() const { return ends_; }
    [[nodiscard]] std::size_t living() const;
    void tell(Truth& truth, const std::vector<Actor>& actors) const;

  private:
    void drop_if_unused(End& end);
    void die(End& end);
    void tell_identity(Truth& truth, const End& end) const;
    void tell_holders(Truth& truth, const End& end, const std::vector<Actor>& actors) const;
    void tell_relations(Truth& truth, const End& end) const;
    void tell_listener(Truth& truth, const End& end) const;
    void tell_stream(Truth& truth, const End& end) const;
    void tell_dgram(Truth& truth, const End& end) const;

    std::vector<std::unique_ptr<End>> ends_;
};

} // namespace otherend::topology
