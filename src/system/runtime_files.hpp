// SPDX-License-Identifier: MIT
// The files in which container runtimes keep what they know of their containers, where their packages put them. No
// daemon is asked. Another data-root of Docker, and the home of a user who runs Podman, are not searched.
#pragma once

#include "system/parse/container_names.hpp"

namespace otherend::system {

class RuntimeFiles {
  public:
    // `root` is put before every path.
    explicit RuntimeFiles(std::string root) : root_(std::move(root)) {}

    // Absent if there is no such file, or it cannot be read or understood. `id` must be hexadecimal digits: it becomes
    // part of paths.
    [[nodiscard]] std::optional<ContainerNames> docker(const std::string& id) const;
    [[nodiscard]] std::optional<ContainerNames> podman(const std::string& id);
    [[nodiscard]] std::optional<ContainerNames> crio(const std::string& id);

    struct Task {
        std::string name_space; // of containerd: "k8s.io", "default", "moby" for Docker's
        ContainerNames names;
    };
    [[nodiscard]] std::optional<Task> containerd(const std::string& id) const;

  private:
    void read_storage_lists();

    std::string root_;
    std::optional<std::map<std::string, ContainerNames>> stored_; // once it was asked for
};

} // namespace otherend::system
