// SPDX-License-Identifier: MIT
// The records about TCP, UDP, ptys and pipes as facts. False for a record that cannot be true.
#pragma once

#include "model/fact.hpp"
#include "otherend/record.h"

namespace otherend::kernel {

bool report(const oe_inet& record, const model::FactSink& sink);
bool report(const oe_pty& record, const model::FactSink& sink);
bool report(const oe_pipe& record, const model::FactSink& sink);

} // namespace otherend::kernel
