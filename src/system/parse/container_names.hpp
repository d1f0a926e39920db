// SPDX-License-Identifier: MIT
// What container runtimes write of their containers, in JSON. A text that is not JSON, or not of the shape expected,
// says nothing. JSON is UTF-8, so these names are.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace otherend::system {

struct ContainerNames {
    std::string name, image; // empty if not told
};

// Docker's config.v2.json, and what Docker's and Podman's API answer to GET /containers/ID/json.
std::optional<ContainerNames> parse_docker_container(std::string_view json);

// The annotations in the config.json of an OCI bundle (OCI runtime-spec, config.md), as the CRI part of containerd,
// CRI-O and nerdctl make them. The name of a container of Kubernetes is NAMESPACE/POD/CONTAINER, that of its sandbox
// NAMESPACE/POD: the container's own name ("app") is that of many.
std::optional<ContainerNames> parse_oci_bundle(std::string_view json);

// containers.json of containers/storage, which Podman and CRI-O use: names by container id.
std::map<std::string, ContainerNames> parse_storage_list(std::string_view json);

} // namespace otherend::system
