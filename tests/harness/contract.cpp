// SPDX-License-Identifier: MIT
#include "harness/contract.hpp"

#include <map>
#include <set>

namespace otherend::harness {

namespace {

using Json = nlohmann::json;
using Words = std::set<std::string>;

const std::map<std::string, Words> vocabulary{
    {"kind", {"unix", "tcp", "udp", "pty", "pipe"}},
    {"state",
     {"connected", "pending", "connecting", "closed", "inflight", "listening", "unconnected", "raced",
      "unknown"}},
    {"method", {"pointer", "diag", "inferred", "tuple", "sequence", "conntrack", "tty", "pipe"}},
    {"tcp_state",
     {"established", "syn_sent", "syn_recv", "fin_wait1", "fin_wait2", "time_wait", "close", "close_wait",
      "last_ack", "listen", "closing"}},
    {"via", {"fd", "inflight", "io_uring", "kernel"}},
    {"name_state", {"live", "unlinked", "replaced", "hidden"}},
};

const std::map<std::string, Words> types{
    {"unix", {"stream", "dgram", "seqpacket"}},
    {"tcp", {}},
    {"udp", {}},
    {"pty", {"master", "slave"}},
    {"pipe", {"read", "write"}},
};

// Numbers that may be 0; of the others 0 would mean "none", and none is absent.
const Words may_be_zero{"rx_queue", "tx_queue", "backlog", "backlog_limit", "uid", "fd"};
const Words numbers{"inode", "cookie", "netns", "pid", "tid", "carrier", "count", "cgroup"};
const Words addresses{"local", "remote"};

const Words endpoint_fields{"kind",
                            "type",
                            "inode",
                            "cookie",
                            "address",
                            "netns",
                            "state",
                            "name",
                            "name_b64",
                            "name_state",
                            "rx_queue",
                            "tx_queue",
                            "backlog",
                            "backlog_limit",
                            "holders",
                            "opener",
                            "listener",
                            "peers",
                            "local",
                            "remote",
                            "uid",
                            "cgroup",
                            "stuck",
                            "tcp_state",
                            "dual_stack",
                            "timer",
                            "retransmits",
                            "total_retransmits",
                            "rtt_us",
                            "rtt_variance_us",
                            "congestion",
                            "congestion_window",
                            "send_window",
                            "bytes_acked",
                            "bytes_received",
                            "last_sent_ms",
                            "last_received_ms",
                            "last_ack_ms",
                            "last_read_ms",
                            "unanswered_ms",
                            "memory"};
const Words timer_fields{"which", "expires_ms", "retries"};
const Words edge_fields{"state", "method", "inode",    "address", "kind", "type",
                        "netns", "name",   "name_b64", "holders", "note", "local"};
const Words holder_fields{"via",     "pid", "tid",   "fd",      "comm",      "comm_b64", "exe",
                          "exe_b64", "uid", "netns", "carrier", "container", "unit",     "own_pid"};
const Words listener_fields{"inode", "name", "name_b64", "local", "holders"};
const Words opener_fields{"pid", "uid"};

// "127.0.0.1:80" or "[::1]:80"; an IPv4-mapped one is printed as IPv4.
bool is_address(const std::string& text) {
    const auto colon = text.rfind(':');
    if (colon == std::string::npos || colon + 1 == text.size() ||
        text.find_first_not_of("0123456789", colon + 1) != std::string::npos)
        return false;
    const auto host = text.substr(0, colon);
    if (host.starts_with('['))
        return host.ends_with(']') && !host.starts_with("[::ffff:");
    return !host.empty() && host.find_first_not_of("0123456789.") == std::string::npos;
}

class Check {
  public:
    std::vector<std::string> breaches;

    void endpoint(const Json& object) {
        fields(object, endpoint_fields, {"kind", "state"});
        kind(object);
        holders(object);
        if (object.contains("timer"))
            fields(object["timer"], timer_fields, timer_fields);
        if (object.contains("opener"))
            fields(object["opener"], opener_fields, {"uid"});
        if (object.contains("listener")) {
            fields(object["listener"], listener_fields, {"inode"});
            holders(object["listener"]);
        }
        if (object.contains("peers"))
            for (const auto& edge : object["peers"]) {
                fields(edge, edge_fields, {"state", "method", "kind"});
                holders(edge);
            }
    }

    void fields(const Json& object, const Words& known, const Words& needed) {
        for (const auto& [field, value] : object.items()) {
            if (!known.contains(field))
                report(object, field, "is not in the contract");
            this->value(object, field, value);
        }
        for (const auto& field : needed)
            if (!object.contains(field))
                report(object, field, "is missing");
    }

  private:
    // What endpoints of this kind have, and the others have not.
    void kind(const Json& object) {
        const auto kind = object.value("kind", "");
        const bool is_inet = kind == "tcp" || kind == "udp";
        const auto has = [&](const char* field, bool right) {
            if (object.contains(field) != right)
                report(object, field, right ? "is missing" : "is of other kinds");
        };
        has("netns", is_inet || kind == "unix");
        has("type", !is_inet);
        for (const auto* field : {"local", "remote", "tcp_state", "dual_stack"})
            if (!is_inet)
                has(field, false);
        if (kind == "pty")
            has("inode", false);
        type(object);
        if (object.contains("peers"))
            for (const auto& edge : object["peers"])
                type(edge);
    }

    void type(const Json& object) {
        const auto words = types.find(object.value("kind", ""));
        if (words != types.end() && object.contains("type") &&
            !words->second.contains(object.value("type", "")))
            report(object, "type", "is none of its kind");
    }

    void holders(const Json& object) {
        if (object.contains("holders"))
            for (const auto& holder : object["holders"])
                fields(holder, holder_fields, {"via"});
    }

    void value(const Json& object, const std::string& field, const Json& value) {
        if (const auto words = vocabulary.find(field); words != vocabulary.end())
            if (!value.is_string() || !words->second.contains(value.get<std::string>()))
                report(object, field, "is none of its words");
        if (addresses.contains(field) && !is_address(value.is_string() ? value.get<std::string>() : ""))
            report(object, field, "is no address");
        const bool is_number = numbers.contains(field) || may_be_zero.contains(field);
        if (is_number && !value.is_number_unsigned())
            report(object, field, "is no number");
        if (numbers.contains(field) && value == 0)
            report(object, field, "is 0, and should be absent");
        if (value.is_null() || ((value.is_string() || value.is_array()) && value.empty()))
            report(object, field, "is empty, and should be absent");
    }

    void report(const Json& object, const std::string& field, const char* what) {
        breaches.push_back("'" + field + "' " + what + " in " + object.dump());
    }
};

} // namespace

std::vector<std::string> breaches_of_contract(const Json& answer) {
    if (!answer.is_object())
        return {"the answer is no document"};
    Check check;
    if (answer.value("schema", "") != "otherend/1")
        check.breaches.push_back("the schema is not otherend/1");
    for (const auto* field : {"host", "time", "source", "endpoints", "unseen"})
        if (!answer.contains(field))
            check.breaches.push_back(std::string(field) + " is missing");
    for (const auto& endpoint : answer.value("endpoints", Json::array()))
        check.endpoint(endpoint);
    for (const auto& item : answer.value("unseen", Json::array()))
        check.fields(item, {"what", "why", "count"}, {"what", "why", "count"});
    return std::move(check.breaches);
}

} // namespace otherend::harness
