// SPDX-License-Identifier: MIT
// A container runtime's API that gives one answer to every request, and counts them.
#pragma once

#include "base/fd.hpp"

#include <filesystem>
#include <gtest/gtest.h>
#include <mutex>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <thread>
#include <vector>

namespace otherend::system {

class ApiServer {
  public:
    // Answers nothing, and keeps the connection, if `answer` is empty.
    ApiServer(const std::filesystem::path& path, std::string answer) : answer_(std::move(answer)) {
        std::filesystem::create_directories(path.parent_path());
        sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
        path.string().copy(address.sun_path, sizeof address.sun_path - 1);
        EXPECT_EQ(bind(*listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0) << path;
        EXPECT_EQ(listen(*listener_, 8), 0);
        thread_ = std::thread([this] { serve(); });
    }
    ~ApiServer() {
        shutdown(*listener_, SHUT_RDWR); // ends accept()
        thread_.join();
    }
    ApiServer(const ApiServer&) = delete;
    ApiServer& operator=(const ApiServer&) = delete;

    static std::string http(int status, const std::string& body) {
        return "HTTP/1.1 " + std::to_string(status) + " X\r\nContent-Length: " + std::to_string(body.size()) +
               "\r\nConnection: close\r\n\r\n" + body;
    }

    // The first line of each request so far.
    [[nodiscard]] std::vector<std::string> requests() const {
        const std::scoped_lock lock(mutex_);
        return requests_;
    }

  private:
    void serve() {
        while (true) {
            Fd connection(accept4(*listener_, nullptr, nullptr, SOCK_CLOEXEC));
            if (!connection)
                return;
            std::string request(4096, '\0');
            const auto got = recv(*connection, request.data(), request.size(), 0); // one small segment
            request.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
            {
                const std::scoped_lock lock(mutex_);
                requests_.push_back(request.substr(0, request.find('\r')));
            }
            if (answer_.empty())
                kept_.push_back(std::move(connection));
            else
                EXPECT_EQ(send(*connection, answer_.data(), answer_.size(), MSG_NOSIGNAL),
                          static_cast<ssize_t>(answer_.size()));
        }
    }

    std::string answer_;
    Fd listener_{socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    std::vector<Fd> kept_;
    mutable std::mutex mutex_;
    std::vector<std::string> requests_;
    std::thread thread_;
};

} // namespace otherend::system
