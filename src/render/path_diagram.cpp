// SPDX-License-Identifier: MIT
#include "render/path_diagram.hpp"

#include "render/path_printer.hpp"
#include "render/path_words.hpp"

#include <algorithm>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

namespace otherend::render {
namespace {

struct Line {
    std::size_t from = 0, to = 0; // nodes
    std::string label;
    Flow flow = Flow::both;
    bool certain = true;
};

struct Node {
    std::vector<std::string> processes; // empty for what is none: it is no other node's equal
    std::vector<std::string> lines;     // of its label

    void say(std::string line) {
        if (!line.empty() && std::ranges::find(lines, line) == lines.end())
            lines.push_back(std::move(line));
    }
    [[nodiscard]] std::string label() const {
        std::string out;
        for (const auto& line : lines)
            out += (out.empty() ? "" : "\n") + line;
        return out;
    }
};

std::string names_text(std::span<const std::string> names) {
    constexpr std::size_t most = 4;
    std::string out;
    for (std::size_t i = 0; i < names.size() && i < most; ++i)
        out += (i == 0 ? "" : ", ") + names[i];
    return names.size() > most ? out + ", … " + std::to_string(names.size() - most) + " more" : out;
}

std::string line_text(const Channel& channel) {
    auto out = channel_text(channel) + "\n" + state_text(channel);
    const auto near = channel.near ? descriptors_text(channel.near->holders) : std::string();
    const auto far = channel.far ? descriptors_text(channel.far->holders) : std::string();
    if (!near.empty() || !far.empty())
        out += "\n" + near + (near.empty() || far.empty() ? "" : " — ") + far;
    return out;
}

class Diagram {
  public:
    explicit Diagram(std::span<const Path> paths) {
        for (const auto& path : paths) {
            const auto front = end_node(path.front, first_of(path.hops));
            const auto back = add(front, path.hops, path.back, true);
            branch_off(back, path.back);
            branch_off(front, path.front);
        }
    }

    [[nodiscard]] const std::vector<Node>& nodes() const { return nodes_; }
    [[nodiscard]] const std::vector<Line>& lines() const { return lines_; }

  private:
    // Processes are one node wherever they appear, whichever descriptors they have there.
    std::size_t node(std::span<const Holder> holders, std::string line) {
        auto names = process_names(holders);
        auto heading = names_text(names);
        std::ranges::sort(names);
        auto known = names.empty() ? nodes_.end() : std::ranges::find(nodes_, names, &Node::processes);
        if (known == nodes_.end())
            known = nodes_.insert(nodes_.end(), Node{std::move(names), {}});
        known->say(std::move(heading));
        known->say(std::move(line));
        return static_cast<std::size_t>(known - nodes_.begin());
    }

    // Nobody here is not the nobody elsewhere.
    std::size_t lone_node(std::string text) {
        nodes_.push_back({{}, {std::move(text)}});
        return nodes_.size() - 1;
    }

    std::size_t node(const Relay& relay) { return node(relay.before, relayed_text(relay)); }

    std::size_t end_node(const PathEnd& end, const Tip& last) {
        if (end.reason != EndReason::final && end.reason != EndReason::branches)
            return lone_node(end_text(end, last));
        const auto [programs, keepers] = stand_of(last);
        return node(programs, keepers.empty() ? std::string() : kept_open_text(keepers));
    }

    // The node the hops lead to.
    std::size_t add(std::size_t from, std::span<const Hop> hops, const PathEnd& end, bool certain) {
        for (std::size_t i = 0; i < hops.size(); ++i) {
            const auto* channel = std::get_if<Channel>(&hops[i]);
            if (!channel)
                continue;
            const auto* next = i + 1 < hops.size() ? std::get_if<Relay>(&hops[i + 1]) : nullptr;
            const auto to = next ? node(*next) : end_node(end, last_of(hops));
            lines_.push_back({from, to, line_text(*channel), channel->flow, certain || i > 0});
            from = to;
        }
        return from;
    }

    void branch_off(std::size_t from, const PathEnd& end) {
        for (const auto& branch : end.branches) {
            auto start = from;
            if (branch.relayed) {
                start = node(branch.relay);
                if (start != from)
                    lines_.push_back({from, start, "", branch.relay.flow, true});
            }
            branch_off(add(start, branch.hops, branch.end, branch.relayed), branch.end);
        }
        if (end.cut > 0)
            lines_.push_back(
                {from, lone_node("… " + std::to_string(end.cut) + " more"), "", Flow::both, false});
    }

    std::vector<Node> nodes_;
    std::vector<Line> lines_;
};

std::string replaced(std::string_view text, std::span<const std::pair<char, std::string_view>> table) {
    std::string out;
    for (const char byte : text) {
        const auto known = std::ranges::find(table, byte, &std::pair<char, std::string_view>::first);
        if (known == table.end())
            out += byte;
        else
            out += known->second;
    }
    return out;
}

std::string_view dot_direction(Flow flow) {
    return flow == Flow::both ? "both" : flow == Flow::forward ? "forward" : "back";
}

} // namespace

std::string dot_string(std::string_view text) {
    // Labels know entities as well.
    constexpr std::pair<char, std::string_view> table[] = {
        {'"', "\\\""}, {'\\', "\\\\"}, {'\n', "\\n"}, {'&', "&amp;"}};
    return '"' + replaced(text, table) + '"';
}

std::string mermaid_string(std::string_view text) {
    constexpr std::pair<char, std::string_view> table[] = {
        {'"', "#quot;"}, {'#', "#35;"}, {'&', "#amp;"}, {'<', "#lt;"},  {'>', "#gt;"},
        {'`', "#96;"},   {'%', "#37;"}, {'|', "#124;"}, {'\n', "<br>"}, {'\\', "#92;"}};
    return '"' + replaced(text, table) + '"';
}

void print_dot(std::ostream& out, std::span<const Path> paths) {
    const Diagram diagram(paths);
    out << "digraph otherend {\n  rankdir=LR;\n  node [shape=box];\n";
    for (std::size_t i = 0; i < diagram.nodes().size(); ++i)
        out << "  n" << i << " [label=" << dot_string(diagram.nodes()[i].label()) << "];\n";
    for (const auto& line : diagram.lines())
        out << "  n" << line.from << " -> n" << line.to << " [label=" << dot_string(line.label)
            << ", dir=" << dot_direction(line.flow) << (line.certain ? "" : ", style=dashed") << "];\n";
    out << "}\n";
}

void print_mermaid(std::ostream& out, std::span<const Path> paths) {
    const Diagram diagram(paths);
    out << "flowchart LR\n";
    for (std::size_t i = 0; i < diagram.nodes().size(); ++i)
        out << "  n" << i << "[" << mermaid_string(diagram.nodes()[i].label()) << "]\n";
    for (const auto& line : diagram.lines()) {
        const bool back = line.flow == Flow::backward; // has no arrow of its own
        const auto arrow = std::string(line.flow == Flow::both ? "<" : "") + (line.certain ? "-->" : "-.->");
        out << "  n" << (back ? line.to : line.from) << " " << arrow;
        if (!line.label.empty())
            out << "|" << mermaid_string(line.label) << "|";
        out << " n" << (back ? line.from : line.to) << "\n";
    }
}

} // namespace otherend::render
