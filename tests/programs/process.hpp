// SPDX-License-Identifier: MIT
// Processes that report what they made and then stay, and waiting for what others do. Nothing outlives the
// program: a child dies with its parent.
#pragma once

#include "truth.hpp"

#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <sys/types.h>

namespace otherend::topology {

inline constexpr int exit_skipped = 77; // the kernel does not offer what the topology needs

[[noreturn]] void fail(std::string_view what); // both say errno, clean up and exit
[[noreturn]] void skip(std::string_view why);
int check(int result, std::string_view what); // result, unless it is -1
void wait_until(const std::function<bool()>& done, std::string_view what);

pid_t own_pid(); // as the host sees it, also from another pid namespace
pid_t own_tid();
bool is_asleep_in_connect(pid_t pid, pid_t tid);
bool is_asleep_in_send(pid_t pid);
bool is_zombie(pid_t pid);
void die_with(pid_t parent); // which must be the caller's

// Says "go on" from one process or thread to another.
class Token {
  public:
    Token();
    void give();
    void take();

  private:
    int fd_; // no pipe: those are told
};

struct Report {
    Truth truth;
    int pipe = -1;

    void send(); // at the latest when the body ends; needed before a body blocks
};

struct Party {
    pid_t pid = 0;
    int pipe = -1;

    std::string report(); // waits for it
};

// A child process that runs `body`, reports, and stays until its parent is gone.
Party start(const std::function<void(Report&)>& body);

// A child process that runs `body` and reports nothing.
pid_t start_child(const std::function<void()>& body);

// Closes every socket, pipe and terminal but these and the frame's: what a child inherits without being meant to
// would be a holder, too.
void keep_only(std::initializer_list<int> fds);
// Of a thread in a descriptor table of its own: not even the pipe of the report.
void keep_nothing();

// A directory of the program's own, removed by its main process however it ends.
void make_directory();
void remove_directory();
const std::string& own_directory();

} // namespace otherend::topology
