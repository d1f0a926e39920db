// SPDX-License-Identifier: MIT
#include "otherend/result.hpp"

#include <cerrno>
#include <cstring>

namespace otherend {

namespace {

ErrorClass class_of(int saved_errno) {
    switch (saved_errno) {
    case EPERM:
    case EACCES:
        return ErrorClass::not_permitted;
    case ENOSYS:
    case EOPNOTSUPP:
        return ErrorClass::unsupported;
    default:
        return ErrorClass::failed;
    }
}

} // namespace

Error Error::from_errno(std::string_view tried, int saved_errno) {
    return {class_of(saved_errno), std::string(tried) + ": " + std::strerror(saved_errno)};
}

Error Error::while_doing(std::string_view what) const {
    return {kind, std::string(what) + ": " + message};
}

} // namespace otherend
