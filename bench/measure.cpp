// SPDX-License-Identifier: MIT
// measure NAME SOCKETS ROUNDS COMMAND...: lets the commands take turns, each as a whole process, and prints what
// every run cost as one line of JSON. A first round is not counted: it fills caches. A command is one argument,
// split at its spaces.
#include "measurement.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <optional>
#include <spawn.h>
#include <sstream>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

using namespace otherend;
using bench::Measurement;
using bench::Series;

struct Command {
    std::vector<std::string> words;
    Series series;
};

struct Cost {
    double wall_ms = 0, cpu_ms = 0, rss_mb = 0;
};

struct Request {
    Measurement measurement;
    unsigned rounds = 0;
    std::vector<Command> commands;
};

template <typename T> std::optional<T> number(std::string_view text) {
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

// The directory of a program is of no interest to a reader.
Command command_of(const std::string& text) {
    Command command;
    std::istringstream words(text);
    for (std::string word; words >> word;)
        command.words.push_back(word);
    const auto path_end = text.find(' ');
    const auto slash = text.rfind('/', path_end);
    command.series.command = slash == std::string::npos ? text : text.substr(slash + 1);
    return command;
}

std::optional<Request> parse(int argc, char** argv) {
    constexpr int first_command = 4;
    if (argc <= first_command)
        return std::nullopt;
    const auto sockets = number<std::uint64_t>(argv[2]);
    const auto rounds = number<unsigned>(argv[3]);
    if (!sockets || !rounds || *rounds == 0)
        return std::nullopt;
    Request request{.measurement = {.name = argv[1], .sockets = *sockets}, .rounds = *rounds};
    for (int i = first_command; i < argc; ++i) {
        request.commands.push_back(command_of(argv[i]));
        if (request.commands.back().words.empty())
            return std::nullopt;
    }
    return request;
}

double ms_of(const timeval& time) {
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_usec) / 1e3;
}

// ru_maxrss is in KiB (getrusage(2)). It is never less than this process's own size, for exec counts the memory it
// replaces (Linux fs/exec.c, exec_mmap) and posix_spawn shares ours until then; that is why this program is small.
Cost cost_of(std::chrono::steady_clock::duration wall, const rusage& usage) {
    return {.wall_ms = std::chrono::duration<double, std::milli>(wall).count(),
            .cpu_ms = ms_of(usage.ru_utime) + ms_of(usage.ru_stime),
            .rss_mb = static_cast<double>(usage.ru_maxrss) * 1024 / 1e6};
}

Result<Cost> run(Command& command) {
    std::vector<char*> arguments(command.words.size() + 1); // the last one stays null
    std::ranges::transform(command.words, arguments.begin(), [](std::string& word) { return word.data(); });

    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        posix_spawn_file_actions_addopen(&files, fd, "/dev/null", O_RDWR, 0);

    pid_t pid = 0;
    int status = 0;
    rusage usage{};
    const auto start = std::chrono::steady_clock::now();
    const int error = posix_spawnp(&pid, arguments[0], &files, nullptr, arguments.data(), environ);
    const bool ended = error == 0 && wait4(pid, &status, 0, &usage) == pid;
    const auto wall = std::chrono::steady_clock::now() - start;
    posix_spawn_file_actions_destroy(&files);

    if (!ended)
        return std::unexpected(Error::from_errno(command.series.command, error ? error : errno));
    if (status != 0)
        return std::unexpected(
            Error{.message = command.series.command + ": failed; try it alone to see why"});
    return cost_of(wall, usage);
}

Result<void> take_turns(Request& request) {
    for (unsigned round = 0; round <= request.rounds; ++round) {
        for (auto& command : request.commands) {
            const auto cost = run(command);
            if (!cost)
                return std::unexpected(cost.error());
            if (round == 0)
                continue;
            command.series.wall_ms.push_back(cost->wall_ms);
            command.series.cpu_ms.push_back(cost->cpu_ms);
            command.series.rss_mb.push_back(cost->rss_mb);
        }
    }
    return {};
}

} // namespace

int main(int argc, char** argv) {
    auto request = parse(argc, argv);
    if (!request) {
        std::fputs("usage: measure NAME SOCKETS ROUNDS COMMAND...\n", stderr);
        return static_cast<int>(ErrorClass::usage);
    }
    auto& measurement = request->measurement;
    if (getloadavg(&measurement.load, 1) != 1)
        measurement.load = 0;
    if (const auto done = take_turns(*request); !done) {
        std::fprintf(stderr, "measure: %s\n", done.error().message.c_str());
        return EXIT_FAILURE;
    }
    for (auto& command : request->commands)
        measurement.commands.push_back(std::move(command.series));
    std::puts(to_line(measurement).c_str());
}
