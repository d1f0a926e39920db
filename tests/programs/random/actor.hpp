// SPDX-License-Identifier: MIT
// An actor is a descriptor table and the thread that works on it: a process, a thread that did
// unshare(CLONE_FILES), or the last thread of a process whose leader has exited. It does one step at a time, as
// told, so that the director always knows what is true.
#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>
#include <sys/types.h>

namespace otherend::topology {

enum class Birth {
    process,          // a fork of the actor that is asked
    process_in_netns, // the same, in a new network namespace
    headless_process, // the same, and its leader exits
    thread,           // of the same process, with a copy of the table
};

// The director's side: a command is sent, its answer awaited.
class Actor {
  public:
    // The first one is a child of the director; the others are born of one that exists.
    static Actor start();
    Actor give_birth(Birth birth, int number) const;

    // "listen", "connect", "accept" ...: see actor.cpp. The answer holds what it made: fd, inode, tid.
    nlohmann::json tell(const nlohmann::json& command) const;

    pid_t pid = 0;
    pid_t tid = 0; // only if that is not pid
    std::uint64_t netns = 0;

  private:
    static Actor meet(const std::string& place);

    int commands_ = -1, answers_ = -1;
};

} // namespace otherend::topology
