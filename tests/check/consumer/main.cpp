// SPDX-License-Identifier: MIT
// The least another program can do with the installed library: call into it.
#include <otherend/result.hpp>

#include <cerrno>
#include <iostream>

int main() {
    const otherend::Error error = otherend::Error::from_errno("load", EPERM);
    std::cout << error.message << '\n';
    return error.kind == otherend::ErrorClass::not_permitted ? 0 : 1;
}
