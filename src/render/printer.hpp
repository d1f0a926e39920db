// SPDX-License-Identifier: MIT
// Endpoints in, an answer on a stream out, one endpoint at a time. The stream's owner flushes it.
#pragma once

#include "otherend/answer.hpp"
#include "render/column.hpp"

#include <cstdint>
#include <iosfwd>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace otherend::render {

enum class Format : std::uint8_t { table, wide, json, jsonl, csv };

struct Options {
    Format format = Format::table;
    std::vector<const Column*> columns; // empty: the format's own; JSON has fields instead and ignores them
    bool color = false;                 // of the state words in a table
    unsigned width = 0;     // of the terminal, to fit a table; 0 cuts nothing, and wide never does
    bool addresses = false; // kernel addresses: a field of JSON, a column elsewhere
};

struct Head { // who says this and when; part of JSON only
    std::string host;
    std::string time;   // RFC 3339, UTC
    std::string source; // what was read: bpf, diag, proc
};

class Printer {
  public:
    Printer() = default;
    Printer(const Printer&) = delete;
    Printer(Printer&&) = delete;
    Printer& operator=(const Printer&) = delete;
    Printer& operator=(Printer&&) = delete;
    virtual ~Printer() = default;

    virtual void endpoint(const Endpoint& endpoint) = 0;

    // Must be called once, after the last endpoint. Only JSON says what was unseen, for the others see
    // describe().
    virtual void finish(std::span<const Unseen> unseen) = 0;
};

std::unique_ptr<Printer> make_printer(std::ostream& out, const Options& options, const Head& head);

// What the format shows unless the user names columns; none for JSON.
std::vector<const Column*> default_columns(Format format, bool addresses);

// One line for stderr.
std::string describe(const Unseen& unseen);

} // namespace otherend::render
