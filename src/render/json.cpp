// SPDX-License-Identifier: MIT
#include "render/json.hpp"

#include "base/escape.hpp"
#include "base/ip_text.hpp"
#include "render/words.hpp"

#include <fmt/format.h>
#include <string>
#include <string_view>
#include <utility>

namespace otherend::render {
namespace {

// The '@' that stands for the leading NUL of an abstract name needs no twin.
void put_name(Json& object, std::string_view bytes) {
    if (bytes.empty())
        return;
    object["name"] = socket_name_text(bytes);
    if (bytes.starts_with('@') || !is_plain_utf8(bytes.substr(bytes.front() == '\0')))
        object["name_b64"] = base64(bytes);
}

template <typename Enumeration> void put_word(Json& object, const char* key, Enumeration value) {
    if (!word(value).empty())
        object[key] = word(value);
}

template <typename Id> void put_set(Json& object, const char* key, Id id) {
    if (is_set(id))
        object[key] = number(id);
}

template <typename Id>
    requires std::is_enum_v<Id>
void put_known(Json& object, const char* key, std::optional<Id> id) {
    if (id)
        object[key] = number(*id);
}

template <typename Number>
    requires std::is_unsigned_v<Number>
void put_known(Json& object, const char* key, std::optional<Number> value) {
    if (value)
        object[key] = *value;
}

void put_endpoint(Json& object, const char* key, const std::optional<IpEndpoint>& endpoint) {
    if (endpoint)
        object[key] = endpoint_text(*endpoint);
}

void put_container(Json& object, const Container& container) {
    Json& inner = object["container"] = Json::object();
    put_text(inner, "runtime", container.runtime);
    put_text(inner, "id", container.id);
    put_text(inner, "name", container.name);
    put_text(inner, "image", container.image);
}

void put_tcp(Json& object, const Tcp& tcp) {
    put_word(object, "tcp_state", tcp.state);
    if (tcp.dual_stack)
        object["dual_stack"] = true;
    if (tcp.timer) {
        Json& timer = object["timer"] = Json::object();
        put_word(timer, "which", tcp.timer->kind);
        timer["expires_ms"] = tcp.timer->expires_ms;
        timer["retries"] = tcp.timer->retries;
    }
    put_known(object, "retransmits", tcp.retransmits);
    put_known(object, "total_retransmits", tcp.total_retransmits);
    put_known(object, "rtt_us", tcp.rtt_us);
    put_known(object, "rtt_variance_us", tcp.rtt_variance_us);
    put_text(object, "congestion", tcp.congestion);
    put_known(object, "congestion_window", tcp.congestion_window);
    put_known(object, "send_window", tcp.send_window);
    put_known(object, "bytes_acked", tcp.bytes_acked);
    put_known(object, "bytes_received", tcp.bytes_received);
    put_known(object, "last_sent_ms", tcp.last_sent_ms);
    put_known(object, "last_received_ms", tcp.last_received_ms);
    put_known(object, "last_ack_ms", tcp.last_ack_ms);
    put_known(object, "last_read_ms", tcp.last_read_ms);
    put_known(object, "unanswered_ms", tcp.unanswered_ms);
    put_known(object, "memory", tcp.memory);
}

void put_address(Json& object, std::optional<SockAddress> address, bool wanted) {
    if (wanted && address)
        object["address"] = fmt::format("{:#x}", number(*address));
}

} // namespace

Json to_json(const Holder& holder) {
    Json object = Json::object();
    put_word(object, "via", holder.via);
    put_set(object, "pid", holder.pid);
    put_known(object, "own_pid", holder.own_pid);
    put_known(object, "tid", holder.tid);
    if (holder.fd >= 0)
        object["fd"] = holder.fd;
    put_text(object, "comm", holder.comm);
    put_text(object, "exe", holder.exe);
    if (is_set(holder.pid))
        object["uid"] = holder.uid;
    put_set(object, "netns", holder.netns);
    put_known(object, "carrier", holder.carrier);
    if (holder.container)
        put_container(object, *holder.container);
    put_text(object, "unit", holder.unit);
    return object;
}

namespace {

void put_holders(Json& object, const std::vector<Holder>& holders) {
    if (holders.empty())
        return;
    Json& array = object["holders"] = Json::array();
    for (const Holder& holder : holders)
        array.push_back(to_json(holder));
}

Json to_json(const Listener& listener) {
    Json object = Json::object();
    put_set(object, "inode", listener.inode);
    put_name(object, listener.name);
    put_endpoint(object, "local", listener.local);
    put_holders(object, listener.holders);
    return object;
}

Json to_json(const Edge& edge, bool addresses) {
    Json object = Json::object();
    put_word(object, "state", edge.state);
    put_word(object, "method", edge.method);
    put_known(object, "inode", edge.inode);
    put_address(object, edge.address, addresses);
    put_word(object, "kind", edge.kind);
    if (edge.kind == Kind::pty || edge.kind == Kind::pipe)
        put_word(object, "type", edge.type);
    put_set(object, "netns", edge.netns);
    put_name(object, edge.name);
    put_endpoint(object, "local", edge.local);
    put_holders(object, edge.holders);
    put_text(object, "note", edge.note);
    return object;
}

void put_relations(Json& object, const Endpoint& endpoint, bool addresses) {
    put_holders(object, endpoint.holders);
    if (const auto& opener = endpoint.opener) {
        Json& credentials = object["opener"] = Json::object();
        put_set(credentials, "pid", opener->pid);
        credentials["uid"] = opener->uid;
    }
    if (endpoint.listener)
        object["listener"] = to_json(*endpoint.listener);
    if (endpoint.peers.empty())
        return;
    Json& peers = object["peers"] = Json::array();
    for (const Edge& edge : endpoint.peers)
        peers.push_back(to_json(edge, addresses));
}

} // namespace

void put_text(Json& object, const std::string& key, std::string_view bytes) {
    if (bytes.empty())
        return;
    object[key] = escape(bytes);
    if (!is_plain_utf8(bytes))
        object[key + "_b64"] = base64(bytes);
}

Json to_json(const Head& head) {
    Json object = {{"schema", schema}};
    put_text(object, "host", head.host);
    put_text(object, "time", head.time);
    put_text(object, "source", head.source);
    return object;
}

Json to_json(const Endpoint& endpoint, bool addresses) {
    Json object = Json::object();
    put_word(object, "kind", endpoint.kind);
    put_word(object, "type", endpoint.type);
    put_known(object, "inode", endpoint.inode);
    put_known(object, "cookie", endpoint.cookie);
    put_address(object, endpoint.address, addresses);
    put_set(object, "netns", endpoint.netns);
    put_word(object, "state", endpoint.state);
    put_name(object, endpoint.name);
    if (endpoint.name_state)
        put_word(object, "name_state", *endpoint.name_state);
    put_endpoint(object, "local", endpoint.local);
    put_endpoint(object, "remote", endpoint.remote);
    put_known(object, "rx_queue", endpoint.rx_queue);
    put_known(object, "tx_queue", endpoint.tx_queue);
    put_known(object, "backlog", endpoint.backlog);
    put_known(object, "backlog_limit", endpoint.backlog_limit);
    put_known(object, "uid", endpoint.uid);
    put_known(object, "cgroup", endpoint.cgroup);
    if (endpoint.tcp)
        put_tcp(object, *endpoint.tcp);
    for (const auto& reason : endpoint.stuck)
        object["stuck"].push_back(escape(reason));
    put_relations(object, endpoint, addresses);
    return object;
}

Json to_json(std::span<const Unseen> unseen) {
    Json array = Json::array();
    for (const Unseen& item : unseen) {
        Json object = Json::object();
        put_text(object, "what", item.what);
        put_text(object, "why", item.why);
        object["count"] = item.count;
        array.push_back(std::move(object));
    }
    return array;
}

} // namespace otherend::render
