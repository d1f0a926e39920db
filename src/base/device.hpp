// SPDX-License-Identifier: MIT
// Device numbers in the kernel's encoding.
#pragma once

#include <cstdint>
#include <sys/sysmacros.h>
#include <sys/types.h>

namespace otherend {

// As the kernel keeps them in super_block::s_dev and prints them in its tables: MKDEV() of <linux/kdev_t.h>.
inline std::uint32_t kernel_device(dev_t device) {
    return major(device) << 20 | minor(device);
}

} // namespace otherend
