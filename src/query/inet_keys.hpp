// SPDX-License-Identifier: MIT
// What the ends of connections are looked up by.
#pragma once

#include "model/graph.hpp"

#include <array>
#include <bit>
#include <compare>
#include <cstddef>
#include <cstdint>

namespace otherend::query {

struct InetFlow {
    Kind kind{};
    IpEndpoint local, remote;
    auto operator<=>(const InetFlow&) const = default;
};

struct InetPort {
    Kind kind{};
    NetnsId netns{};
    std::uint16_t port = 0;
    auto operator<=>(const InetPort&) const = default;
};

struct InetFlowHash {
    std::size_t operator()(const InetFlow& flow) const {
        const auto ports = std::uint64_t{flow.local.port} << 16 | flow.remote.port;
        std::uint64_t hash = std::uint64_t{static_cast<std::uint8_t>(flow.kind)} << 32 | ports;
        for (const auto* address : {&flow.local.address, &flow.remote.address})
            for (const auto half : std::bit_cast<std::array<std::uint64_t, 2>>(address->bytes))
                hash = model::Mixed{}(hash ^ half);
        return hash;
    }
};

struct SequenceHash {
    std::size_t operator()(const model::TcpSequence& sequence) const {
        return model::Mixed{}(std::uint64_t{sequence.sent} << 32 | sequence.received);
    }
};

} // namespace otherend::query
