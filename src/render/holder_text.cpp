// SPDX-License-Identifier: MIT
#include "render/holder_text.hpp"

#include "base/escape.hpp"
#include "render/cell.hpp"

#include <algorithm>
#include <vector>

namespace otherend::render {
namespace {

using Group = std::vector<const Holder*>;

constexpr std::size_t most_pids_listed = 4;
constexpr std::size_t most_items_listed = 8; // also bounds the search below

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

bool share_an_item(const Holder& a, const Holder& b) {
    const auto is_plain = [](const Holder& holder) { return holder.via == Via::fd && !holder.tid; };
    return is_plain(a) && is_plain(b) && a.fd == b.fd && a.comm == b.comm && a.container == b.container &&
           a.own_pid.has_value() == b.own_pid.has_value();
}

void append_container(std::string& out, const Holder& holder) {
    constexpr std::size_t short_id = 12;
    if (!holder.container)
        return;
    const auto& [runtime, id, name, image] = *holder.container;
    out += " in ";
    append_escaped(out, name.empty() ? std::string_view(id).substr(0, short_id) : name);
}

// Of each in a group that lists its pids, in the same order.
void append_own_pids(std::string& out, const Group& group) {
    if (group.size() == 1)
        return append_own_pid(out, *group.front());
    if (group.size() > most_pids_listed || !group.front()->own_pid)
        return;
    for (const Holder* holder : group) {
        out += holder == group.front() ? " (pids " : ",";
        append_id(out, *holder->own_pid);
    }
    out += " there)";
}

void append_group(std::string& out, const Group& group) {
    const Holder& first = *group.front();
    if (group.size() == 1)
        return append_holder(out, first);
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

void append_own_pid(std::string& out, const Holder& holder) {
    if (!holder.own_pid)
        return;
    out += " (pid ";
    append_id(out, *holder.own_pid);
    out += " there)";
}

void append_place(std::string& out, const Holder& holder) {
    append_container(out, holder);
    append_own_pid(out, holder);
}

void append_grouped_holders(std::string& out, std::span<const Holder> holders) {
    if (holders.size() == 1) { // as most are: without a vector
        append_holder(out, holders.front());
        return append_place(out, holders.front());
    }
    std::vector<Group> groups; // in the order of their first holders
    std::size_t unlisted = 0;
    for (const Holder& holder : holders) {
        const auto found = std::ranges::find_if(
            groups, [&](const Group& group) { return share_an_item(*group.front(), holder); });
        if (found != groups.end())
            found->push_back(&holder);
        else if (groups.size() < most_items_listed)
            groups.push_back({&holder});
        else
            ++unlisted;
    }
    for (const Group& group : groups) {
        if (&group != groups.data())
            out += ", ";
        append_group(out, group);
        append_container(out, *group.front());
        append_own_pids(out, group);
    }
    if (unlisted > 0) {
        out += ", … ";
        append_number(out, unlisted);
        out += " more";
    }
}

} // namespace otherend::render
