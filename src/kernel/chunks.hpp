// SPDX-License-Identifier: MIT
// Bytes handed from the thread that reads them to the one that decodes them, so that the kernel and we work at the
// same time. Bounded: a reader that is ahead waits.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

namespace otherend::kernel {

class Chunks {
  public:
    void push(std::span<const std::byte> bytes) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return waiting_.size() < most; });
        waiting_.emplace_back(bytes.begin(), bytes.end());
        changed_.notify_all();
    }

    void close() {
        const std::lock_guard lock(mutex_);
        closed_ = true;
        changed_.notify_all();
    }

    // Waits for the next; absent once closed and empty.
    std::optional<std::vector<std::byte>> pop() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return closed_ || !waiting_.empty(); });
        if (waiting_.empty())
            return std::nullopt;
        auto chunk = std::move(waiting_.front());
        waiting_.pop_front();
        changed_.notify_all();
        return chunk;
    }

  private:
    static constexpr std::size_t most = 32; // of at most 32 KiB each

    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::vector<std::byte>> waiting_;
    bool closed_ = false;
};

} // namespace otherend::kernel
