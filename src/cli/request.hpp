// SPDX-License-Identifier: MIT
// What the command line asks, as values: parsing decides nothing else, and nothing runs while it parses.
#pragma once

#include "kernel/programs.hpp"
#include "otherend/otherend.hpp"
#include "otherend/patience.hpp"
#include "query/target.hpp"
#include "render/path_printer.hpp"
#include "render/printer.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

namespace otherend::cli {

enum class ColorChoice : std::uint8_t { automatic, always, never };

// How to look.
struct Look {
    SourceChoice source = SourceChoice::automatic;
    bool verify = false;                  // confirm pointers by sock_diag
    std::optional<kernel::Loader> loader; // of BPF programs: not the best that works, but this one
    std::set<Kind> kinds;                 // empty: all

    [[nodiscard]] bool wants(Kind kind) const { return kinds.empty() || kinds.contains(kind); }
};

// How to show it.
struct Output {
    render::Format format = render::Format::table;
    ColorChoice color = ColorChoice::automatic;
    std::string columns; // names separated by commas; with a leading + in addition to the format's own
    std::string sort;    // column names separated by commas, - in front for descending
    std::vector<std::string> filters;
    std::set<State> states;        // empty: all
    std::set<Kind> kinds;          // empty: all
    std::optional<Patience> stuck; // only endpoints on which nothing moves, with the reasons
    std::optional<std::size_t> top;
    bool addresses = false;
};

struct PeersRequest {
    bool is_list = false; // `list` may go without targets, and has found something if it has rows
    std::vector<query::Target> targets; // none: everything
    std::vector<std::string> texts;     // the targets as typed
    Look look;
    Output output;
};

struct PathRequest {
    query::Target target;
    std::string text; // the target as typed
    Look look;
    render::PathFormat format = render::PathFormat::table;
    bool addresses = false;
    std::optional<std::chrono::duration<double>> observe; // how long to watch what relays move
};

struct DoctorRequest {
    Output output;
};

struct HelpRequest { // --help or --version: an answer for stdout
    std::string text;
};

using Request = std::variant<PeersRequest, PathRequest, DoctorRequest, HelpRequest>;

// `arguments` without the program's name.
Result<Request> parse_request(std::vector<std::string> arguments);

} // namespace otherend::cli
