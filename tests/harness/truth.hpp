// SPDX-License-Identifier: MIT
// What is true of a topology, as its program printed it (tests/programs/truth.hpp), and which part of it a
// target means or a source can know.
#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace otherend::harness {

using Json = nlohmann::json;

enum class Source { bpf, diag };
std::string_view word(Source source);

class Truth {
  public:
    explicit Truth(
        std::string_view line); // throws if it says nothing: whatever is compared with it would pass

    [[nodiscard]] const Json& endpoints() const { return endpoints_; } // by key
    [[nodiscard]] const Json& at(const std::string& key) const { return endpoints_.at(key); }
    [[nodiscard]] std::optional<std::string> key_of(std::uint64_t socket_inode) const;
    // Which of them an answer's endpoint, edge or listener is about. An edge to an end without an inode may not tell.
    [[nodiscard]] std::optional<std::string> key_of(const Json& object) const;
    // Whether an edge can tell that it leads there.
    [[nodiscard]] bool can_be_pointed_at(const std::string& key) const;
    [[nodiscard]] bool has_process(int pid) const;
    [[nodiscard]] bool has_sockets() const;
    [[nodiscard]] std::size_t edges() const;
    [[nodiscard]] std::size_t processes() const;
    [[nodiscard]] std::set<std::uint64_t> namespaces() const;

    // Everything `source` can know of it: the documented limits of netlink are written down here, once.
    [[nodiscard]] Truth as_known_to(Source source) const;

  private:
    Json endpoints_;
    std::map<std::string, std::string> key_by_identity_;
};

// A target as the user would type it, and the endpoints it means.
struct Target {
    std::string form; // "pid", "path", ...
    std::string text;
    std::set<std::string> keys;
    bool is_exact = true; // false: it may mean endpoints of others, too
};

// Every way to point at parts of the topology; `addresses` are those of a listing with --addresses, by inode.
std::vector<Target> targets_of(const Truth& truth, const std::map<std::uint64_t, std::string>& addresses);

bool is_socket(const Json& object); // by its kind

// The bytes of a name, of a truth's or an answer's object: from the exact twin if there is one.
std::string name_in(const Json& object);

} // namespace otherend::harness
