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

constexpr const char* plain_fields[] = {"kind",     "type",    "netns",         "state",      "name_state",
                                        "local",    "remote",  "tcp_state",     "dual_stack", "rx_queue",
                                        "tx_queue", "backlog", "backlog_limit", "uid"};

std::string plain(const Json& value) {
    return value.is_string() ? value.get<std::string>() : value.dump();
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

std::string carrier_of(const Truth& truth, const std::string& key) {
    return truth.can_be_pointed_at(key) ? key : "nobody yet";
}

std::string unnumbered_place(const std::string& state) {
    return state == "pending" || state == "connecting" ? "nobody yet" : "nobody";
}

std::vector<std::string> any_of(const Json& value) { // of several, each is as good as the other
    std::vector<std::string> values;
    for (const auto& one : value.is_array() ? value : Json::array({value}))
        values.push_back(plain(one));
    return values;
}

const char* usual_method(const std::string& kind, Source source) {
    if (kind == "unix")
        return source == Source::bpf ? "pointer" : "diag";
    return kind == "pty" ? "tty" : kind == "pipe" ? "pipe" : "tuple";
}

Fact holder_fact(const Truth& truth, const Json& holder, const std::string& topic) {
    const auto carrier = holder.contains("carrier") ? carrier_of(truth, holder["carrier"]) : "";
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

void add_edge(std::vector<Fact>& facts, const Truth& truth, const Json& self, const Json& edge,
              Source source) {
    const auto key = edge.value("key", ""), state = edge["state"].get<std::string>();
    const bool is_placed = !key.empty() && truth.can_be_pointed_at(key);
    const auto place = is_placed ? key : unnumbered_place(state);
    const auto kind = self.value("kind", "unix");
    const auto add = [&](const char* what, std::vector<std::string> values, bool required = true) {
        facts.push_back(
            {.topic = "edge to " + place + ", " + what, .values = std::move(values), .required = required});
    };
    facts.push_back({.topic = "edge", .values = {state + " to " + place}});
    add("method", edge.contains("method") ? any_of(edge["method"]) : any_of(usual_method(kind, source)));
    add("kind", {kind});
    if (key.empty()) {
        if (self.contains("remote"))
            add("local", {plain(self["remote"])}, state == "connected");
        return;
    }
    const auto& other = truth.at(key);
    if (other.contains("type"))
        add("type", {plain(other["type"])}, !is_socket(other));
    for (const auto* field : {"netns", "local"})
        if (other.contains(field))
            add(field, {plain(other[field])}, state != "closed" || is_placed);
    add_name(facts, other, source, "edge to " + place + ", name");
    add_holders(facts, truth, other, "edge to " + place + ", holder");
}

void add_listener(std::vector<Fact>& facts, const Truth& truth, const std::string& key, Source source) {
    facts.push_back({.topic = "listener", .values = {key}});
    if (truth.at(key).contains("local"))
        facts.push_back({.topic = "listener, local", .values = {plain(truth.at(key)["local"])}});
    add_name(facts, truth.at(key), source, "listener, name");
    add_holders(facts, truth, truth.at(key), "listener, holder");
}

// -- answer -----------------------------------------------------------------------------------------------

std::string place_of(const Truth& truth, const Json& object, const std::string& otherwise) {
    if (const auto key = truth.key_of(object))
        return *key;
    return object.contains("inode") ? "ino:" + object["inode"].dump() : otherwise;
}

void add_answered_holders(std::vector<Fact>& facts, const Truth& truth, const Json& object,
                          const std::string& topic) {
    if (!object.contains("holders"))
        return;
    for (const auto& holder : object["holders"]) {
        const auto tid = holder.contains("tid") ? holder["tid"].dump() : "";
        const auto who = holder["via"] == "fd" ? identity_text(holder) : "";
        const auto carrier =
            holder.contains("carrier") ? place_of(truth, {{"inode", holder["carrier"]}}, "") : "nobody yet";
        facts.push_back({.topic = topic, .values = {holder_text(holder, tid, carrier) + who}});
    }
}

void add_answered_name(std::vector<Fact>& facts, const Json& object, const std::string& topic) {
    if (const auto name = name_in(object); !name.empty())
        facts.push_back({.topic = topic, .values = {readable(name)}});
}

void add_answered_edge(std::vector<Fact>& facts, const Truth& truth, const Json& edge) {
    const auto state = edge.value("state", "none");
    const auto place = place_of(truth, edge, unnumbered_place(state));
    if (!is_socket(edge) && state == "unknown" && place == "nobody")
        return; // claims nothing: whether it is right to know nothing is for the endpoint's state to say
    facts.push_back({.topic = "edge", .values = {state + " to " + place}});
    for (const auto* field : {"method", "kind", "type", "netns", "local"})
        if (edge.contains(field))
            facts.push_back({.topic = "edge to " + place + ", " + field, .values = {plain(edge[field])}});
    add_answered_name(facts, edge, "edge to " + place + ", name");
    add_answered_holders(facts, truth, edge, "edge to " + place + ", holder");
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
    std::vector<Fact> facts;
    if (!endpoint.contains("kind"))
        facts.push_back({.topic = "kind", .values = {"unix"}});
    for (const auto* field : plain_fields)
        if (endpoint.contains(field))
            facts.push_back({.topic = field, .values = any_of(endpoint[field])});
    add_name(facts, endpoint, source, "name");
    add_holders(facts, truth, endpoint, "holder");
    if (endpoint.contains("opener"))
        facts.push_back({.topic = "opener", .values = {endpoint["opener"].dump()}});
    if (endpoint.contains("listener"))
        add_listener(facts, truth, endpoint["listener"], source);
    if (endpoint.contains("peers"))
        for (const auto& edge : endpoint["peers"])
            add_edge(facts, truth, endpoint, edge, source);
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
        facts.push_back({.topic = "listener", .values = {place_of(truth, listener, "nobody")}});
        if (listener.contains("local"))
            facts.push_back({.topic = "listener, local", .values = {plain(listener["local"])}});
        add_answered_name(facts, listener, "listener, name");
        add_answered_holders(facts, truth, listener, "listener, holder");
    }
    if (endpoint.contains("peers"))
        for (const auto& edge : endpoint["peers"])
            add_answered_edge(facts, truth, edge);
    return facts;
}

} // namespace otherend::harness
