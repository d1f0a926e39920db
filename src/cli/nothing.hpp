// SPDX-License-Identifier: MIT
// Why a target matched nothing.
#pragma once

#include "otherend/result.hpp"
#include "query/target.hpp"

#include <iosfwd>
#include <string>

namespace otherend::cli {

// Writes one line to `err`; or returns the error, where the reason is that we were not allowed to look.
Result<void> explain_nothing(const query::Target& target, const std::string& text, std::ostream& err);

} // namespace otherend::cli
