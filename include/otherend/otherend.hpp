// SPDX-License-Identifier: MIT
// The library: ask who is on the other end, get values. The program `otherend` is built on the same call.
#pragma once

#include "otherend/answer.hpp"
#include "otherend/patience.hpp"
#include "otherend/result.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#define OTHEREND_API __attribute__((visibility("default")))

namespace otherend {

enum class SourceChoice : std::uint8_t { automatic, bpf, diag, proc }; // automatic: the best that works

struct Question {
    // As on the command line: "4242", "4242/7", "ino:70162", "/run/docker.sock", "@name", ":5432", "comm:nginx", …
    // Empty: every endpoint of the host.
    std::vector<std::string> targets;
    std::set<Kind> kinds; // only endpoints of these; empty: of all
    SourceChoice source = SourceChoice::automatic;
    bool verify = false; // confirm pointers read in the kernel through sock_diag
    std::optional<Patience>
        stuck;                // only TCP and UNIX endpoints on which nothing moves; fills Endpoint::stuck
    bool executables = false; // fill Holder::exe, at the cost of a look at every process
};

struct Answer {
    std::string host;
    std::string source; // what was read: "bpf", "bpf+diag", "diag", "proc"
    std::vector<Endpoint> endpoints;
    std::vector<Unseen> unseen;         // what could not be looked at: the answer is partial then
    std::vector<std::string> unmatched; // targets nothing matched
};

// Takes a snapshot and answers from it. The calling thread enters other network namespaces and returns from them;
// no state is kept. Errors: usage for a target that cannot be parsed, not_permitted or unsupported if no source
// can be read. Lack of privilege is mostly not an error but makes the answer partial.
OTHEREND_API Result<Answer> resolve(const Question& question);

} // namespace otherend
