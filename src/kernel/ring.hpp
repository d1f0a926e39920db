// SPDX-License-Identifier: MIT
// A BPF ring buffer, read through libbpf.
#pragma once

#include "base/fd.hpp"
#include "otherend/result.hpp"

#include <bpf/libbpf.h>

#include <cerrno>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>

namespace otherend::kernel {

class Ring {
  public:
    using Use = std::function<void(std::span<const std::byte> record)>;

    static Result<Ring> open(const Fd& map, Use use) {
        auto kept = std::make_unique<Use>(std::move(use));
        ring_buffer* raw = ring_buffer__new(*map, on_record, kept.get(), nullptr);
        if (raw == nullptr)
            return std::unexpected(Error::from_errno("map BPF ring buffer", errno));
        return Ring(std::move(kept), raw);
    }

    // Takes what is there.
    void consume() { (void)ring_buffer__consume(raw_.get()); }

  private:
    struct Free {
        void operator()(ring_buffer* raw) const { ring_buffer__free(raw); }
    };

    Ring(std::unique_ptr<Use> use, ring_buffer* raw) : use_(std::move(use)), raw_(raw) {}

    static int on_record(void* use, void* data, std::size_t size) {
        (*static_cast<Use*>(use))({static_cast<const std::byte*>(data), size});
        return 0;
    }

    std::unique_ptr<Use> use_; // where it is, the C library keeps a pointer to it
    std::unique_ptr<ring_buffer, Free> raw_;
};

} // namespace otherend::kernel
