// SPDX-License-Identifier: MIT
#include "render/path_tree.hpp"

#include "render/display_width.hpp"
#include "render/path_words.hpp"

#include <ostream>
#include <string>

namespace otherend::render {
namespace {

class Tree {
  public:
    Tree(std::ostream& out, unsigned width) : out_(out), width_(width) {}

    void print(const Path& path) {
        line("", end_text(path.front, first_of(path.hops)));
        print("", path.hops);
        print("", path.back, last_of(path.hops));
        if (!path.front.branches.empty() || path.front.cut > 0) {
            line("", "and from the first end:");
            branches("", path.front);
        }
    }

  private:
    void line(const std::string& prefix, const std::string& text) {
        auto whole = prefix + text;
        if (width_ > 0 && display_width(whole) > width_)
            whole = std::string(cut_to_width(whole, width_ - 1)) + "…";
        out_ << whole << '\n';
    }

    void print(const std::string& prefix, std::span<const Hop> hops) {
        for (const auto& hop : hops) {
            if (const auto* relay = std::get_if<Relay>(&hop)) {
                line(prefix, relay_text(*relay));
                continue;
            }
            const auto& channel = std::get<Channel>(hop);
            const auto* arrow = channel.flow == Flow::both      ? "⇅ "
                                : channel.flow == Flow::forward ? "↓ "
                                                                : "↑ ";
            line(prefix + "  " + arrow, channel_text(channel) + "  " + state_text(channel));
        }
    }

    void print(const std::string& prefix, const PathEnd& end, const Tip& last) {
        line(prefix, end_text(end, last));
        branches(prefix, end);
    }

    void branches(const std::string& prefix, const PathEnd& end) {
        for (const auto& branch : end.branches) {
            const bool is_last = &branch == &end.branches.back() && end.cut == 0;
            line(prefix + (is_last ? "└ " : "├ "), origin(branch));
            const auto below = prefix + (is_last ? "  " : "│ ");
            print(below, branch.hops);
            print(below, branch.end, last_of(branch.hops));
        }
        if (end.cut > 0)
            line(prefix + "└ ", "… " + std::to_string(end.cut) +
                                    (end.cut == 1 ? " more end that it has" : " more ends that it has"));
    }

    static std::string origin(const Branch& branch) {
        return branch.relayed ? relay_text(branch.relay)
                              : processes_text(branch.relay.after) + ", not paired";
    }

    std::ostream& out_;
    unsigned width_;
};

} // namespace

void print_tree(std::ostream& out, std::span<const Path> paths, unsigned width) {
    Tree tree(out, width);
    for (const auto& path : paths) {
        if (&path != paths.data())
            out << '\n';
        tree.print(path);
    }
}

} // namespace otherend::render
