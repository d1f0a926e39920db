// SPDX-License-Identifier: MIT
#include "render/holder_text.hpp"

#include "base/escape.hpp"
#include "render/cell.hpp"

#include <algorithm>
#include <tuple>
#include <vector>

namespace otherend::render {
namespace {

using Group = std::span<const Holder* const>;

constexpr std::size_t most_pids_listed = 4;

void append_id(std::string& out, Pid pid) {
    append_number(out, static_cast<std::uint64_t>(number(pid)));
}

void append_fd(std::string& out, int fd) {
    append_number(out, static_cast<std::uint64_t>(fd));
}

void append_comm(std::string& out, const Holder& holder) {
    append_escaped(out, holder.comm);
    if (!holder.comm.empty())
        out += ' ';
}

void append_descriptor(std::string& out, const Holder& holder) {
    append_id(out, holder.pid);
    out += '/';
    append_fd(out, holder.fd);
    if (holder.tid) {
        out += " tid ";
        append_id(out, *holder.tid);
    }
}

// Equal for the holders of one group, and such groups come in the order of the words.
auto group_key(const Holder& holder) {
    const bool shares = holder.via == Via::fd && !holder.tid;
    return std::tuple(!shares, std::string_view(holder.comm), holder.fd);
}

bool same_group(const Holder* a, const Holder* b) {
    const auto key = group_key(*a);
    return !std::get<0>(key) && key == group_key(*b);
}

void append_group(std::string& out, Group group) {
    const Holder& first = *group.front();
    if (group.size() == 1) {
        append_holder(out, first);
        return;
    }
    append_comm(out, first);
    if (group.size() > most_pids_listed) {
        out += "×";
        append_number(out, group.size());
        out += " (";
        append_descriptor(out, first);
        out += " …)";
        return;
    }
    for (const Holder* holder : group) {
        out += holder == &first ? '{' : ',';
        append_id(out, holder->pid);
    }
    out += "}/";
    append_fd(out, first.fd);
}

} // namespace

void append_holder(std::string& out, const Holder& holder) {
    switch (holder.via) {
    case Via::fd:
        append_comm(out, holder);
        append_descriptor(out, holder);
        return;
    case Via::inflight:
        out += "in flight";
        if (holder.carrier) {
            out += " on ino:";
            append_number(out, number(*holder.carrier));
        }
        return;
    case Via::io_uring:
        append_comm(out, holder);
        append_id(out, holder.pid);
        out += " io_uring";
        if (holder.fd >= 0) {
            out += " fd ";
            append_fd(out, holder.fd);
        }
        return;
    case Via::kernel:
        out += "kernel";
        return;
    }
}

void append_grouped_holders(std::string& out, std::span<const Holder> holders) {
    if (holders.size() == 1)
        return append_holder(out, holders.front());
    std::vector<const Holder*> sorted;
    for (const Holder& holder : holders)
        sorted.push_back(&holder);
    std::ranges::stable_sort(sorted, {}, [](const Holder* holder) { return group_key(*holder); });
    for (auto begin = sorted.begin(); begin != sorted.end();) {
        const auto end = std::find_if_not(begin, sorted.end(),
                                          [begin](const Holder* next) { return same_group(*begin, next); });
        // A holder that shares with nobody is not even in its own group.
        const auto group_end = end == begin ? begin + 1 : end;
        if (begin != sorted.begin())
            out += ", ";
        append_group(out, {begin, group_end});
        begin = group_end;
    }
}

} // namespace otherend::render
