// SPDX-License-Identifier: MIT
#include "system/parse/container_names.hpp"

#include <gtest/gtest.h>

namespace otherend::system {
namespace {

std::string shown(const std::optional<ContainerNames>& names) {
    return names ? "'" + names->name + "' of '" + names->image + "'" : "nothing";
}

TEST(DockerContainer, HasNameAndImage) {
    EXPECT_EQ(shown(parse_docker_container(R"({"ID": "0", "Name": "/web", "Config": {"Image": "nginx:1"}})")),
              "'web' of 'nginx:1'");
    EXPECT_EQ(shown(parse_docker_container(
                  R"({"Name": "web", "Config": {"Image": "nginx:1"}, "Image": "sha256:0"})")),
              "'web' of 'nginx:1'"); // Podman's API
}

TEST(DockerContainer, MayLackEither) {
    EXPECT_EQ(shown(parse_docker_container(R"({"Name": "/web"})")), "'web' of ''");
    EXPECT_EQ(shown(parse_docker_container(R"({"Config": {"Image": "nginx"}})")), "'' of 'nginx'");
    EXPECT_EQ(shown(parse_docker_container(R"({"Name": 1, "Config": []})")), "'' of ''");
    EXPECT_EQ(shown(parse_docker_container(R"({"Name": null, "Config": {"Image": {}}})")), "'' of ''");
}

TEST(DockerContainer, IsNothingUnlessAnObject) {
    for (const auto* text : {"", "{", "[]", "null", "\"web\"", "{\"Name\": \"/web\"", "{\"Name\": \"\xff\"}",
                             "{} {}", "not json"})
        EXPECT_EQ(shown(parse_docker_container(text)), "nothing") << text;
    EXPECT_EQ(shown(parse_docker_container(std::string(100'000, '['))), "nothing");
}

TEST(OciBundle, HasNamesOfContainerd) {
    EXPECT_EQ(shown(parse_oci_bundle(R"({"annotations": {
                "io.kubernetes.cri.container-name": "app", "io.kubernetes.cri.container-type": "container",
                "io.kubernetes.cri.image-name": "registry/app:2", "io.kubernetes.cri.sandbox-name": "web-0",
                "io.kubernetes.cri.sandbox-namespace": "prod"}})")),
              "'prod/web-0/app' of 'registry/app:2'");
    EXPECT_EQ(shown(parse_oci_bundle(R"({"annotations": {"io.kubernetes.cri.container-type": "sandbox",
                "io.kubernetes.cri.sandbox-name": "web-0", "io.kubernetes.cri.sandbox-namespace": "prod"}})")),
              "'prod/web-0' of ''");
}

TEST(OciBundle, HasNamesOfCriO) {
    EXPECT_EQ(shown(parse_oci_bundle(R"({"annotations": {"io.kubernetes.container.name": "app",
                "io.kubernetes.cri-o.Image": "0123", "io.kubernetes.cri-o.ImageName": "registry/app:2",
                "io.kubernetes.pod.name": "web-0", "io.kubernetes.pod.namespace": "prod"}})")),
              "'prod/web-0/app' of 'registry/app:2'");
    EXPECT_EQ(shown(parse_oci_bundle(R"({"annotations": {"io.kubernetes.container.name": "POD",
                "io.kubernetes.pod.name": "web-0", "io.kubernetes.pod.namespace": "prod"}})")),
              "'prod/web-0' of ''");
}

TEST(OciBundle, HasTheNameOfNerdctl) {
    EXPECT_EQ(shown(parse_oci_bundle(R"({"annotations": {"nerdctl/name": "web"}})")), "'web' of ''");
}

TEST(OciBundle, MayHaveNoNames) {
    for (const auto* text : {"{}", R"({"annotations": null})", R"({"annotations": {"a": 1}})",
                             R"({"annotations": []})", R"({"annotations": {"io.kubernetes.pod.name": 7}})"})
        EXPECT_EQ(shown(parse_oci_bundle(text)), "'' of ''") << text;
    for (const auto* text : {"", "[]", "7", "{\"annotations\""})
        EXPECT_EQ(shown(parse_oci_bundle(text)), "nothing") << text;
}

TEST(StorageList, HasNamesById) {
    const auto list = parse_storage_list(
        R"([{"id": "aa", "names": ["web", "alias"], "metadata": "{\"image-name\": \"localhost/box:1\"}"},
            {"id": "bb", "names": [], "metadata": "none"}, {"id": "cc", "names": "x"}, {"id": "dd", "names": [1]}])");
    ASSERT_EQ(list.size(), 4U);
    EXPECT_EQ(shown(list.at("aa")), "'web' of 'localhost/box:1'");
    for (const auto* id : {"bb", "cc", "dd"})
        EXPECT_EQ(shown(list.at(id)), "'' of ''") << id;
}

TEST(StorageList, IsEmptyUnlessAList) {
    for (const auto* text : {"", "{}", "[", "null", "[{\"id\": \"aa\"}"})
        EXPECT_TRUE(parse_storage_list(text).empty()) << text;
}

} // namespace
} // namespace otherend::system
