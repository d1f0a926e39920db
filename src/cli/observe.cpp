// SPDX-License-Identifier: MIT
#include "cli/observe.hpp"

#include "kernel/observe.hpp"
#include "query/reach.hpp"

#include <csignal>
#include <ctime>
#include <thread>

namespace otherend::cli {

namespace {

// Takes SIGINT and SIGTERM for as long as it exists, and has them ask to stop.
class Interruption {
  public:
    Interruption() {
        sigemptyset(&signals_);
        sigaddset(&signals_, SIGINT);
        sigaddset(&signals_, SIGTERM);
        pthread_sigmask(SIG_BLOCK, &signals_, &before_);
        waiting_ = std::jthread([this](const std::stop_token& over) { wait(over); });
    }
    ~Interruption() {
        waiting_.request_stop();
        waiting_.join();
        pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    }
    Interruption(const Interruption&) = delete;
    Interruption& operator=(const Interruption&) = delete;

    [[nodiscard]] std::stop_token token() const { return interrupted_.get_token(); }

  private:
    void wait(const std::stop_token& over) {
        constexpr timespec moment{.tv_sec = 0, .tv_nsec = 50'000'000};
        while (!over.stop_requested())
            if (sigtimedwait(&signals_, nullptr, &moment) > 0)
                interrupted_.request_stop();
    }

    sigset_t signals_{}, before_{};
    std::stop_source interrupted_;
    std::jthread waiting_;
};

} // namespace

Result<void> observe_transfers(Found& found, std::chrono::duration<double> for_how_long) {
    auto& graph = found.snapshot->graph;
    const auto processes = query::processes_within_reach(graph, found.links, found.sockets);
    if (processes.empty()) // would be every process of the host
        return {};
    const Interruption interruption;
    return kernel::observe({.processes = processes},
                           std::chrono::duration_cast<std::chrono::milliseconds>(for_how_long),
                           interruption.token(), [&](const model::Fact& fact) { graph.apply(fact); });
}

} // namespace otherend::cli
