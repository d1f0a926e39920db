// SPDX-License-Identifier: MIT
#include "render/path_words.hpp"

#include "base/escape.hpp"
#include "base/ip_text.hpp"
#include "render/cell.hpp"
#include "render/holder_text.hpp"
#include "render/words.hpp"

#include <algorithm>
#include <ranges>
#include <vector>

namespace otherend::render {
namespace {

constexpr std::size_t most_processes_listed = 4;

std::string pid_text(Pid pid) {
    return std::to_string(number(pid));
}

using Process = std::vector<const Holder*>; // the descriptors of one

std::vector<Process> by_process(std::span<const Holder> holders) {
    std::vector<Process> processes;
    for (const auto& holder : holders) {
        const auto known = std::ranges::find_if(processes, [&](const Process& process) {
            const auto& first = *process.front();
            return holder.via == Via::fd && first.via == Via::fd && first.pid == holder.pid &&
                   first.tid == holder.tid;
        });
        if (known != processes.end())
            known->push_back(&holder);
        else
            processes.push_back({&holder});
    }
    return processes;
}

void append_process(std::string& out, const Process& process) {
    append_holder(out, *process.front());
    for (std::size_t i = 1; i < process.size(); ++i)
        out += "," + std::to_string(process[i]->fd);
    append_place(out, *process.front());
}

// "20/5,6"
std::string descriptors_of(std::span<const Holder> holders, Pid pid) {
    std::string out = pid_text(pid);
    bool first = true;
    for (const auto& holder : holders)
        if (holder.pid == pid && holder.fd >= 0) {
            out += (first ? "/" : ",") + std::to_string(holder.fd);
            first = false;
        }
    return out;
}

// "20/5 ⇄ 20/7"
std::string passage_text(const Relay& relay) {
    const auto pid = relay.before.front().pid;
    const auto* arrow = relay.flow == Flow::both ? " ⇄ " : relay.flow == Flow::forward ? " → " : " ← ";
    return descriptors_of(relay.before, pid) + arrow + descriptors_of(relay.after, pid);
}

std::string name_of(const Endpoint& end) {
    switch (end.kind) {
    case Kind::tcp:
    case Kind::udp:
        return end.local ? endpoint_text(*end.local) : std::string();
    case Kind::pty:
        if (end.type == EndpointType::master)
            return "ptmx";
        break;
    case Kind::unix_socket:
    case Kind::pipe:
        break;
    }
    if (!end.name.empty())
        return socket_name_text(end.name);
    return end.inode ? "ino:" + std::to_string(number(*end.inode)) : std::string();
}

const Endpoint* address_of(const std::optional<Endpoint>& end) {
    return end ? &*end : nullptr;
}

std::string holders_text(const Tip& tip) {
    const auto [programs, keepers] = stand_of(tip);
    return processes_text(programs) + (keepers.empty() ? "" : "; " + kept_open_text(keepers));
}

} // namespace

std::string_view word(Flow flow) {
    switch (flow) {
    case Flow::both:
        return "both";
    case Flow::forward:
        return "forward";
    case Flow::backward:
        return "backward";
    }
    return {};
}

std::string_view word(Evidence evidence) {
    return evidence == Evidence::observed ? "observed" : "inferred";
}

std::string_view word(EndReason reason) {
    switch (reason) {
    case EndReason::final:
        return "final";
    case EndReason::remote:
        return "remote";
    case EndReason::closed:
        return "closed";
    case EndReason::unheld:
        return "unheld";
    case EndReason::unknown:
        return "unknown";
    case EndReason::branches:
        return "branches";
    case EndReason::cycle:
        return "cycle";
    case EndReason::limit:
        return "limit";
    }
    return {};
}

std::string processes_text(std::span<const Holder> holders) {
    const auto processes = by_process(holders);
    std::string out;
    for (std::size_t i = 0; i < processes.size() && i < most_processes_listed; ++i) {
        out += i == 0 ? "" : ", ";
        append_process(out, processes[i]);
    }
    if (processes.size() > most_processes_listed)
        out += ", … " + std::to_string(processes.size() - most_processes_listed) + " more";
    return out;
}

std::vector<std::string> process_names(std::span<const Holder> holders) {
    std::vector<std::string> names;
    for (const auto& holder : holders) {
        std::string name;
        if (holder.via == Via::fd)
            name = escape(holder.comm) + (holder.comm.empty() ? "" : " ") + pid_text(holder.pid);
        else
            append_holder(name, holder);
        append_place(name, holder);
        if (std::ranges::find(names, name) == names.end())
            names.push_back(std::move(name));
    }
    return names;
}

std::string descriptors_text(std::span<const Holder> holders) {
    std::string out;
    std::size_t shown = 0;
    for (const auto& process : by_process(holders)) {
        const auto& first = *process.front();
        if (first.via != Via::fd)
            continue;
        if (shown++ == most_processes_listed)
            return out + ", …";
        out += out.empty() ? "" : ", ";
        out += pid_text(first.pid) + "/" + std::to_string(first.fd);
        for (const auto* other : process | std::views::drop(1))
            out += "," + std::to_string(other->fd);
    }
    return out;
}

std::string relayed_text(const Relay& relay) {
    return relay.before.empty() ? std::string()
                                : passage_text(relay).append(", ").append(word(relay.evidence));
}

std::string relay_text(const Relay& relay) {
    if (relay.before.empty())
        return {};
    const auto& first = relay.before.front();
    std::string out = escape(first.comm);
    out += out.empty() ? "" : " ";
    out += passage_text(relay);
    append_place(out, first);
    const auto processes = by_process(relay.before).size();
    if (processes > 1)
        out += ", shared by " + std::to_string(processes) + " processes";
    return out.append(", ").append(word(relay.evidence));
}

std::string channel_text(const Channel& channel) {
    const auto& known = channel.near ? channel.near : channel.far;
    if (!known)
        return {};
    std::string out(word(known->kind));
    const auto near = channel.near ? name_of(*channel.near) : std::string();
    const auto far = channel.far ? name_of(*channel.far) : std::string();
    out += near.empty() && far.empty() ? "" : " ";
    out += near;
    if (far != near)
        out += near.empty() || far.empty() ? far : " — " + far;
    return out;
}

std::string state_text(const Channel& channel) {
    std::string out(word(channel.state));
    if (channel.state == State::connected || channel.state == State::pending)
        out.append(", ").append(word(channel.method));
    if (!channel.note.empty())
        out += ": " + escape(channel.note);
    return out;
}

Tip first_of(std::span<const Hop> hops) {
    const auto* channel = hops.empty() ? nullptr : std::get_if<Channel>(&hops.front());
    return channel ? Tip{address_of(channel->near), address_of(channel->far)} : Tip{};
}

Tip last_of(std::span<const Hop> hops) {
    const auto* channel = hops.empty() ? nullptr : std::get_if<Channel>(&hops.back());
    return channel ? Tip{address_of(channel->far), address_of(channel->near)} : Tip{};
}

Stand stand_of(const Tip& tip) {
    if (!tip.end)
        return {};
    Stand stand;
    for (const auto& holder : tip.end->holders) {
        const bool has_both = tip.across && std::ranges::find(tip.across->holders, holder.pid,
                                                              &Holder::pid) != tip.across->holders.end();
        (has_both ? stand.keepers : stand.programs).push_back(holder);
    }
    if (stand.programs.empty() || stand.keepers.empty())
        return {tip.end->holders, {}};
    return stand;
}

std::string kept_open_text(std::span<const Holder> keepers) {
    std::string out = "kept open by ";
    for (const auto& holder : keepers) {
        out += &holder == keepers.data() ? "" : ", ";
        append_holder(out, holder);
    }
    return out;
}

std::string end_text(const PathEnd& end, const Tip& tip) {
    const auto holders = holders_text(tip);
    const auto why = [&](std::string text) {
        return end.note.empty() ? text : text + ": " + escape(end.note);
    };
    switch (end.reason) {
    case EndReason::final:
        return holders;
    case EndReason::remote:
        return "another host";
    case EndReason::closed:
        return "the other end is closed";
    case EndReason::unheld:
        return why(holders.empty() ? "nobody" : "nobody yet, " + holders + " listens");
    case EndReason::unknown:
        return why("unknown");
    case EndReason::branches:
        return holders;
    case EndReason::cycle:
        return why("cycle");
    case EndReason::limit:
        return why("…");
    }
    return {};
}

} // namespace otherend::render
