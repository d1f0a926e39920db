// SPDX-License-Identifier: MIT
// /proc/net/unix (unix_seq_show() in net/unix/af_unix.c) as facts: every socket of a namespace, without its peer.
#pragma once

#include "model/fact.hpp"

#include <cstdint>
#include <string_view>

namespace otherend::system {

// Returns how many ends wait for accept(): they have a row, but neither inode nor peer, and become no fact.
std::uint64_t parse_unix_table(std::string_view text, NetnsId netns, const model::FactSink& sink);

} // namespace otherend::system
