// SPDX-License-Identifier: MIT
#include "system/parse/container_names.hpp"

#include <initializer_list>
#include <nlohmann/json.hpp>

namespace otherend::system {

namespace {

using nlohmann::json;

json parsed(std::string_view text) {
    return json::parse(text, nullptr,
                       false); // a discarded value, which has no members, instead of an exception
}

// The member `key` if it is there, else null.
const json& member(const json& object, std::string_view key) {
    static const json none;
    const auto found = object.is_object() ? object.find(key) : object.end();
    return found == object.end() ? none : *found;
}

std::string text_of(const json& value) {
    return value.is_string() ? value.get<std::string>() : std::string();
}

std::string first_text(const json& object, std::initializer_list<std::string_view> keys) {
    for (const auto key : keys)
        if (auto text = text_of(member(object, key)); !text.empty())
            return text;
    return {};
}

std::string kubernetes_name(const std::string& name_space, const std::string& pod,
                            const std::string& container) {
    return name_space + "/" + pod + (container.empty() ? "" : "/" + container);
}

} // namespace

std::optional<ContainerNames> parse_docker_container(std::string_view text) {
    const auto container = parsed(text);
    if (!container.is_object())
        return std::nullopt;
    auto name = text_of(member(container, "Name"));
    if (name.starts_with('/')) // Docker's, of the days of links
        name.erase(0, 1);
    return ContainerNames{std::move(name), text_of(member(member(container, "Config"), "Image"))};
}

std::optional<ContainerNames> parse_oci_bundle(std::string_view text) {
    const auto bundle = parsed(text);
    if (!bundle.is_object())
        return std::nullopt;
    const auto& annotations = member(bundle, "annotations");
    const auto pod = first_text(annotations, {"io.kubernetes.cri.sandbox-name", "io.kubernetes.pod.name"});
    const auto name_space =
        first_text(annotations, {"io.kubernetes.cri.sandbox-namespace", "io.kubernetes.pod.namespace"});
    auto container =
        first_text(annotations, {"io.kubernetes.cri.container-name", "io.kubernetes.container.name"});
    if (container == "POD") // the kubelet's word for the sandbox, kept by CRI-O
        container.clear();
    return ContainerNames{
        .name = pod.empty() ? first_text(annotations, {"nerdctl/name"})
                            : kubernetes_name(name_space, pod, container),
        .image = first_text(annotations, {"io.kubernetes.cri.image-name", "io.kubernetes.cri-o.ImageName",
                                          "io.kubernetes.cri-o.Image"}),
    };
}

// [{"id": …, "names": ["web"], "metadata": "{\"image-name\": …}"}]
std::map<std::string, ContainerNames> parse_storage_list(std::string_view text) {
    std::map<std::string, ContainerNames> containers;
    const auto list = parsed(text);
    if (!list.is_array())
        return containers;
    for (const auto& container : list) {
        const auto& names = member(container, "names");
        const auto metadata = parsed(text_of(member(container, "metadata")));
        containers.insert_or_assign(
            text_of(member(container, "id")),
            ContainerNames{names.is_array() && !names.empty() ? text_of(names.front()) : std::string(),
                           text_of(member(metadata, "image-name"))});
    }
    return containers;
}

} // namespace otherend::system
