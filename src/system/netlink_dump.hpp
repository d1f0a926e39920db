// SPDX-License-Identifier: MIT
// Dumps of kernel tables over netlink(7), one after the other on one socket, of the calling thread's namespace.
#pragma once

#include "model/fact.hpp"
#include "otherend/result.hpp"
#include "system/parse/netlink.hpp"

#include <cstdint>
#include <functional>
#include <libmnl/libmnl.h>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace otherend::system {

class NetlinkDump {
  public:
    using Explain = std::function<Error(int saved_errno)>;
    using Take = std::function<void(Bytes datagram)>;

    // `bus` is a NETLINK_*; `explain` says what an errno means here.
    static Result<NetlinkDump> open(int bus, Explain explain);

    // Asks with a message of this type and body, and calls `take` with each datagram of the answer until it has set
    // `progress` to done. Fails if the kernel's answer is an error.
    template <typename Body>
    Result<void> run(std::uint16_t type, const Body& body, DumpProgress& progress, const Take& take) {
        return run(type, std::as_bytes(std::span(&body, 1)), progress, take);
    }
    Result<void> run(std::uint16_t type, Bytes body, DumpProgress& progress, const Take& take);

  private:
    struct Close {
        void operator()(mnl_socket* socket) const { mnl_socket_close(socket); }
    };

    NetlinkDump(mnl_socket* socket, Explain explain) : socket_(socket), explain_(std::move(explain)) {}

    Result<void> send(std::uint16_t type, Bytes body);
    Result<Bytes> receive();
    Result<std::size_t> receive_into(std::byte* to, std::size_t size, int flags);

    std::unique_ptr<mnl_socket, Close> socket_;
    Explain explain_;
    std::vector<std::byte> buffer_;
};

// Tells what a dump of these things may lack.
void report_unseen(const DumpProgress& progress, std::string_view what, const model::FactSink& sink);

} // namespace otherend::system
