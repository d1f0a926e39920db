// SPDX-License-Identifier: MIT
// The value of --stuck-after: "5" for everything, or "retransmit=3,unread=10" for what is named.
#pragma once

#include "otherend/patience.hpp"
#include "otherend/result.hpp"

#include <string_view>

namespace otherend::cli {

// Seconds, whole or not. The parts are taken from left to right. Errors are of class usage.
Result<Patience> parse_patience(std::string_view text);

} // namespace otherend::cli
