// SPDX-License-Identifier: MIT
// A libbpf skeleton that is loaded for as long as it exists: there is no half-open state to check for.
#pragma once

#include "base/fd.hpp"
#include "otherend/result.hpp"

#include <bpf/libbpf.h>

#include <cerrno>
#include <fcntl.h>
#include <string>
#include <string_view>
#include <utility>

namespace otherend::kernel {

// EPERM is missing privilege; EACCES is what the verifier says of a program it does not take.
inline Error load_error(std::string_view doing, int error) {
    if (error == EACCES)
        return {ErrorClass::unsupported, std::string(doing) + ": the kernel's verifier rejects them"};
    return Error::from_errno(doing, error);
}

template <typename S> class Skeleton {
  public:
    // `configure` sets what must be known before loading, such as the size of a map.
    template <typename Configure> static Result<Skeleton> load(std::string_view doing, Configure configure) {
        libbpf_set_print(nullptr); // the Result carries the reason; doctor asks for the verifier's words
        S* raw = S::open(nullptr);
        if (raw == nullptr)
            return std::unexpected(Error::from_errno(doing, errno));
        Skeleton skeleton(raw);
        configure(*raw);
        if (const int error = S::load(raw); error < 0)
            return std::unexpected(load_error(doing, -error));
        return skeleton;
    }

    ~Skeleton() { S::destroy(raw_); }
    Skeleton(Skeleton&& other) noexcept : raw_(std::exchange(other.raw_, nullptr)) {}
    Skeleton& operator=(Skeleton&&) = delete;

    const S* operator->() const { return raw_; }
    const S& operator*() const { return *raw_; }

  private:
    explicit Skeleton(S* raw) : raw_(raw) {}
    S* raw_;
};

// A descriptor that outlives the skeleton it is copied from.
inline Fd own_copy(int fd) {
    return Fd(fcntl(fd, F_DUPFD_CLOEXEC, 0));
}

} // namespace otherend::kernel
