// SPDX-License-Identifier: MIT
// The parts of a path as words, safe to print: its processes, channels and ends. All the formats for people use them.
#pragma once

#include "otherend/path.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace otherend::render {

std::string_view word(Flow flow);
std::string_view word(Evidence evidence);
std::string_view word(EndReason reason);

// "socat 20/5,6 in server1 (pid 7 there)", the processes separated by commas; after some of them "… 7 more".
std::string processes_text(std::span<const Holder> holders);

// The same without descriptors, each process once: "socat 20 in server1 (pid 7 there)".
std::vector<std::string> process_names(std::span<const Holder> holders);
// "10/3", several separated by commas; empty where nobody is known to have a descriptor
std::string descriptors_text(std::span<const Holder> holders);

// "socat 20/5 ⇄ 20/7 in server1 (pid 7 there), inferred"
std::string relay_text(const Relay& relay);
// What it passes on, for whoever names its process already: "20/5 ⇄ 20/7, inferred"
std::string relayed_text(const Relay& relay);

// "tcp 172.22.0.2:1234 — 172.22.0.3:40000", without what is not known
std::string channel_text(const Channel& channel);
// "connected, tuple", "unknown: why"
std::string state_text(const Channel& channel);

// What a path or branch leaves last, or begins with: an end of its outermost channel, and the other end of that.
struct Tip {
    const Endpoint* end = nullptr; // null: not known
    const Endpoint* across = nullptr;
};
Tip first_of(std::span<const Hop> hops);
Tip last_of(std::span<const Hop> hops);

// The holders of the end: the programs, and those that hold the other end too, if there are any of both. Else all are
// programs.
struct Stand {
    std::vector<Holder> programs, keepers;
};
Stand stand_of(const Tip& tip);
// "kept open by socat 20/6"
std::string kept_open_text(std::span<const Holder> keepers);

// What stands at an end of a path: its holders, or why there is nobody to name. Who holds the other end too, as who made
// a pty keeps its slave open, stands behind the others: "cat 40/3; kept open by socat 20/6".
std::string end_text(const PathEnd& end, const Tip& tip);

} // namespace otherend::render
