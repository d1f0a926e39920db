// SPDX-License-Identifier: MIT
#include "cli/terminal.hpp"

#include <fmt/chrono.h>

#include <chrono>
#include <cstdlib>
#include <string_view>
#include <sys/ioctl.h>
#include <unistd.h>

namespace otherend::cli {

bool use_color(ColorChoice choice) {
    if (choice != ColorChoice::automatic)
        return choice == ColorChoice::always;
    const char* no_color = std::getenv("NO_COLOR");
    const char* term = std::getenv("TERM");
    const bool refused =
        (no_color != nullptr && *no_color != '\0') || (term != nullptr && std::string_view(term) == "dumb");
    return !refused && isatty(STDOUT_FILENO) == 1;
}

unsigned terminal_width() {
    winsize size{};
    if (isatty(STDOUT_FILENO) != 1 || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0)
        return 0;
    return size.ws_col;
}

std::string now_rfc3339() {
    const auto now = std::chrono::system_clock::now();
    return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::chrono::system_clock::to_time_t(now)));
}

} // namespace otherend::cli
