// SPDX-License-Identifier: MIT
#include "harness/contract.hpp"

#include <map>
#include <set>

namespace otherend::harness {

namespace {

using Json = nlohmann::json;
using Words = std::set<std::string>;

const std::map<std::string, Words> vocabulary{
    {"kind", {"unix"}},
    {"type", {"stream", "dgram", "seqpacket"}},
    {"state",
     {"connected", "pending", "connecting", "closed", "inflight", "listening", "unconnected", "raced",
      "unknown"}},
    {"method", {"pointer", "diag", "inferred"}},
    {"via", {"fd", "inflight", "io_uring", "kernel"}},
    {"name_state", {"live", "unlinked", "replaced", "hidden"}},
};

// Numbers that may be 0; of the others 0 would mean "none", and none is absent.
const Words may_be_zero{"rx_queue", "tx_queue", "backlog", "backlog_limit", "uid", "fd"};
const Words numbers{"inode", "cookie", "netns", "pid", "tid", "carrier", "count"};

const Words endpoint_fields{"kind",    "type",          "inode",    "cookie",     "address",  "netns",
                            "state",   "name",          "name_b64", "name_state", "rx_queue", "tx_queue",
                            "backlog", "backlog_limit", "holders",  "opener",     "listener", "peers"};
const Words edge_fields{"state", "method", "inode",    "address", "kind",
                        "netns", "name",   "name_b64", "holders", "note"};
const Words holder_fields{"via", "pid",     "tid", "fd",    "comm",   "comm_b64",
                          "exe", "exe_b64", "uid", "netns", "carrier"};
const Words listener_fields{"inode", "name", "name_b64", "holders"};
const Words opener_fields{"pid", "uid"};

class Check {
  public:
    std::vector<std::string> breaches;

    void endpoint(const Json& object) {
        fields(object, endpoint_fields, {"kind", "netns", "state"});
        holders(object);
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
    void holders(const Json& object) {
        if (object.contains("holders"))
            for (const auto& holder : object["holders"])
                fields(holder, holder_fields, {"via"});
    }

    void value(const Json& object, const std::string& field, const Json& value) {
        if (const auto words = vocabulary.find(field); words != vocabulary.end())
            if (!value.is_string() || !words->second.contains(value.get<std::string>()))
                report(object, field, "is none of its words");
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
