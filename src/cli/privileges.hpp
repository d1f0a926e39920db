// SPDX-License-Identifier: MIT
// Capabilities are for looking: what formats and prints foreign bytes runs without any.
#pragma once

namespace otherend::cli {

// For good, in this process. A failure is of no consequence to the answer and is not reported.
void drop_privileges();

} // namespace otherend::cli
