// SPDX-License-Identifier: MIT
#include "system/parse/cgroup.hpp"

#include "system/parse/lines.hpp"

#include <algorithm>
#include <optional>

namespace otherend::system {

namespace {

constexpr std::size_t id_length = 64;

bool is_id(std::string_view text) {
    return text.size() == id_length && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string_view without_suffix(std::string_view text, std::string_view suffix) {
    return text.ends_with(suffix) ? text.substr(0, text.size() - suffix.size()) : text;
}

struct Runtime {
    std::string_view label, runtime;
};

// What precedes the id: "docker-ID.scope" of the systemd drivers, "libpod-ID" of the cgroupfs ones, and
// "POD.slice:cri-containerd:ID" where runc's cgroupfs driver was given a path meant for systemd. Not among them:
// libpod-conmon and crio-conmon, the watchers.
constexpr Runtime labels[] = {
    {"docker", "docker"},
    {"libpod", "podman"},
    {"libpod-payload", "podman"}, // podman run --cgroups=split
    {"cri-containerd", "containerd"},
    {"containerd", "containerd"},
    {"nerdctl", "containerd"},
    {"crio", "cri-o"},
};

// Whose child a cgroup that is called by nothing but the id is. default and k8s.io are namespaces of containerd.
constexpr Runtime parents[] = {{"docker", "docker"}, {"default", "containerd"}, {"k8s.io", "containerd"}};

constexpr std::string_view parent_of_pods = "libpod_parent"; // a bare id in there is that of a pod

std::optional<std::string_view> runtime_of(std::string_view name, const auto& known) {
    const auto* found = std::ranges::find(known, name, &Runtime::label);
    return found == std::end(known) ? std::nullopt : std::optional(found->runtime);
}

std::optional<Placement> container_in(std::string_view component, std::string_view parent) {
    component = without_suffix(component, ".scope");
    if (component.size() < id_length)
        return std::nullopt;
    const auto id = component.substr(component.size() - id_length);
    if (!is_id(id))
        return std::nullopt;
    auto label = component.substr(0, component.size() - id_length);
    if (label.empty() && parent == parent_of_pods)
        return std::nullopt;
    if (label.empty())
        return Placement{.runtime = runtime_of(parent, parents).value_or(""), .id = id};
    if (!label.ends_with('-') && !label.ends_with(':'))
        return std::nullopt;
    label.remove_suffix(1);
    label.remove_prefix(label.rfind(':') + 1); // npos + 1 is 0
    const auto runtime = runtime_of(label, labels);
    return runtime ? std::optional(Placement{.runtime = *runtime, .id = id}) : std::nullopt;
}

// unit_name_is_valid() in systemd's src/basic/unit-name.c; the types that have processes of their own, slices aside.
bool is_unit(std::string_view name) {
    constexpr std::string_view valid =
        "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ:-_.\\@";
    const auto dot = name.rfind('.');
    if (dot == std::string_view::npos || dot == 0 || name.find_first_not_of(valid) != std::string_view::npos)
        return false;
    const auto type = name.substr(dot);
    return type == ".service" || type == ".scope" || type == ".socket" || type == ".mount" || type == ".swap";
}

struct Path {
    Placement innermost;
    std::size_t depth = 0; // of containers
};

Path parse_path(std::string_view path) {
    Path parsed;
    std::string_view parent;
    while (!path.empty()) {
        const auto component = take_until(path, '/');
        if (const auto container = container_in(component, parent)) {
            parsed.innermost.runtime = container->runtime;
            parsed.innermost.id = container->id;
            ++parsed.depth;
        }
        // systemd puts '_' before a name that the kernel might take for a file of its own (cg_escape()).
        const auto unit = component.substr(component.starts_with('_') ? 1 : 0);
        if (is_unit(unit))
            parsed.innermost.unit = unit;
        parent = component;
    }
    return parsed;
}

} // namespace

// "0::/path" (v2), "4:memory:/path", "1:name=systemd:/path" (v1). A path holds no newline (cgroup_mkdir()).
Placement parse_cgroup(std::string_view text) {
    Path innermost;
    std::string_view unit;
    bool unit_is_certain = false;
    while (!text.empty()) {
        auto line = take_until(text, '\n');
        take_until(line, ':'); // number of the hierarchy
        const auto controllers = take_until(line, ':');
        const auto path = parse_path(without_suffix(line, " (deleted)")); // of a zombie
        if (path.depth >
            innermost.depth) // a runtime that runs in a container may not have been given all hierarchies
            innermost = path;
        const bool is_of_systemd = controllers == "name=systemd";
        if ((is_of_systemd || (controllers.empty() && !unit_is_certain)) && !path.innermost.unit.empty()) {
            unit = path.innermost.unit;
            unit_is_certain = is_of_systemd;
        }
    }
    if (!innermost.innermost.id.empty())
        return {.runtime = innermost.innermost.runtime, .id = innermost.innermost.id};
    return {.unit = unit};
}

} // namespace otherend::system
