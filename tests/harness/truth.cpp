// SPDX-License-Identifier: MIT
#include "harness/truth.hpp"

#include "harness/base64.hpp"

#include <algorithm>
#include <stdexcept>

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

std::string kind_of(const Json& object) {
    return object.value("kind", "unix");
}

// A FIFO has a name, and its number from the file system that has it: a pipe may have the same.
bool is_named(const Json& object) {
    return object.contains("name") || object.contains("name_b64");
}

// Every name by which an answer may tell the endpoint from others. Sockets share one numbering, and so do pipes,
// each number for both ends; the ends of a pty have none and are known by whoever holds them.
std::vector<std::string> identities_of(const Json& object) {
    const auto kind = kind_of(object);
    if (object.contains("inode") && kind == "pipe")
        return {(is_named(object) ? "fifo " : "pipe ") + object["inode"].dump() + " " +
                object.value("type", "")};
    if (object.contains("inode"))
        return {"socket " + object["inode"].dump()};
    std::vector<std::string> identities;
    if (kind == "pty")
        for (const auto& holder : list(object, "holders"))
            if (holder.contains("pid") && holder.contains("fd"))
                identities.push_back("pty " + holder["pid"].dump() + "/" + holder["fd"].dump());
    if (object.contains("netns") && object.contains("local") && object.contains("remote"))
        identities.push_back(kind + " " + object["netns"].dump() + " " + object["local"].dump() + " " +
                             object["remote"].dump());
    return identities;
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

// Sequence numbers are not told: what crosses namespaces is found by its addresses, or by their translation.
void forget_sequence(Json& endpoint) {
    if (!endpoint.contains("peers"))
        return;
    for (auto& edge : endpoint["peers"])
        if (edge.contains("method") && edge["method"] == "sequence")
            edge["method"] = {"tuple", "conntrack"};
}

// Of a socket that is in no table only the descriptor is seen, which does not say of what kind it is.
bool is_in_no_table(const Json& endpoint) {
    const auto kind = kind_of(endpoint);
    return (kind == "tcp" && endpoint["tcp_state"] == "close") ||
           (kind == "udp" && !endpoint.contains("local"));
}

// Of several listeners on one address netlink does not tell whose queue an end waits in.
bool shares_its_address(const Json& endpoints, const Json& endpoint) {
    const auto is_twin = [&](const Json& other) {
        return other.contains("backlog_limit") && other.contains("local") && endpoint.contains("local") &&
               other["local"] == endpoint["local"] && other["netns"] == endpoint["netns"];
    };
    return std::ranges::count_if(endpoints, is_twin) > 1;
}

// Whether nobody holds the other end is not known where some process may not be looked into, and the names of
// descriptors do not tell for certain which ends of ptys belong together.
void doubt_other_end(Json& endpoint) {
    endpoint["state"] = {endpoint["state"], "unknown"};
    endpoint["may_lack"].push_back("edge");
    if (kind_of(endpoint) != "pty")
        return;
    endpoint["may_lack"].push_back("holder"); // /dev/tty could be any terminal
    endpoint["may_repeat"] = true;            // two descriptors of a master need not be of one
    if (endpoint.contains("peers"))
        for (auto& edge : endpoint["peers"])
            edge["method"] = {"tty", "inferred"};
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
        for (const auto& identity : identities_of(endpoint))
            key_by_identity_.emplace(identity, key);
}

std::optional<std::string> Truth::key_of(std::uint64_t socket_inode) const {
    return key_of(Json{{"inode", socket_inode}});
}

std::optional<std::string> Truth::key_of(const Json& object) const {
    for (const auto& identity : identities_of(object))
        if (const auto found = key_by_identity_.find(identity); found != key_by_identity_.end())
            return found->second;
    return std::nullopt;
}

bool Truth::can_be_pointed_at(const std::string& key) const {
    return at(key).contains("inode") || kind_of(at(key)) == "pty";
}

bool Truth::has_process(int pid) const {
    return std::ranges::any_of(endpoints_, [=](const Json& endpoint) {
        return std::ranges::any_of(list(endpoint, "holders"),
                                   [=](const Json& holder) { return holder.value("pid", 0) == pid; });
    });
}

bool Truth::has_sockets() const {
    return std::ranges::any_of(endpoints_, is_socket);
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
        if (endpoint.contains("netns"))
            namespaces.insert(endpoint["netns"].get<std::uint64_t>());
    return namespaces;
}

Truth Truth::as_known_to(Source source) const {
    Truth known = *this;
    if (source == Source::bpf)
        return known;
    for (const auto& [key, endpoint] : endpoints_.items()) {
        if (kind_of(endpoint) != "unix")
            continue;
        if (!endpoint.contains("inode"))
            hide_embryo(known.endpoints_, key);
        else if (endpoint["state"] == "connecting")
            forget_connecting(known.endpoints_, key);
    }
    for (auto& endpoint : known.endpoints_) {
        forget_flight(endpoint);
        forget_sequence(endpoint);
        if (endpoint.contains("bound_name_state"))
            endpoint["name_state"] = endpoint["bound_name_state"];
        if (!is_socket(endpoint))
            doubt_other_end(endpoint);
        if (endpoint.contains("by_alias"))
            endpoint["optional"] = true;
        if (is_in_no_table(endpoint))
            endpoint["optional"] = true;
        // Credentials are not told, and neither is which listener an accepted socket came from.
        if (is_socket(endpoint))
            for (const auto* topic : {"opener", "name_state"})
                endpoint["may_lack"].push_back(topic);
        const bool is_tcp = kind_of(endpoint) == "tcp";
        if (endpoint["state"] != "pending" || is_tcp)
            endpoint["may_lack"].push_back("listener");
        if (is_tcp && shares_its_address(endpoints_, endpoint))
            endpoint["may_lack"].push_back("edge");
    }
    return known;
}

bool is_socket(const Json& object) {
    const auto kind = kind_of(object);
    return kind != "pty" && kind != "pipe";
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
