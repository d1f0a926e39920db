// SPDX-License-Identifier: MIT
// Docker's HTTP API over its UNIX socket, which Podman speaks as well (docs.docker.com/reference/api/engine).
#pragma once

#include "system/parse/container_names.hpp"

namespace otherend::system {

// libcurl is loaded when a socket is there to be asked: linked, it and the 30 libraries it needs would cost every run
// 4.3 ms (2.1 ms became 6.4 ms for `otherend --version`). Without libcurl nothing is known from here.
class RuntimeApi {
  public:
    explicit RuntimeApi(std::string socket) : socket_(std::move(socket)) {}

    // GET /containers/ID/json. A daemon that does not answer within 300 ms, or not at all, is not asked again.
    std::optional<ContainerNames> ask(const std::string& id);

  private:
    std::string socket_;
    bool is_silent_ = false;
};

} // namespace otherend::system
