// SPDX-License-Identifier: MIT
// Where processes run: in which container or unit, and under which pid there. Each container is looked up once: in the
// files of its runtime, and if they do not tell, by the runtime's API.
#pragma once

#include "model/fact.hpp"
#include "system/parse/cgroup.hpp"
#include "system/procfs.hpp"
#include "system/runtime_api.hpp"
#include "system/runtime_files.hpp"

#include <map>

namespace otherend::system {

class Containers {
  public:
    // `root`: where the host's file system begins, with no slash at the end.
    explicit Containers(std::string root = {});

    // Reports nothing of a process that is gone or of which there is nothing to say: in no container or unit, and in
    // the pid namespace of `proc`'s self.
    void report(const Procfs& proc, Pid pid, const model::FactSink& sink);

  private:
    [[nodiscard]] bool is_in_our_pid_namespace(const Procfs& proc, const std::string& directory);
    const Container& container(const Placement& placement);
    [[nodiscard]] Container look_up(std::string runtime, std::string id);

    RuntimeFiles files_;
    RuntimeApi docker_, podman_;
    std::map<std::string, Container, std::less<>> known_;
    std::optional<std::string> our_pid_namespace_; // as its link shows it, once it was asked for
};

} // namespace otherend::system
