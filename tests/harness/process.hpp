// SPDX-License-Identifier: MIT
// Running the binary under test and the programs that make topologies; nothing a test starts outlives it.
#pragma once

#include "harness/lack.hpp"

#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace otherend::harness {

struct Outcome {
    int exit_code = -1; // 128 + signal if one ended it, as a shell says
    std::string out, err;
};

enum class Stdout {
    captured,
    closed,        // as with >&-
    closed_reader, // a pipe whose reading end is gone
    full,          // /dev/full
};

struct RunOptions {
    Stdout out = Stdout::captured;
    std::optional<uid_t> uid = std::nullopt;
    std::vector<Lack> lacks = {};
};

using Arguments = std::vector<std::string>;

// $OTHEREND, or the binary of this build.
std::string otherend_binary();
std::string program_binary(const std::string& name);

Outcome run(const std::string& binary, const Arguments& arguments, const RunOptions& options = {});
Outcome otherend(const Arguments& arguments, const RunOptions& options = {});

// One of tests/programs: it lives as long as this object, and ends when its standard input does.
class Program {
  public:
    Program(const std::string& name, const Arguments& arguments = {});
    ~Program();
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;

    [[nodiscard]] const std::string& line() const { return line_; }                      // its truth
    [[nodiscard]] const std::optional<std::string>& skipped() const { return skipped_; } // why there is none
    int end(); // its exit code, once its input has ended

  private:
    pid_t pid_ = -1;
    int input_ = -1;
    int exit_code_ = -1;
    std::string line_;
    std::optional<std::string> skipped_;
};

} // namespace otherend::harness
