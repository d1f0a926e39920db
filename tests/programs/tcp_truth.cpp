// SPDX-License-Identifier: MIT
// Ends of TCP connections that are no sockets any more, or not yet.
#include "truth.hpp"

#include <nlohmann/json.hpp>

namespace otherend::topology {

namespace {

void lose_socket(nlohmann::json& endpoint) {
    endpoint.erase("inode");
    endpoint.erase("uid");
}

} // namespace

void Truth::wait_for_syn(const std::string& client, const std::string& listener) {
    wait_for_room(client, listener);
    for (const auto& key : {client, listener}) // its SYN has the listener's address, and no more is known
        (*this)[key]["peers"].back()["method"] = {"tuple", "inferred"};
}

void Truth::wait_for_data(const std::string& client, const std::string& request,
                          const std::string& listener) {
    make_embryo(request, listener, client);
    (*this)[request]["tcp_state"] = "syn_recv";
    (*this)[client]["listener"] = listener;
    add_edge(client, request, "connecting");
    add_edge(request, client, "connecting");
    add_edge(listener, client, "connecting");
    for (const auto& key : {client, request})
        (*this)[key]["state"] = "connecting";
}

void Truth::leave_orphan(const std::string& orphan, const std::string& survivor, std::string_view tcp_state) {
    lose_socket((*this)[orphan]);
    say(orphan, "tcp_state", tcp_state);
    add_edge(orphan, survivor, "closed");
    add_edge(survivor, orphan, "closed");
    for (const auto& key : {orphan, survivor})
        say(key, "state", "closed");
}

void Truth::leave_time_wait(const std::string& key) {
    lose_socket((*this)[key]);
    say(key, "tcp_state", "time_wait");
    lose_peer(key);
}

} // namespace otherend::topology
