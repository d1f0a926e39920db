// SPDX-License-Identifier: MIT
// A holder in words that are targets again: "nginx 812/5" can be pasted after `otherend who`.
#pragma once

#include "otherend/answer.hpp"

#include <span>
#include <string>

namespace otherend::render {

void append_holder(std::string& out, const Holder& holder);

// Where it runs, after the above: " in web (pid 7 there)", by the container's name, or else by as much of its id as
// runtimes show.
void append_place(std::string& out, const Holder& holder);
// Only " (pid 7 there)", where the container has a column of its own.
void append_own_pid(std::string& out, const Holder& holder);

// For people: those that differ only in the pid share one item, "postgres {812,813}/5", more than a few are
// counted, "postgres ×12 (812/5 …)", and after some items the rest is a number, "… 7 more". Says the place, too:
// "nginx 812/5 in web (pid 7 there)", "nginx {812,813}/5 in web (pids 7,8 there)".
void append_grouped_holders(std::string& out, std::span<const Holder> holders);

} // namespace otherend::render
