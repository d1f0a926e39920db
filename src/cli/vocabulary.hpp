// SPDX-License-Identifier: MIT
// The words of the command line and what they mean.
#pragma once

#include "cli/request.hpp"
#include "render/words.hpp"

#include <map>
#include <string>

namespace otherend::cli {

inline const std::map<std::string, render::Format> formats{
    {"table", render::Format::table}, {"wide", render::Format::wide}, {"json", render::Format::json},
    {"jsonl", render::Format::jsonl}, {"csv", render::Format::csv},
};

inline const std::map<std::string, render::PathFormat> path_formats{
    {"table", render::PathFormat::table}, {"wide", render::PathFormat::wide},
    {"json", render::PathFormat::json},   {"jsonl", render::PathFormat::jsonl},
    {"dot", render::PathFormat::dot},     {"mermaid", render::PathFormat::mermaid},
};

inline const std::map<std::string, ColorChoice> colors{
    {"auto", ColorChoice::automatic},
    {"always", ColorChoice::always},
    {"never", ColorChoice::never},
};

inline const std::map<std::string, SourceChoice> sources{
    {"auto", SourceChoice::automatic},
    {"bpf", SourceChoice::bpf},
    {"diag", SourceChoice::diag},
    {"proc", SourceChoice::proc},
};

inline std::map<std::string, Kind> kind_words() {
    std::map<std::string, Kind> words;
    for (const auto kind : render::kinds)
        words.emplace(render::word(kind), kind);
    return words;
}

// The states by the words render prints them with.
inline std::map<std::string, State> state_words() {
    std::map<std::string, State> words;
    for (const auto state : render::states)
        words.emplace(render::word(state), state);
    return words;
}

} // namespace otherend::cli
