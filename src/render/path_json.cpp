// SPDX-License-Identifier: MIT
#include "render/path_json.hpp"

#include "render/path_words.hpp"
#include "render/words.hpp"

#include <ostream>
#include <utility>

namespace otherend::render {
namespace {

Json holders_json(std::span<const Holder> holders) {
    Json array = Json::array();
    for (const auto& holder : holders)
        array.push_back(to_json(holder));
    return array;
}

Json channel_json(const Channel& channel, bool addresses) {
    Json object = {
        {"state", word(channel.state)}, {"method", word(channel.method)}, {"flow", word(channel.flow)}};
    put_text(object, "note", channel.note);
    if (channel.near)
        object["near"] = to_json(*channel.near, addresses);
    if (channel.far)
        object["far"] = to_json(*channel.far, addresses);
    return object;
}

// Who it is, as of its first descriptor, and both its sides.
Json relay_json(const Relay& relay) {
    Json object = Json::object();
    if (!relay.before.empty()) {
        object = to_json(relay.before.front());
        for (const auto* key : {"via", "tid", "fd", "carrier"})
            object.erase(key);
    }
    object["evidence"] = word(relay.evidence);
    object["flow"] = word(relay.flow);
    object["before"] = holders_json(relay.before);
    object["after"] = holders_json(relay.after);
    if (relay.transfers > 0) {
        object["transfers"] = relay.transfers;
        object["bytes"] = relay.bytes;
    }
    return object;
}

Json hops_json(std::span<const Hop> hops, bool addresses) {
    Json array = Json::array();
    for (const auto& hop : hops) {
        if (const auto* relay = std::get_if<Relay>(&hop))
            array.push_back({{"relay", relay_json(*relay)}});
        else
            array.push_back({{"channel", channel_json(std::get<Channel>(hop), addresses)}});
    }
    return array;
}

Json end_json(const PathEnd& end, bool addresses);

// Who is not known to relay is not called a relay.
Json branch_json(const Branch& branch, bool addresses) {
    auto by = relay_json(branch.relay);
    if (!branch.relayed)
        for (const auto* key : {"evidence", "flow"})
            by.erase(key);
    return {{branch.relayed ? "relay" : "holder", std::move(by)},
            {"hops", hops_json(branch.hops, addresses)},
            {"end", end_json(branch.end, addresses)}};
}

Json end_json(const PathEnd& end, bool addresses) {
    Json object = {{"reason", word(end.reason)}};
    put_text(object, "note", end.note);
    for (const auto& branch : end.branches)
        object["branches"].push_back(branch_json(branch, addresses));
    if (end.cut > 0)
        object["cut"] = end.cut;
    return object;
}

} // namespace

Json to_json(const Path& path, bool addresses) {
    return {{"hops", hops_json(path.hops, addresses)},
            {"front", end_json(path.front, addresses)},
            {"back", end_json(path.back, addresses)}};
}

void print_path_document(std::ostream& out, std::span<const Path> paths, std::span<const Unseen> unseen,
                         const Head& head, bool addresses) {
    const std::string text = to_json(head).dump();
    out << std::string_view(text).substr(0, text.size() - 1) << ",\"paths\":[";
    for (const auto& path : paths)
        out << (&path == paths.data() ? "\n" : ",\n") << to_json(path, addresses).dump();
    out << "\n],\"unseen\":" << to_json(unseen).dump() << "}\n";
}

void print_path_lines(std::ostream& out, std::span<const Path> paths, std::span<const Unseen> unseen,
                      bool addresses) {
    for (const auto& path : paths)
        out << to_json(path, addresses).dump() << '\n';
    if (!unseen.empty())
        out << Json{{"unseen", to_json(unseen)}}.dump() << '\n';
}

} // namespace otherend::render
