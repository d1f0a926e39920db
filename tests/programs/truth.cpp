// SPDX-License-Identifier: MIT
#include "truth.hpp"

#include "descriptor.hpp"
#include "harness/base64.hpp"
#include "process.hpp"
#include "sockets.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <unistd.h>

namespace otherend::topology {

namespace {

std::string comm_of(pid_t pid) {
    std::string comm;
    std::getline(std::ifstream("/proc/" + std::to_string(pid) + "/comm"), comm);
    return comm;
}

} // namespace

Truth::Truth() : endpoints_(std::make_unique<nlohmann::json>(nlohmann::json::object())) {}
Truth::~Truth() = default;
Truth::Truth(Truth&&) noexcept = default;

nlohmann::json& Truth::operator[](const std::string& key) {
    return (*endpoints_)[key];
}

void Truth::say(const std::string& key, const char* field, std::string_view value) {
    (*endpoints_)[key][field] = value;
}

void Truth::say(const std::string& key, const char* field, std::uint64_t value) {
    (*endpoints_)[key][field] = value;
}

void Truth::share_holder(const std::string& key, std::array<pid_t, 2> tids) {
    (*endpoints_)[key]["holders"][0]["tids"] = tids;
}

void Truth::describe(const std::string& key, int fd) {
    auto& endpoint = (*endpoints_)[key];
    if (endpoint.contains("kind"))
        return;
    const auto description = description_of(fd);
    for (const auto& [field, value] : description.items())
        endpoint.emplace(field, value);
}

void Truth::add_holder(const std::string& key, int fd, Keeper keeper) {
    nlohmann::json holder = {{"via", "fd"},
                             {"pid", keeper.pid},
                             {"fd", fd},
                             {"comm", comm_of(keeper.pid)},
                             {"uid", keeper.uid.value_or(geteuid())},
                             {"netns", keeper.netns}};
    if (keeper.tid)
        holder["tid"] = keeper.tid;
    (*endpoints_)[key]["holders"].push_back(std::move(holder));
}

int Truth::hold(const std::string& key, int fd, Keeper keeper) {
    describe(key, fd);
    if (!keeper.pid)
        keeper.pid = own_pid();
    if (!keeper.netns)
        keeper.netns = netns_of_task(keeper.pid);
    add_holder(key, fd, keeper);
    return fd;
}

void Truth::hold_in_flight(const std::string& key, const std::string& carrier) {
    (*endpoints_)[key]["holders"].push_back({{"via", "inflight"}, {"carrier", carrier}});
}

void Truth::hold_in_ring(const std::string& key, int ring_fd) {
    (*endpoints_)[key]["holders"].push_back({{"via", "io_uring"}, {"pid", own_pid()}, {"fd", ring_fd}});
}

void Truth::add_edge(const std::string& from, const std::string& to, std::string_view state,
                     std::string_view method) {
    nlohmann::json edge = {{"state", state}};
    if (!to.empty())
        edge["key"] = to;
    if (!method.empty())
        edge["method"] = method;
    (*endpoints_)[from]["peers"].push_back(std::move(edge));
}

void Truth::join(const std::string& a, const std::string& b, std::string_view method) {
    add_edge(a, b, "connected", method);
    if (a != b)
        add_edge(b, a, "connected", method);
    (*endpoints_)[a].emplace("state", "connected");
    (*endpoints_)[b].emplace("state", "connected");
}

void Truth::point(const std::string& client, const std::string& server) {
    const auto* method = (*endpoints_)[client]["kind"] == "udp" ? "inferred" : "";
    add_edge(client, server, "connected", method);
    add_edge(server, client, "connected", method);
    (*endpoints_)[client]["state"] = "connected";
    (*endpoints_)[server].emplace("state", "connected");
}

// A UNIX one is made by connect(): in the client's namespace, with the listener's name. A TCP one is made by the
// last segment of the handshake, where the listener is.
void Truth::make_embryo(const std::string& key, const std::string& listener, const std::string& client) {
    auto& embryo = (*endpoints_)[key];
    embryo["listener"] = listener;
    const bool is_tcp = (*endpoints_)[listener]["kind"] == "tcp";
    embryo["netns"] = (*endpoints_)[is_tcp ? listener : client]["netns"];
    if (is_tcp) { // as the client sees it, unless the program knows better
        embryo.emplace("local", (*endpoints_)[client]["remote"]);
        embryo.emplace("remote", (*endpoints_)[client]["local"]);
        embryo.emplace("tcp_state", "established");
    }
    for (const auto* field : {"kind", "type", "name_b64", "name_state", "path_b64"})
        if ((*endpoints_)[listener].contains(field))
            embryo[field] = (*endpoints_)[listener][field];
}

void Truth::wait_for_accept(const std::string& client, const std::string& embryo, const std::string& listener,
                            std::string_view method) {
    make_embryo(embryo, listener, client);
    (*endpoints_)[client]["listener"] = listener;
    (*endpoints_)[client]["state"] = "pending";
    (*endpoints_)[embryo]["state"] = "pending";
    add_edge(client, embryo, "pending", method);
    add_edge(embryo, client, "pending", method);
    add_edge(listener, client, "pending", method);
}

void Truth::leave_queue(const std::string& embryo, const std::string& listener, const std::string& like) {
    make_embryo(embryo, listener, like);
    lose_peer(embryo);
    add_edge(listener, "", "closed");
}

void Truth::wait_for_room(const std::string& client, const std::string& listener) {
    (*endpoints_)[client]["state"] = "connecting";
    (*endpoints_)[client]["listener"] = listener;
    add_edge(client, listener, "connecting");
    add_edge(listener, client, "connecting");
}

void Truth::reach_beyond(const std::string& key) {
    (*endpoints_)[key]["state"] = "connected";
    add_edge(key, "", "connected");
}

void Truth::lose_peer(const std::string& survivor) {
    (*endpoints_)[survivor]["state"] = "closed";
    add_edge(survivor, "", "closed");
}

void Truth::opened_here(const std::string& key) {
    opened_by(key, own_pid(), geteuid());
}

void Truth::opened_by(const std::string& key, pid_t pid, uid_t uid) {
    (*endpoints_)[key]["opener"] = {{"pid", pid}, {"uid", uid}};
}

void Truth::resolve_name(const std::string& key, std::string_view path) {
    (*endpoints_)[key]["path_b64"] = harness::to_base64(path);
}

void Truth::accept(const std::string& accepted, const std::string& client, const std::string& listener,
                   std::string_view method) {
    join(accepted, client, method);
    (*endpoints_)[accepted]["listener"] = listener;
    (*endpoints_)[client]["listener"] = listener;
    if ((*endpoints_)[accepted]["kind"] == "tcp") // told of the end that was accepted
        may_lack(client, "listener");
}

void Truth::may_lack(const std::string& key, const char* topic) {
    (*endpoints_)[key]["may_lack"].push_back(topic);
}

void Truth::listening(const std::string& key, unsigned backlog, unsigned limit) {
    auto& endpoint = (*endpoints_)[key];
    endpoint["state"] = "listening";
    endpoint["backlog"] = backlog;
    endpoint["backlog_limit"] = limit;
}

// Lists are joined; of single values the one known first stays.
void Truth::merge(std::string_view report) {
    const auto parts = nlohmann::json::parse(report);
    for (const auto& [key, part] : parts.items()) {
        auto& endpoint = (*endpoints_)[key];
        for (const auto& [field, value] : part.items()) {
            if (!value.is_array())
                endpoint.emplace(field, value);
            else
                for (const auto& element : value)
                    endpoint[field].push_back(element);
        }
    }
}

void Truth::settle() {
    const auto only_in_flight = [&](const std::string& key) {
        const auto holders = (*endpoints_)[key].value("holders", nlohmann::json::array());
        return !holders.empty() &&
               std::ranges::all_of(holders, [](const auto& holder) { return holder["via"] == "inflight"; });
    };
    for (auto& [key, endpoint] : endpoints_->items()) {
        endpoint.emplace("state", "unconnected");
        if (only_in_flight(key))
            endpoint["state"] = "inflight";
        if (endpoint.contains("peers"))
            for (auto& edge : endpoint["peers"])
                if (edge["state"] == "connected" && edge.contains("key") &&
                    only_in_flight(edge["key"].get<std::string>()))
                    edge["state"] = "inflight";
    }
}

std::string Truth::line() const {
    return endpoints_->dump();
}

} // namespace otherend::topology
