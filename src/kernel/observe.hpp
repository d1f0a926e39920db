// SPDX-License-Identifier: MIT
// Watching which descriptors of a process move data into which others, at the exit of its system calls
// (bpf/moved.h says what is believed of them). Every system call of the host takes about 0.1 us longer
// while it lasts. Nothing stays in the kernel.
//
// Not seen: data moved by an io_uring, which is counted, and by 32-bit tasks, whose calls are counted; what goes from
// one thread to another and is not written from the memory it was read into; vmsplice(), and memory mapped from a
// device or file.
#pragma once

#include "model/fact.hpp"
#include "otherend/result.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <stop_token>

namespace otherend::kernel {

struct Watched {
    std::span<const Pid> processes;          // thread group ids; empty: every process
    std::uint32_t transfers_max = 16 * 1024; // pairs of descriptors; what is beyond is counted as unseen
};

class Observer {
  public:
    // Watches from now on. Errors: not_permitted, unsupported.
    static Result<Observer> start(const Watched& watched);

    Observer(Observer&&) noexcept;
    Observer& operator=(Observer&&) noexcept;
    ~Observer();

    // Watches no more, and tells what was seen: TransferFacts, and UnseenFacts for what was not.
    Result<void> finish(const model::FactSink& sink) &&;

  private:
    struct Loaded;
    explicit Observer(std::unique_ptr<Loaded> loaded);

    std::unique_ptr<Loaded> loaded_;
};

// All of it: for that long, or until asked to stop.
Result<void> observe(const Watched& watched, std::chrono::milliseconds for_how_long,
                     const std::stop_token& stop, const model::FactSink& sink);

// Whether it would work, tried with no process watched but this.
Result<void> can_observe();

} // namespace otherend::kernel
