// SPDX-License-Identifier: MIT
// The snapshot programs, loaded. Tried in this order, by loading, never by kernel version:
//   light   through the kernel's loader, without parsing BTF in user space (Linux 5.17)
//   full    the same through libbpf
//   compat  sockets by address, in a form that kernels without iter/unix or bpf_loop take (Linux 5.10)
#pragma once

#include "base/fd.hpp"
#include "otherend/result.hpp"

#include <cstdint>
#include <string_view>
#include <variant>

namespace otherend::kernel {

enum class Loader { light, full, compat };

std::string_view name_of(Loader loader);

// Ring buffers, in bytes, a power of two of pages. The small one costs an idle host least, and takes 1,000 sockets
// at once; the large one takes 30,000 and is mapped twice, so it is all of the memory budget that is to spare.
enum class RingSize : std::uint32_t { small = 256 * 1024, large = 4 * 1024 * 1024 };

// A program over the sockets of one network namespace (iter/unix).
struct NamespaceProgram {
    Fd program;
    Fd ring;     // where it writes its records
    Fd pass_map; // which hash buckets it is to read (bpf/emit.h)
    RingSize size = RingSize::small;
};

// A program over the sockets whose addresses are in a map (iter/bpf_map_elem).
struct AddressProgram {
    Fd program;
    Fd addresses;
};

using SocketProgram = std::variant<NamespaceProgram, AddressProgram>; // Loader::compat has the latter

struct Programs {
    Loader loader = Loader::light;
    Fd holders; // iter/task_file: every descriptor
    SocketProgram sockets;
};

Result<Programs> load(Loader loader, RingSize ring);

// The first that loads. The error of the last attempt, whose class says whether privilege was missing.
Result<Programs> load_best(RingSize ring);

// The queues and paths of sockets, which take walks.
Result<SocketProgram> load_details(Loader loader, RingSize ring);

// What io_urings have registered (iter/task_file).
Result<Fd> load_rings();

} // namespace otherend::kernel
