// SPDX-License-Identifier: MIT
#include "system/containers.hpp"

#include "system/parse/status.hpp"

namespace otherend::system {

Containers::Containers(std::string root)
    : files_(root), docker_(root + "/run/docker.sock"), podman_(root + "/run/podman/podman.sock") {}

// False if we may not know: the link is guarded more closely than the status that tells as well.
bool Containers::is_in_our_pid_namespace(const Procfs& proc, const std::string& directory) {
    if (!our_pid_namespace_)
        our_pid_namespace_ = proc.read_link("self/ns/pid").value_or("");
    const auto its = proc.read_link(directory + "/ns/pid");
    return its && *its == *our_pid_namespace_;
}

void Containers::report(const Procfs& proc, Pid pid, const model::FactSink& sink) {
    const auto directory = directory_of(pid);
    const auto cgroup = proc.read(directory + "/cgroup");
    if (!cgroup)
        return;
    model::ContainerFact fact{.pid = pid};
    const auto placement = parse_cgroup(*cgroup);
    fact.unit = placement.unit;
    if (!placement.id.empty())
        fact.container = container(placement);
    if (!is_in_our_pid_namespace(proc, directory))
        if (const auto own = parse_status(proc.read(directory + "/status").value_or("")).own_pid;
            own && *own != number(pid))
            fact.own_pid = Pid{*own};
    if (fact.container || fact.own_pid || !fact.unit.empty())
        sink(fact);
}

const Container& Containers::container(const Placement& placement) {
    auto found = known_.find(placement.id);
    if (found == known_.end()) {
        auto answer = look_up(std::string(placement.runtime), std::string(placement.id));
        found = known_.emplace(placement.id, std::move(answer)).first;
    }
    return found->second;
}

// Where the cgroup does not tell the runtime (a bare id: Docker under a parent of its own, Kubernetes without systemd),
// whoever knows the id does. Podman and CRI-O always tell.
Container Containers::look_up(std::string runtime, std::string id) {
    const auto known_as = [&](const char* by, ContainerNames names) {
        return Container{by, std::move(id), std::move(names.name), std::move(names.image)};
    };
    const bool is_untold = runtime.empty();
    if (runtime == "docker" || is_untold)
        if (auto names = files_.docker(id))
            return known_as("docker", std::move(*names));
    if (runtime == "containerd" || is_untold)
        if (auto task = files_.containerd(id); task && task->name_space != "moby")
            return known_as("containerd", std::move(task->names));
    if (runtime == "docker" || is_untold)
        if (auto names = docker_.ask(id))
            return known_as("docker", std::move(*names));
    if (runtime == "podman")
        if (auto names = files_.podman(id))
            return known_as("podman", std::move(*names));
    if (runtime == "podman")
        if (auto names = podman_.ask(id))
            return known_as("podman", std::move(*names));
    if (runtime == "cri-o")
        if (auto names = files_.crio(id))
            return known_as("cri-o", std::move(*names));
    return Container{std::move(runtime), std::move(id), {}, {}};
}

} // namespace otherend::system
