// SPDX-License-Identifier: MIT
#pragma once

#include "render/printer.hpp"

namespace otherend::render {

// One document. Endpoints are written one by one, each on a line of its own, so that memory stays flat.
class JsonPrinter : public Printer {
  public:
    JsonPrinter(std::ostream& out, const Head& head, bool addresses);
    void endpoint(const Endpoint& endpoint) override;
    void finish(std::span<const Unseen> unseen) override;

  private:
    std::ostream& out_;
    bool addresses_;
    bool first_ = true;
};

// An endpoint a line and, if anything was unseen, a last line that says so.
class JsonLinesPrinter : public Printer {
  public:
    JsonLinesPrinter(std::ostream& out, bool addresses) : out_(out), addresses_(addresses) {}
    void endpoint(const Endpoint& endpoint) override;
    void finish(std::span<const Unseen> unseen) override;

  private:
    std::ostream& out_;
    bool addresses_;
};

} // namespace otherend::render
