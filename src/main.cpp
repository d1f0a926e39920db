// SPDX-License-Identifier: MIT
#include "cli/run.hpp"

#include <clocale>
#include <fcntl.h>
#include <iostream>
#include <unistd.h>

namespace {

// A descriptor we open must not become the stdout that our caller closed: then the answer would go there.
void occupy_standard_descriptors() {
    for (int fd = 0; fd <= 2; ++fd)
        if (fcntl(fd, F_GETFD) < 0)
            (void)open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY); // using it fails, as it would have
}

} // namespace

int main(int argc, char** argv) {
    occupy_standard_descriptors();
    std::setlocale(LC_CTYPE, "");
    std::ios::sync_with_stdio(false);
    return otherend::cli::run({argv + 1, argv + argc}, {std::cout, std::cerr});
}
