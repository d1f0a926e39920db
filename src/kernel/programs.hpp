// SPDX-License-Identifier: MIT
// The loaded snapshot programs. Tried in this order, by loading, never by kernel version:
//   light   both programs through the kernel's loader, without parsing BTF in user space (Linux 5.17)
//   full    the same through libbpf
//   compat  descriptors only, in a form that kernels without iter/unix or bpf_loop take (Linux 5.10)
#pragma once

#include "base/fd.hpp"
#include "otherend/result.hpp"

#include <cstdint>
#include <string_view>

namespace otherend::kernel {

enum class Loader { light, full, compat };

std::string_view name_of(Loader loader);

// Ring buffers, in bytes, a power of two of pages. The small one costs an idle host least; the large one takes a
// quarter of 100,000 sockets at once and is mapped twice, so it is all of the memory budget that is to spare.
enum class RingSize : std::uint32_t { small = 256 * 1024, large = 4 * 1024 * 1024 };

struct Programs {
    Loader loader = Loader::light;
    Fd holders;  // iter/task_file
    Fd sockets;  // iter/unix; this and the maps are absent with Loader::compat
    Fd ring;     // where it writes its records
    Fd pass_map; // which hash buckets it is to read (bpf/unix_socket.h)
};

Result<Programs> load(Loader loader, RingSize ring = RingSize::small);

// The first that loads. The error of the last attempt, whose class says whether privilege was missing.
Result<Programs> load_best();

} // namespace otherend::kernel
