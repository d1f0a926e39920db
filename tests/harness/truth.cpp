// SPDX-License-Identifier: MIT
#include "harness/truth.hpp"

#include "harness/base64.hpp"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <stdexcept>
#include <sys/stat.h>

namespace otherend::harness {

namespace {

const Json& list(const Json& object, const char* field) {
    static const Json empty = Json::array();
    const auto found = object.find(field);
    return found == object.end() ? empty : *found;
}

template <typename Matches> void remove_if(Json& object, const char* field, Matches matches) {
    if (object.contains(field))
        std::erase_if(object[field].get_ref<Json::array_t&>(), matches);
}

void remove_edges_to(Json& endpoint, const std::string& key, std::string_view state) {
    remove_if(endpoint, "peers",
              [&](const Json& edge) { return edge.value("key", "") == key && edge["state"] == state; });
}

// unix_diag has no row for an end that waits for accept(), and names its client only in the listener's list of
// waiting inodes (UNIX_DIAG_ICONS): what waits there waits for the listener. A client that left is a 0.
void hide_embryo(Json& endpoints, const std::string& embryo) {
    const auto gone = endpoints[embryo];
    endpoints.erase(embryo);
    const std::string listener = gone["listener"];
    if (gone["state"] == "closed") {
        remove_if(endpoints[listener], "peers", [](const Json& edge) { return !edge.contains("key"); });
        return;
    }
    for (auto& edge : endpoints[gone["peers"][0]["key"].get<std::string>()]["peers"])
        if (edge["key"] == embryo)
            edge["key"] = listener;
}

// A socket asleep in connect() looks like one that was never connected.
void forget_connecting(Json& endpoints, const std::string& key) {
    auto& endpoint = endpoints[key];
    const std::string listener = endpoint["listener"];
    remove_edges_to(endpoint, listener, "connecting");
    remove_edges_to(endpoints[listener], key, "connecting");
    endpoint.erase("listener");
    endpoint["state"] = "unconnected";
}

// What is inside messages is not told: such a socket is nobody's, and stands as its first edge, its own, does.
void forget_flight(Json& endpoint) {
    remove_if(endpoint, "holders", [](const Json& holder) { return holder["via"] == "inflight"; });
    if (endpoint.contains("peers"))
        for (auto& edge : endpoint["peers"])
            if (edge["state"] == "inflight")
                edge["state"] = "connected";
    if (endpoint["state"] != "inflight")
        return;
    const auto& edges = list(endpoint, "peers");
    const Json alone = endpoint.contains("backlog_limit") ? "listening" : "unconnected";
    endpoint["state"] = alone == "listening" || edges.empty() ? alone : edges[0]["state"];
}

} // namespace

std::string_view word(Source source) {
    return source == Source::bpf ? "bpf" : "diag";
}

Truth::Truth(std::string_view line) : endpoints_(Json::parse(line)) {
    if (endpoints_.empty())
        throw std::runtime_error("a truth without endpoints");
    for (const auto& [key, endpoint] : endpoints_.items())
        if (endpoint.contains("inode"))
            key_by_inode_.emplace(endpoint["inode"], key);
}

std::optional<std::string> Truth::key_of(std::uint64_t inode) const {
    const auto found = key_by_inode_.find(inode);
    return found == key_by_inode_.end() ? std::nullopt : std::optional(found->second);
}

std::size_t Truth::edges() const {
    std::size_t count = 0;
    for (const auto& endpoint : endpoints_)
        count += list(endpoint, "peers").size();
    return count;
}

std::size_t Truth::processes() const {
    std::set<int> pids;
    for (const auto& endpoint : endpoints_)
        for (const auto& holder : list(endpoint, "holders"))
            if (holder.contains("pid"))
                pids.insert(holder["pid"].get<int>());
    return pids.size();
}

std::set<std::uint64_t> Truth::namespaces() const {
    std::set<std::uint64_t> namespaces;
    for (const auto& endpoint : endpoints_)
        namespaces.insert(endpoint["netns"].get<std::uint64_t>());
    return namespaces;
}

Truth Truth::as_known_to(Source source) const {
    Truth known = *this;
    if (source == Source::bpf)
        return known;
    for (const auto& [key, endpoint] : endpoints_.items())
        if (!endpoint.contains("inode"))
            hide_embryo(known.endpoints_, key);
        else if (endpoint["state"] == "connecting")
            forget_connecting(known.endpoints_, key);
    for (auto& endpoint : known.endpoints_) {
        forget_flight(endpoint);
        if (endpoint.contains("bound_name_state"))
            endpoint["name_state"] = endpoint["bound_name_state"];
        // Credentials are not told, and neither is which listener an accepted socket came from.
        endpoint["may_lack"] = {"opener", "name_state"};
        if (endpoint["state"] != "pending")
            endpoint["may_lack"].push_back("listener");
    }
    return known;
}

// -- targets ----------------------------------------------------------------------------------------------

namespace {

template <typename Matches> std::set<std::string> keys_where(const Truth& truth, Matches matches) {
    std::set<std::string> keys;
    for (const auto& [key, endpoint] : truth.endpoints().items())
        if (matches(endpoint))
            keys.insert(key);
    return keys;
}

template <typename Matches> auto held_by(Matches matches) {
    return [=](const Json& endpoint) { return std::ranges::any_of(list(endpoint, "holders"), matches); };
}

// Every byte that could mean something else as \xNN.
std::string escaped(std::string_view bytes) {
    std::string text;
    for (const char c : bytes) {
        const bool plain =
            std::isalnum(static_cast<unsigned char>(c)) || std::string_view("/._-").contains(c);
        char code[5];
        std::snprintf(code, sizeof(code), "\\x%02x", static_cast<unsigned char>(c));
        text += plain ? std::string(1, c) : code;
    }
    return text;
}

std::string path_in(const Json& endpoint) {
    const auto path = endpoint.value("path_b64", "");
    return path.empty() ? name_in(endpoint) : from_base64(path);
}

void add_name_targets(std::vector<Target>& targets, const Truth& truth) {
    std::set<std::string> names;
    for (const auto& endpoint : truth.endpoints())
        names.insert(path_in(endpoint));
    names.erase("");
    for (const auto& name : names) {
        if (name.front() == '\0') {
            const auto keys = keys_where(truth, [&](const Json& e) { return name_in(e) == name; });
            targets.push_back({"abstract", "@" + escaped(name.substr(1)), keys});
            targets.push_back({"unix", "unix:@" + escaped(name.substr(1)), keys});
            continue;
        }
        // Where the path leads decides; where it leads nowhere, who was once bound to it.
        const auto live = keys_where(truth, [&](const Json& e) {
            return path_in(e) == name && e.value("name_state", "") == "live" && !e.contains("elsewhere");
        });
        const auto named = keys_where(truth, [&](const Json& e) { return path_in(e) == name; });
        const auto& keys = live.empty() ? named : live;
        targets.push_back({"unix", "unix:" + escaped(name), keys});
        if (!name.contains('\\'))
            targets.push_back({"path", name, keys});
    }
}

void add_holder_targets(std::vector<Target>& targets, const Truth& truth) {
    std::set<std::pair<int, int>> descriptors;
    std::set<int> pids;
    std::set<std::string> comms;
    for (const auto& endpoint : truth.endpoints())
        for (const auto& holder : list(endpoint, "holders")) {
            if (!holder.contains("pid"))
                continue;
            pids.insert(holder["pid"].get<int>());
            if (holder["via"] != "fd")
                continue;
            comms.insert(holder["comm"].get<std::string>());
            descriptors.emplace(holder["pid"], holder["fd"]);
        }
    for (const int pid : pids) {
        const auto keys = keys_where(truth, held_by([=](const Json& h) { return h.value("pid", 0) == pid; }));
        targets.push_back({"pid", std::to_string(pid), keys});
    }
    for (const auto& [pid, fd] : descriptors) {
        const auto matches = [pid = pid, fd = fd](const Json& h) {
            return h["via"] == "fd" && h["pid"] == pid && h["fd"] == fd;
        };
        targets.push_back(
            {"fd", std::to_string(pid) + "/" + std::to_string(fd), keys_where(truth, held_by(matches))});
    }
    for (const auto& comm : comms)
        targets.push_back({"comm", "comm:" + comm,
                           keys_where(truth, held_by([&](const Json& h) { return h.contains("pid"); }))});
}

void add_identity_targets(std::vector<Target>& targets, const Truth& truth,
                          const std::map<std::uint64_t, std::string>& addresses) {
    for (const auto& [key, endpoint] : truth.endpoints().items()) {
        if (!endpoint.contains("inode"))
            continue;
        const auto inode = endpoint["inode"].get<std::uint64_t>();
        targets.push_back({"ino", "ino:" + std::to_string(inode), {key}});
        targets.push_back({"socket", "socket:[" + std::to_string(inode) + "]", {key}});
        if (const auto found = addresses.find(inode); found != addresses.end())
            targets.push_back({"address", found->second, {key}});
    }
    auto namespaces = truth.namespaces();
    struct stat own{};
    if (stat("/proc/self/ns/net", &own) == 0)
        namespaces.erase(own.st_ino); // everybody else's sockets are there, too
    for (const auto netns : namespaces)
        targets.push_back({"netns", "netns:" + std::to_string(netns),
                           keys_where(truth, [=](const Json& e) { return e["netns"] == netns; })});
}

} // namespace

std::vector<Target> targets_of(const Truth& truth, const std::map<std::uint64_t, std::string>& addresses) {
    std::vector<Target> targets;
    add_holder_targets(targets, truth);
    add_identity_targets(targets, truth, addresses);
    add_name_targets(targets, truth);
    return targets;
}

std::string name_in(const Json& object) {
    if (object.contains("name_b64"))
        return from_base64(object["name_b64"].get<std::string>());
    auto name = object.value("name", "");
    if (name.starts_with('@')) // a path that begins so has a twin
        name.front() = '\0';
    return name;
}

} // namespace otherend::harness
