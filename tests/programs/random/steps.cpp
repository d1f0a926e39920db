// SPDX-License-Identifier: MIT
// What can happen in a random topology. Each step tells an actor to do it, and the model what the kernel then did.
#include "harness/base64.hpp"
#include "random/director.hpp"

#include <algorithm>
#include <array>
#include <unistd.h>

namespace otherend::topology {

namespace {

constexpr std::size_t most_actors = 16;
constexpr std::size_t most_messages = 4; // below /proc/sys/net/unix/max_dgram_qlen
constexpr std::array connected_types{SOCK_STREAM, SOCK_SEQPACKET};
constexpr std::array every_type{SOCK_STREAM, SOCK_SEQPACKET, SOCK_DGRAM};

// A datagram socket that has a peer takes messages from that one only: unix_may_send().
bool may_send(const End& end) {
    return !end.peer->peer || end.peer->peer == &end;
}

nlohmann::json name_of(const End& end) {
    return harness::to_base64(end.name->bytes);
}

} // namespace

bool Director::listen() {
    const auto actor = any_actor();
    const auto name = new_name();
    const auto limit = static_cast<unsigned>(throw_dice(4));
    auto& end = make(actor, connected_types[throw_dice(2)],
                     {{"do", "listen"}, {"name_b64", harness::to_base64(name->bytes)}, {"backlog", limit}});
    end.name = name;
    end.listening = true;
    end.limit = limit;
    end.opener = actors_[actor].pid;
    return true;
}

void Director::join(std::size_t actor, End& client, End& listener) {
    client.opener = actors_[actor].pid;
    world_.add_embryo(client, listener);
}

bool Director::connect() {
    auto* listener =
        any_end([](const End& end) { return end.listening && !end.is_full() && end.name->linked; });
    const auto actor = listener ? actor_who_reaches(*listener) : std::nullopt;
    if (!actor)
        return false;
    join(*actor, make(*actor, listener->type, {{"do", "connect"}, {"name_b64", name_of(*listener)}}),
         *listener);
    return true;
}

bool Director::accept() {
    auto* listener = any_end([](const End& end) { return !end.queue.empty() && !end.held.empty(); });
    if (!listener)
        return false;
    const auto [actor, fd] = any_place(*listener);
    const auto made = actors_[actor].tell({{"do", "accept"}, {"fd", fd}});
    auto& embryo = *listener->queue.front();
    listener->queue.pop_front();
    embryo.waits_for_accept = false;
    embryo.inode = made["inode"];
    world_.hold(embryo, actor, made["fd"]);
    return true;
}

bool Director::pair() {
    const auto actor = any_actor();
    const int type = every_type[throw_dice(3)];
    const auto made = actors_[actor].tell({{"do", "pair"}, {"type", type}});
    auto& left = world_.add(made["left"], type, actor, actors_[actor].netns);
    auto& right = world_.add(made["right"], type, actor, actors_[actor].netns);
    left.peer = &right;
    right.peer = &left;
    left.opener = right.opener = actors_[actor].pid;
    return true;
}

bool Director::bind_dgram() {
    const auto name = new_name();
    make(any_actor(), SOCK_DGRAM, {{"do", "bind"}, {"name_b64", harness::to_base64(name->bytes)}}).name =
        name;
    return true;
}

bool Director::connect_dgram() {
    auto* server = any_end(
        [](const End& end) { return end.type == SOCK_DGRAM && end.name && end.name->linked && !end.peer; });
    const auto actor = server ? actor_who_reaches(*server) : std::nullopt;
    if (!actor)
        return false;
    make(*actor, SOCK_DGRAM, {{"do", "connect"}, {"name_b64", name_of(*server)}}).peer = server;
    return true;
}

bool Director::connect_both_dgrams() {
    const auto fits = [](const End& end) {
        return end.type == SOCK_DGRAM && end.name && end.name->linked && !end.peer && !end.held.empty();
    };
    auto* one = any_end(fits);
    auto* other = any_end([&](const End& end) {
        return fits(end) && &end != one && one && one->netns == end.netns; // in reach of each other
    });
    if (!other)
        return false;
    for (const auto& [from, to] : {std::pair{one, other}, {other, one}}) {
        const auto [actor, fd] = any_place(*from);
        if (!to->name->is_path() && actors_[actor].netns != to->netns)
            return true; // the descriptor has moved; one direction is a topology, too
        actors_[actor].tell({{"do", "connect"}, {"fd", fd}, {"name_b64", name_of(*to)}});
        from->peer = to;
    }
    return true;
}

bool Director::leave_unconnected() {
    make(any_actor(), every_type[throw_dice(3)], {{"do", "socket"}});
    return true;
}

bool Director::duplicate() {
    auto* end = any_end([](const End& candidate) { return !candidate.held.empty(); });
    if (!end)
        return false;
    const auto [actor, fd] = any_place(*end);
    world_.hold(*end, actor, actors_[actor].tell({{"do", "dup"}, {"fd", fd}})["fd"]);
    return true;
}

bool Director::drop() {
    auto* end = any_end([](const End& candidate) { return !candidate.held.empty(); });
    if (!end)
        return false;
    const auto [actor, fd] = any_place(*end);
    actors_[actor].tell({{"do", "close"}, {"fd", fd}});
    world_.release(*end, actor, fd);
    return true;
}

// Over a connected socket, to its peer's queue: which may wait for accept(), or be in flight itself.
bool Director::send() {
    auto* over = any_end([](const End& end) {
        return end.is_connected() && may_send(end) && !end.shut && !end.peer->shut && !end.held.empty() &&
               end.peer->messages.size() < most_messages;
    });
    if (!over)
        return false;
    const auto [actor, over_fd] = any_place(*over);
    auto& carrier = *over->peer;
    auto* sent = any_end([&, number = actor](const End& end) {
        const bool at_hand =
            std::ranges::any_of(end.held, [&](const auto& held) { return held.first == number; });
        return at_hand && &end != &carrier && !world_.is_inside(carrier, end);
    });
    if (!sent)
        return false;
    const auto held = std::ranges::find(sent->held, actor, [](const auto& place) { return place.first; });
    const int fd = held->second;
    actors_[actor].tell({{"do", "send"}, {"over", over_fd}, {"fd", fd}});
    carrier.messages.push_back(sent);
    if (throw_dice(2)) { // half of what is sent is not kept
        actors_[actor].tell({{"do", "close"}, {"fd", fd}});
        world_.release(*sent, actor, fd);
    }
    return true;
}

bool Director::receive() {
    // A peer that closed with messages unread leaves an error to be received first.
    auto* carrier = any_end([](const End& end) {
        return !end.messages.empty() && !end.held.empty() && !end.shut && end.is_connected();
    });
    if (!carrier)
        return false;
    const auto [actor, over] = any_place(*carrier);
    auto& received = *carrier->messages.front();
    world_.hold(received, actor, actors_[actor].tell({{"do", "receive"}, {"over", over}})["fd"]);
    world_.drop_message(*carrier);
    return true;
}

bool Director::shut() {
    auto* end = any_end([](const End& candidate) {
        return candidate.type == SOCK_STREAM && candidate.is_connected() && !candidate.held.empty() &&
               candidate.messages.empty() && candidate.peer->messages.empty();
    });
    if (!end)
        return false;
    const auto [actor, fd] = any_place(*end);
    actors_[actor].tell({{"do", "shutdown"}, {"fd", fd}, {"how", throw_dice(3)}}); // SHUT_RD, _WR, _RDWR
    end->shut = true;
    return true;
}

bool Director::unlink_name() {
    auto* end = any_end([](const End& candidate) {
        return candidate.name && candidate.name->is_path() && candidate.name->linked;
    });
    if (!end)
        return false;
    check(unlink(end->name->bytes.c_str()), "unlink");
    end->name->linked = false;
    return true;
}

// From here on nobody may accept from the listener: that would wake who sleeps.
bool Director::block() {
    auto* listener = any_end([](const End& end) { return end.listening && end.name->linked; });
    const auto actor = listener ? actor_who_reaches(*listener) : std::nullopt;
    if (!actor ||
        actors_[*actor].tid) // threads with tables of their own get no helpers: see shared_own_table
        return false;
    while (!listener->is_full())
        join(*actor, make(*actor, listener->type, {{"do", "connect"}, {"name_b64", name_of(*listener)}}),
             *listener);
    const auto made =
        actors_[*actor].tell({{"do", "block"}, {"type", listener->type}, {"name_b64", name_of(*listener)}});
    const auto pid = actors_[*actor].pid;
    const auto tid = made["tid"].get<pid_t>();
    wait_until([=] { return is_asleep_in_connect(pid, tid); }, "connect() does not block");
    auto& end = world_.add(made, listener->type, *actor, actors_[*actor].netns);
    end.listener = listener;
    end.busy = listener->busy = true;
    listener->blocked.push_back(&end);
    return true;
}

bool Director::fork() {
    if (actors_.size() >= most_actors)
        return false;
    add_actor(any_actor(), throw_dice(3) ? Birth::process : Birth::thread);
    return true;
}

} // namespace otherend::topology
