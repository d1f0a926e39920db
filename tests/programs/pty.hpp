// SPDX-License-Identifier: MIT
// Pseudoterminals, see pty(7). No end becomes the controlling terminal of its process unless asked to.
#pragma once

#include <string>

namespace otherend::topology {

int open_master(const std::string& ptmx = "/dev/ptmx");
int open_slave_of(int master); // in the same devpts instance, whatever is mounted at /dev/pts
void control_by(int slave);    // a new session, and `slave` as its controlling terminal
void enter_new_devpts();       // a mount namespace with an instance of its own at /dev/pts

bool is_master(int fd);
unsigned pty_index_of(int fd); // N of /dev/pts/N, also of a descriptor of /dev/tty

} // namespace otherend::topology
