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

    [[nodiscard]] const std::vector<std::string>& nodes() const { return nodes_; }
    [[nodiscard]] const std::vector<Line>& lines() const { return lines_; }

  private:
    std::size_t node(std::string text) {
        const auto known = std::ranges::find(nodes_, text);
        const auto at = static_cast<std::size_t>(known - nodes_.begin());
        if (known == nodes_.end())
            nodes_.push_back(std::move(text));
        return at;
    }

    // Processes are one node wherever they appear; nobody here is not the nobody elsewhere.
    std::size_t end_node(const PathEnd& end, const Tip& last) {
        auto text = end_text(end, last);
        if (end.reason == EndReason::final || end.reason == EndReason::branches)
            return node(std::move(text));
        nodes_.push_back(std::move(text));
        return nodes_.size() - 1;
    }

    // The node the hops lead to.
    std::size_t add(std::size_t from, std::span<const Hop> hops, const PathEnd& end, bool certain) {
        for (std::size_t i = 0; i < hops.size(); ++i) {
            const auto* channel = std::get_if<Channel>(&hops[i]);
            if (!channel)
                continue;
            const auto* next = i + 1 < hops.size() ? std::get_if<Relay>(&hops[i + 1]) : nullptr;
            const auto to = next ? node(relay_text(*next)) : end_node(end, last_of(hops));
            lines_.push_back({from, to, channel_text(*channel) + "\n" + state_text(*channel), channel->flow,
                              certain || i > 0});
            from = to;
        }
        return from;
    }

    void branch_off(std::size_t from, const PathEnd& end) {
        for (const auto& branch : end.branches) {
            auto start = from;
            if (branch.relayed) {
                start = node(relay_text(branch.relay));
                lines_.push_back({from, start, "", branch.relay.flow, true});
            }
            branch_off(add(start, branch.hops, branch.end, branch.relayed), branch.end);
        }
        if (end.cut > 0)
            lines_.push_back({from, node("… " + std::to_string(end.cut) + " more"), "", Flow::both, false});
    }

    std::vector<std::string> nodes_;
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
        out << "  n" << i << " [label=" << dot_string(diagram.nodes()[i]) << "];\n";
    for (const auto& line : diagram.lines())
        out << "  n" << line.from << " -> n" << line.to << " [label=" << dot_string(line.label)
            << ", dir=" << dot_direction(line.flow) << (line.certain ? "" : ", style=dashed") << "];\n";
    out << "}\n";
}

void print_mermaid(std::ostream& out, std::span<const Path> paths) {
    const Diagram diagram(paths);
    out << "flowchart LR\n";
    for (std::size_t i = 0; i < diagram.nodes().size(); ++i)
        out << "  n" << i << "[" << mermaid_string(diagram.nodes()[i]) << "]\n";
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
