// SPDX-License-Identifier: MIT
#include "harness/facts.hpp"

#include "harness/base64.hpp"

#include <algorithm>

namespace otherend::harness {

namespace {

// Foreign bytes in a message for people; only to be compared with itself.
std::string readable(std::string_view bytes) {
    const auto text = Json(std::string(bytes)).dump(-1, ' ', true, Json::error_handler_t::replace);
    return text + (text.contains("\\ufffd") ? " = " + to_base64(bytes) : "");
}

std::string number_in(const Json& object, const char* field) {
    return object.contains(field) ? object[field].dump() : "none";
}

std::string holder_text(const Json& holder, const std::string& tid, const std::string& carrier) {
    std::string text = holder["via"].get<std::string>();
    if (text == "inflight")
        return text + " on " + carrier;
    text += " " + number_in(holder, "pid") + "/" + number_in(holder, "fd");
    if (!tid.empty())
        text += " of thread " + tid;
    return text;
}

// Who a holder is, beyond the descriptor; a truth says it of descriptors only.
std::string identity_text(const Json& holder) {
    return " (" + holder.value("comm", "") + ", uid " + number_in(holder, "uid") + ", netns " +
           number_in(holder, "netns") + ")";
}

// -- truth ------------------------------------------------------------------------------------------------

std::string place_of(const Truth& truth, const std::string& key) {
    return truth.at(key).contains("inode") ? key : "nobody yet";
}

Fact holder_fact(const Truth& truth, const Json& holder, const std::string& topic) {
    const auto carrier = holder.contains("carrier") ? place_of(truth, holder["carrier"]) : "";
    const auto who = holder["via"] == "fd" ? identity_text(holder) : "";
    Fact fact{.topic = topic, .values = {}};
    if (!holder.contains("tids")) {
        const auto tid = holder.contains("tid") ? holder["tid"].dump() : "";
        fact.values.push_back(holder_text(holder, tid, carrier) + who);
        return fact;
    }
    for (const auto& tid : holder["tids"]) // each is as good as the other
        fact.values.push_back(holder_text(holder, tid.dump(), carrier) + who);
    return fact;
}

void add_holders(std::vector<Fact>& facts, const Truth& truth, const Json& endpoint,
                 const std::string& topic) {
    if (endpoint.contains("holders"))
        for (const auto& holder : endpoint["holders"])
            facts.push_back(holder_fact(truth, holder, topic));
}

// A name is told as it leads to the socket now; netlink knows it as it was given to bind().
void add_name(std::vector<Fact>& facts, const Json& endpoint, Source source, const std::string& topic) {
    const auto name = name_in(endpoint);
    if (name.empty())
        return;
    Fact fact{.topic = topic, .values = {}};
    if (endpoint.contains("path_b64"))
        fact.values.push_back(readable(from_base64(endpoint["path_b64"].get<std::string>())));
    if (fact.values.empty() || source == Source::diag)
        fact.values.push_back(readable(name));
    facts.push_back(std::move(fact));
}

void add_edge(std::vector<Fact>& facts, const Truth& truth, const Json& edge, Source source) {
    const auto key = edge.value("key", "");
    const auto place = key.empty() ? "nobody" : place_of(truth, key);
    facts.push_back({.topic = "edge", .values = {edge["state"].get<std::string>() + " to " + place}});
    facts.push_back(
        {.topic = "edge to " + place + ", method", .values = {source == Source::bpf ? "pointer" : "diag"}});
    if (key.empty())
        return;
    const auto& other = truth.at(key);
    facts.push_back({.topic = "edge to " + place + ", netns", .values = {other["netns"].dump()}});
    add_name(facts, other, source, "edge to " + place + ", name");
    add_holders(facts, truth, other, "edge to " + place + ", holder");
}

void add_listener(std::vector<Fact>& facts, const Truth& truth, const std::string& key, Source source) {
    facts.push_back({.topic = "listener", .values = {key}});
    add_name(facts, truth.at(key), source, "listener, name");
    add_holders(facts, truth, truth.at(key), "listener, holder");
}

// -- answer -----------------------------------------------------------------------------------------------

std::string place_of(const Truth& truth, const Json& object, const char* field, const char* otherwise) {
    if (!object.contains(field))
        return otherwise;
    const auto inode = object[field].get<std::uint64_t>();
    return truth.key_of(inode).value_or("ino:" + std::to_string(inode));
}

void add_answered_holders(std::vector<Fact>& facts, const Truth& truth, const Json& object,
                          const std::string& topic) {
    if (!object.contains("holders"))
        return;
    for (const auto& holder : object["holders"]) {
        const auto tid = holder.contains("tid") ? holder["tid"].dump() : "";
        const auto who = holder["via"] == "fd" ? identity_text(holder) : "";
        const auto carrier = place_of(truth, holder, "carrier", "nobody yet");
        facts.push_back({.topic = topic, .values = {holder_text(holder, tid, carrier) + who}});
    }
}

void add_answered_name(std::vector<Fact>& facts, const Json& object, const std::string& topic) {
    if (const auto name = name_in(object); !name.empty())
        facts.push_back({.topic = topic, .values = {readable(name)}});
}

void add_answered_edge(std::vector<Fact>& facts, const Truth& truth, const Json& edge) {
    const auto state = edge.value("state", "none");
    const auto place = place_of(truth, edge, "inode", state == "pending" ? "nobody yet" : "nobody");
    facts.push_back({.topic = "edge", .values = {state + " to " + place}});
    facts.push_back({.topic = "edge to " + place + ", method", .values = {edge.value("method", "none")}});
    if (edge.contains("netns"))
        facts.push_back({.topic = "edge to " + place + ", netns", .values = {edge["netns"].dump()}});
    add_answered_name(facts, edge, "edge to " + place + ", name");
    add_answered_holders(facts, truth, edge, "edge to " + place + ", holder");
}

constexpr const char* plain_fields[] = {"kind",       "type",     "netns",   "state",
                                        "name_state", "rx_queue", "backlog", "backlog_limit"};

std::string plain(const Json& value) {
    return value.is_string() ? value.get<std::string>() : value.dump();
}

} // namespace

std::string text(const Fact& fact) {
    std::string all;
    for (const auto& value : fact.values)
        all += (all.empty() ? "" : " or ") + value;
    return fact.topic + ": " + all;
}

std::vector<Fact> true_facts(const Truth& truth, const std::string& key, Source source) {
    const auto& endpoint = truth.at(key);
    std::vector<Fact> facts{{.topic = "kind", .values = {"unix"}}};
    for (const auto* field : plain_fields)
        if (endpoint.contains(field))
            facts.push_back({.topic = field, .values = {plain(endpoint[field])}});
    add_name(facts, endpoint, source, "name");
    add_holders(facts, truth, endpoint, "holder");
    if (endpoint.contains("opener"))
        facts.push_back({.topic = "opener", .values = {endpoint["opener"].dump()}});
    if (endpoint.contains("listener"))
        add_listener(facts, truth, endpoint["listener"], source);
    if (endpoint.contains("peers"))
        for (const auto& edge : endpoint["peers"])
            add_edge(facts, truth, edge, source);
    if (endpoint.contains("may_lack"))
        for (auto& fact : facts)
            for (const auto& topic : endpoint["may_lack"])
                if (fact.topic.starts_with(topic.get<std::string>()))
                    fact.required = false;
    return facts;
}

std::vector<Fact> answered_facts(const Truth& truth, const Json& endpoint) {
    std::vector<Fact> facts;
    for (const auto* field : plain_fields)
        if (endpoint.contains(field))
            facts.push_back({.topic = field, .values = {plain(endpoint[field])}});
    add_answered_name(facts, endpoint, "name");
    add_answered_holders(facts, truth, endpoint, "holder");
    if (endpoint.contains("opener"))
        facts.push_back({.topic = "opener", .values = {endpoint["opener"].dump()}});
    if (endpoint.contains("listener")) {
        const auto& listener = endpoint["listener"];
        facts.push_back({.topic = "listener", .values = {place_of(truth, listener, "inode", "nobody")}});
        add_answered_name(facts, listener, "listener, name");
        add_answered_holders(facts, truth, listener, "listener, holder");
    }
    if (endpoint.contains("peers"))
        for (const auto& edge : endpoint["peers"])
            add_answered_edge(facts, truth, edge);
    return facts;
}

} // namespace otherend::harness
