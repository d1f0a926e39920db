// SPDX-License-Identifier: MIT
#include "random/world.hpp"

#include "harness/base64.hpp"

#include <algorithm>
#include <sys/socket.h>

namespace otherend::topology {

namespace {

const char* word_for(int type) {
    return type == SOCK_STREAM ? "stream" : type == SOCK_DGRAM ? "dgram" : "seqpacket";
}

} // namespace

// -- life and death ---------------------------------------------------------------------------------------

End& World::add(const nlohmann::json& made, int type, std::size_t actor, std::uint64_t netns) {
    auto& end = *ends_.emplace_back(std::make_unique<End>());
    end.key = "end" + std::to_string(ends_.size());
    end.type = type;
    end.inode = made["inode"];
    end.netns = netns;
    hold(end, actor, made["fd"]);
    return end;
}

// It lives in the client's namespace and has the listener's name.
End& World::add_embryo(End& client, End& listener) {
    auto& embryo = *ends_.emplace_back(std::make_unique<End>());
    embryo.key = "end" + std::to_string(ends_.size());
    embryo.type = client.type;
    embryo.netns = client.netns;
    embryo.name = listener.name;
    embryo.opener = listener.opener;
    embryo.peer = &client;
    embryo.listener = &listener;
    embryo.waits_for_accept = true;
    client.peer = &embryo;
    listener.queue.push_back(&embryo);
    return embryo;
}

void World::release(End& end, std::size_t actor, int fd) {
    end.held.erase({actor, fd});
    drop_if_unused(end);
}

void World::copy_table(std::size_t from, std::size_t to) {
    for (const auto& end : ends_) {
        std::vector<int> fds;
        for (const auto& [actor, fd] : end->held)
            if (actor == from)
                fds.push_back(fd);
        for (const int fd : fds)
            hold(*end, to, fd);
    }
}

bool World::is_inside(const End& inner, const End& outer) const {
    const auto leads_there = [&](const End* next) { return next == &inner || is_inside(inner, *next); };
    return std::ranges::any_of(outer.messages, leads_there) || std::ranges::any_of(outer.queue, leads_there);
}

void World::drop_message(End& carrier) {
    auto& carried = *carrier.messages.front();
    carrier.messages.erase(carrier.messages.begin());
    drop_if_unused(carried);
}

void World::drop_if_unused(End& end) {
    const bool in_flight = std::ranges::any_of(ends_, [&](const auto& carrier) {
        return carrier->alive && std::ranges::find(carrier->messages, &end) != carrier->messages.end();
    });
    if (end.alive && end.held.empty() && !in_flight && !end.waits_for_accept)
        die(end);
}

void World::die(End& end) {
    end.alive = false;
    while (!end.messages.empty())
        drop_message(end);
    for (auto* embryo : end.queue) { // close() of a listener resets who waits
        embryo->waits_for_accept = false;
        drop_if_unused(*embryo);
    }
    end.queue.clear();
}

std::size_t World::living() const {
    return static_cast<std::size_t>(std::ranges::count_if(ends_, [](const auto& end) { return end->alive; }));
}

// -- the truth --------------------------------------------------------------------------------------------

void World::tell(Truth& truth, const std::vector<Actor>& actors) const {
    for (const auto& end : ends_) {
        if (!end->alive)
            continue;
        tell_identity(truth, *end);
        tell_holders(truth, *end, actors);
        tell_relations(truth, *end);
    }
}

void World::tell_identity(Truth& truth, const End& end) const {
    auto& endpoint = truth[end.key];
    endpoint["type"] = word_for(end.type);
    endpoint["netns"] = end.netns;
    if (end.inode)
        endpoint["inode"] = end.inode;
    if (!end.name)
        return;
    endpoint["name_b64"] = harness::to_base64(end.name->bytes);
    if (end.name->is_path())
        endpoint["name_state"] = end.name->linked ? "live" : "unlinked";
}

void World::tell_holders(Truth& truth, const End& end, const std::vector<Actor>& actors) const {
    for (const auto& [number, fd] : end.held) {
        const auto& actor = actors[number];
        truth.add_holder(end.key, fd, {.pid = actor.pid, .tid = actor.tid, .netns = actor.netns});
    }
    for (const auto& carrier : ends_)
        if (carrier->alive && std::ranges::find(carrier->messages, &end) != carrier->messages.end())
            truth.hold_in_flight(end.key, carrier->key);
}

void World::tell_relations(Truth& truth, const End& end) const {
    if (end.listening)
        tell_listener(truth, end);
    else if (end.type == SOCK_DGRAM)
        tell_dgram(truth, end);
    else
        tell_stream(truth, end);
    const bool knows_opener = end.listening || end.is_connected();
    if (knows_opener && end.opener)
        truth[end.key]["opener"] = {{"pid", end.opener}, {"uid", 0}};
}

void World::tell_listener(Truth& truth, const End& end) const {
    truth.listening(end.key, static_cast<unsigned>(end.queue.size()), end.limit);
    for (const auto* embryo : end.queue)
        if (embryo->is_connected())
            truth.add_edge(end.key, embryo->peer->key, "pending");
        else
            truth.add_edge(end.key, "", "closed");
    for (const auto* client : end.blocked)
        truth.add_edge(end.key, client->key, "connecting");
}

void World::tell_stream(Truth& truth, const End& end) const {
    auto& endpoint = truth[end.key];
    const auto* listener = end.listener ? end.listener : end.is_connected() ? end.peer->listener : nullptr;
    if (listener && listener->alive)
        endpoint["listener"] = listener->key;
    if (end.peer && !end.peer->alive) {
        truth.lose_peer(end.key);
    } else if (end.peer) {
        const bool pending = end.waits_for_accept || end.peer->waits_for_accept;
        endpoint["state"] = pending ? "pending" : "connected";
        truth.add_edge(end.key, end.peer->key, pending ? "pending" : "connected");
    } else if (end.listener) {
        endpoint["state"] = "connecting";
        truth.add_edge(end.key, end.listener->key, "connecting");
    }
}

// The kernel knows where a datagram socket sends; who sends to it is the other way round.
void World::tell_dgram(Truth& truth, const End& end) const {
    if (end.is_connected()) {
        truth.add_edge(end.key, end.peer->key, "connected");
        truth[end.key]["state"] = "connected";
    } else if (end.peer) {
        truth.lose_peer(end.key);
    }
    for (const auto& sender : ends_) {
        const bool sends_here = sender->alive && sender->type == SOCK_DGRAM && sender->peer == &end;
        if (!sends_here || sender.get() == end.peer || sender.get() == &end)
            continue;
        truth.add_edge(end.key, sender->key, "connected");
        truth[end.key].emplace("state", "connected");
    }
}

} // namespace otherend::topology
