// SPDX-License-Identifier: MIT
// The running kernel's memory, as /proc/kcore shows it to root: an ELF core file whose segments say which addresses
// are where in the file (fs/proc/kcore.c). Locked down kernels refuse it (man 7 kernel_lockdown).
#pragma once

#include "base/fd.hpp"
#include "memory.hpp"

#include <elf.h>
#include <string_view>
#include <vector>

namespace otherend::oracle {

class Kcore : public Memory {
  public:
    // not_permitted, or unsupported where the kernel has none.
    static Result<Kcore> open();

    bool read(Address from, std::span<std::byte> to) const override;

  private:
    Kcore(Fd file, std::vector<Elf64_Phdr> segments);

    Fd file_;
    std::vector<Elf64_Phdr> segments_;
};

// From /proc/kallsyms; not_permitted where it hides addresses (sysctl kernel.kptr_restrict).
Result<Address> address_of_symbol(std::string_view name);

} // namespace otherend::oracle
