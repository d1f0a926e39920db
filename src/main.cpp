// SPDX-License-Identifier: MIT
#include "cli/run.hpp"

#include <clocale>
#include <iostream>

int main(int argc, char** argv) {
    std::setlocale(LC_CTYPE, "");
    std::ios::sync_with_stdio(false);
    return otherend::cli::run({argv + 1, argv + argc}, {std::cout, std::cerr});
}
