// SPDX-License-Identifier: MIT
// A stream cut into reads at a place the input chooses: the same facts come out as from one read, made of no more
// bytes than were read, and no record is both reported and refused.
#include "kernel/decode.hpp"

#include "../unit/kernel/fact_text.hpp"
#include "otherend/record.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <vector>

using namespace otherend;

namespace {

std::size_t text_bytes(const model::Fact& fact) {
    if (const auto* socket = std::get_if<model::SocketFact>(&fact))
        return socket->name.size();
    const auto* detail = std::get_if<model::DetailFact>(&fact);
    return detail ? detail->components.size() : 0;
}

struct Heard {
    std::vector<std::string> facts;
    std::size_t records = 0, text = 0;
    std::uint64_t malformed = 0;
};

Heard listen(std::initializer_list<std::span<const std::byte>> reads) {
    Heard heard;
    kernel::Decoder decoder;
    for (const auto read : reads) {
        const std::vector<std::byte> buffer(read.begin(), read.end()); // its end is guarded
        decoder.feed(buffer, [&](const model::Fact& fact) {
            heard.facts.push_back(kernel::fact_text(fact));
            heard.records += std::holds_alternative<model::UnseenFact>(fact) ? 0 : 1; // says more of a detail
            heard.text += text_bytes(fact);
        });
    }
    heard.malformed = decoder.malformed();
    return heard;
}

// Makes the length of what is behind the struct a possible one, and returns it.
template <typename Record, typename Length>
std::uint16_t bound(std::span<std::byte> bytes, Length Record::* length, Length most) {
    Record record;
    std::memcpy(&record, bytes.data(), sizeof record);
    record.*length %= most + 1;
    std::memcpy(bytes.data(), &record, sizeof record);
    return static_cast<std::uint16_t>(record.*length);
}

template <typename Record>
void choose(std::span<std::byte> bytes, oe_u8 Record::* field, std::array<oe_u8, 2> values) {
    Record record;
    std::memcpy(&record, bytes.data(), sizeof record);
    record.*field = values[record.*field % 2];
    std::memcpy(bytes.data(), &record, sizeof record);
}

// Chance rarely makes what is told of one kind of endpoint alone.
void make_possible(std::span<std::byte> bytes, oe_u16 kind) {
    if (kind == OE_INET) {
        choose(bytes, &oe_inet::what, {OE_TCP, OE_UDP});
        bound<oe_inet, oe_u8>(bytes, &oe_inet::timer, 4);
        bound<oe_inet, oe_u8>(bytes, &oe_inet::state, 12);
    } else if (kind == OE_PTY) {
        choose(bytes, &oe_pty::type, {OE_MASTER, OE_SLAVE});
    } else if (kind == OE_PIPE) {
        choose(bytes, &oe_pipe::type, {OE_READ, OE_WRITE});
    }
}

// Chance rarely makes two lengths that agree: gives each record the size of its kind, as far as bytes last.
void make_whole(std::span<std::byte> bytes) {
    constexpr std::uint16_t sizes[] = {
        sizeof(oe_record), sizeof(oe_holder), sizeof(oe_socket), sizeof(oe_inflight), sizeof(oe_waiter),
        sizeof(oe_queued), sizeof(oe_ring),   sizeof(oe_end),    sizeof(oe_detail),   sizeof(oe_ring_file),
        sizeof(oe_inet),   sizeof(oe_pty),    sizeof(oe_pipe)};
    static_assert(std::size(sizes) == OE_PIPE + 1);
    while (bytes.size() >= std::ranges::max(sizes)) {
        oe_record header;
        std::memcpy(&header, bytes.data(), sizeof header);
        header.kind %= std::size(sizes);
        header.size = sizes[header.kind];
        if (header.kind == OE_SOCKET)
            header.size += bound<oe_socket, oe_u16>(bytes, &oe_socket::name_len, OE_NAME_MAX);
        else if (header.kind == OE_DETAIL)
            header.size += bound<oe_detail, oe_u32>(bytes, &oe_detail::path_len, OE_PATH_MAX);
        make_possible(bytes, header.kind);
        std::memcpy(bytes.data(), &header, sizeof header);
        bytes = bytes.subspan(std::min<std::size_t>(header.size, bytes.size()));
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2)
        return 0;
    const bool is_raw = data[0] % 2 == 0;
    const auto input = std::as_bytes(std::span(data, size)).subspan(2);
    std::vector<std::byte> all(input.begin(), input.end());
    if (!is_raw)
        make_whole(all);
    const auto cut = std::min<std::size_t>(data[1], all.size());
    const auto whole = listen({all});
    if (whole.text > all.size() || (whole.records + whole.malformed) * sizeof(oe_record) > all.size() + 4)
        std::abort();
    const auto in_two = listen({std::span(all).first(cut), std::span(all).subspan(cut)});
    if (in_two.facts != whole.facts || in_two.malformed != whole.malformed)
        std::abort();
    return 0;
}
