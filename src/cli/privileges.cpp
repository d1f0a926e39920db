// SPDX-License-Identifier: MIT
#include "cli/privileges.hpp"

#include <cap-ng.h>

namespace otherend::cli {

void drop_privileges() {
    capng_clear(CAPNG_SELECT_CAPS);
    (void)capng_apply(CAPNG_SELECT_CAPS);
}

} // namespace otherend::cli
