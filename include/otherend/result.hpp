// SPDX-License-Identifier: MIT
// The one error type and the one alias for "a value or why not".
//
// Expected failures are returned as Result<T>; exceptions are left to the standard library. An Error says what
// was tried, on what, and why it failed; callers going up add context with Error::while_doing.
#pragma once

#include <expected>
#include <string>
#include <string_view>

namespace otherend {

// Also the process exit code that tells a script the class (design: command line).
enum class ErrorClass {
    usage = 2,         // the request cannot be understood
    not_permitted = 3, // the kernel refused for lack of privilege
    unsupported = 4,   // the kernel lacks what the question needs
    failed = 1,        // anything else
};

struct Error {
    ErrorClass kind = ErrorClass::failed;
    std::string message;

    // EPERM and EACCES mean not_permitted, ENOSYS and EOPNOTSUPP unsupported, anything else failed.
    static Error from_errno(std::string_view tried, int saved_errno);

    [[nodiscard]] Error while_doing(std::string_view what) const;
};

template <typename T> using Result = std::expected<T, Error>;

} // namespace otherend
