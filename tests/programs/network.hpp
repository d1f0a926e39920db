// SPDX-License-Identifier: MIT
// Network namespaces with something in them. What is made goes with its namespace.
#pragma once

#include <initializer_list>
#include <string>
#include <sys/types.h>

namespace otherend::topology {

void enter_new_network(); // a network namespace whose loopback is up

// Runs a program of the host. need(): without it, or if it says no, the topology is skipped.
void need(std::initializer_list<std::string> command);

// A cable: interface `name` here and `peer` in the network namespace of process `other`.
void lay_cable(const std::string& name, const std::string& peer, pid_t other);
void set_address(const std::string& interface, const std::string& prefix); // and bring it up

} // namespace otherend::topology
