// SPDX-License-Identifier: MIT
// The target forms of the command line, filled with what a truth holds.
#include "harness/base64.hpp"
#include "harness/truth.hpp"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <sys/stat.h>

namespace otherend::harness {

namespace {

const Json& list(const Json& object, const char* field) {
    static const Json empty = Json::array();
    const auto found = object.find(field);
    return found == object.end() ? empty : *found;
}

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
        if (endpoint.value("kind", "unix") == "unix")
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
        const auto number = std::to_string(inode);
        const auto keys_among = [&](bool sockets, bool others) {
            return keys_where(truth, [&](const Json& e) {
                return e.contains("inode") && e["inode"] == inode && (is_socket(e) ? sockets : others);
            });
        };
        const bool is_numbered_by_file_system = !is_socket(endpoint) && endpoint.contains("name_b64"); // FIFO
        targets.push_back({"ino", "ino:" + number, keys_among(true, true), !is_numbered_by_file_system});
        if (is_socket(endpoint))
            targets.push_back({"socket", "socket:[" + number + "]", keys_among(true, false)});
        else if (!is_numbered_by_file_system)
            targets.push_back({"pipe", "pipe:[" + number + "]", keys_among(false, true)});
        if (const auto found = addresses.find(inode); is_socket(endpoint) && found != addresses.end())
            targets.push_back({"address", found->second, {key}});
    }
    auto namespaces = truth.namespaces();
    struct stat own{};
    if (stat("/proc/self/ns/net", &own) == 0)
        namespaces.erase(own.st_ino); // everybody else's sockets are there, too
    for (const auto netns : namespaces)
        targets.push_back({"netns", "netns:" + std::to_string(netns), keys_where(truth, [=](const Json& e) {
                               return e.value("netns", std::uint64_t{0}) == netns;
                           })});
}

std::string port_in(const std::string& address) {
    return address.substr(address.rfind(':') + 1);
}

// Others may use the same addresses, in other network namespaces.
void add_inet_targets(std::vector<Target>& targets, const Truth& truth) {
    const auto matching = [&](const std::string& kind, const auto& matches) {
        return keys_where(truth, [&](const Json& e) {
            const bool is_kind = kind.empty() ? e.contains("local") : e.value("kind", "") == kind;
            return is_kind && ((e.contains("local") && matches(e["local"].get<std::string>())) ||
                               (e.contains("remote") && matches(e["remote"].get<std::string>())));
        });
    };
    std::map<std::string, std::string> kind_by_address;
    std::set<std::string> ports, wildcards;
    for (const auto& endpoint : truth.endpoints())
        for (const auto* field : {"local", "remote"})
            if (endpoint.contains(field)) {
                const auto address = endpoint[field].get<std::string>();
                const auto port = port_in(address);
                ports.insert(port);
                if (address == "[::]:" + port || address == "0.0.0.0:" + port)
                    wildcards.insert(port);
                kind_by_address.emplace(address, endpoint["kind"]);
            }
    for (const auto& port : ports) {
        const auto keys = matching("", [&](const std::string& address) { return port_in(address) == port; });
        targets.push_back({"port", ":" + port, keys, false});
    }
    for (const auto& [address, kind] : kind_by_address) {
        if (wildcards.contains(port_in(address))) // whether it means who takes any address is not judged
            continue;
        const auto same = [&](const std::string& other) { return other == address; };
        targets.push_back({"inet", address, matching("", same), false});
        targets.push_back({kind, kind + ":" + address, matching(kind, same), false});
    }
}

// Of the instance at this /dev/pts.
void add_pty_targets(std::vector<Target>& targets, const Truth& truth) {
    const auto is_here = [](const Json& e) {
        if (e.value("kind", "") != "pty" || e.contains("elsewhere"))
            return false;
        return e["type"] == "slave" || !e.contains("may_repeat"); // else its instance is not known
    };
    bool is_exact = true;
    for (const auto& endpoint : truth.endpoints())
        is_exact = is_exact && !endpoint.contains("may_repeat");
    std::set<std::string> names;
    for (const auto& endpoint : truth.endpoints())
        if (is_here(endpoint))
            names.insert(name_in(endpoint));
    for (const auto& name : names) {
        const auto keys = keys_where(truth, [&](const Json& e) { return is_here(e) && name_in(e) == name; });
        targets.push_back({"pty path", name, keys, is_exact});
        targets.push_back({"pty", name.substr(std::string_view("/dev/").size()), keys, is_exact});
    }
}

} // namespace

std::vector<Target> targets_of(const Truth& truth, const std::map<std::uint64_t, std::string>& addresses) {
    std::vector<Target> targets;
    add_holder_targets(targets, truth);
    add_identity_targets(targets, truth, addresses);
    add_name_targets(targets, truth);
    add_inet_targets(targets, truth);
    add_pty_targets(targets, truth);
    // What may be missing altogether cannot be asked for.
    std::erase_if(targets, [&](const Target& target) {
        return std::ranges::all_of(target.keys,
                                   [&](const auto& key) { return truth.at(key).contains("optional"); });
    });
    return targets;
}

} // namespace otherend::harness
