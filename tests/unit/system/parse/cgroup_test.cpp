// SPDX-License-Identifier: MIT
// The paths are those that runtimes make, and that people show in the issues of those who read them.
#include "system/parse/cgroup.hpp"

#include <gtest/gtest.h>
#include <ostream>
#include <string>

namespace otherend::system {

std::ostream& operator<<(std::ostream& out, const Placement& placement) {
    return out << placement.runtime << ' ' << placement.id << ' ' << placement.unit;
}
bool operator==(const Placement& left, const Placement& right) {
    return left.runtime == right.runtime && left.id == right.id && left.unit == right.unit;
}

namespace {

const std::string a(64, 'a'), b = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

Placement docker(const std::string& id) {
    return {.runtime = "docker", .id = id};
}
Placement podman(const std::string& id) {
    return {.runtime = "podman", .id = id};
}
Placement containerd(const std::string& id) {
    return {.runtime = "containerd", .id = id};
}
Placement crio(const std::string& id) {
    return {.runtime = "cri-o", .id = id};
}
Placement untold(const std::string& id) {
    return {.id = id};
}
Placement unit(std::string_view name) {
    return {.unit = name};
}
const Placement nowhere;

const std::string pod = "/kubepods.slice/kubepods-burstable.slice/"
                        "kubepods-burstable-pod01234567_89ab_cdef_0123_456789abcdef.slice/";

struct Case {
    std::string path;
    Placement expected;
};

// The text must outlive what is parsed of it.
void expect_each(const std::vector<Case>& cases) {
    for (const auto& [path, expected] : cases)
        for (const auto* line : {"0::", "1:name=systemd:"}) {
            const auto text = line + path + "\n";
            EXPECT_EQ(parse_cgroup(text), expected) << text;
        }
}

TEST(Cgroup, NamesContainersOfDocker) {
    expect_each({
        {"/system.slice/docker-" + b + ".scope", docker(b)},
        {"/docker/" + b, docker(b)},
        {"/docker-ce/docker/" + b, docker(b)},
        {pod + "docker-" + b + ".scope", docker(b)},
        {"/system.slice:docker:" + b, docker(b)},
        {"/user.slice/user-1000.slice/user@1000.service/user.slice/docker-" + b + ".scope", docker(b)},
        {"/lxc/outer/docker/" + b, docker(b)},
    });
}

TEST(Cgroup, NamesContainersOfPodman) {
    expect_each({
        {"/machine.slice/libpod-" + b + ".scope", podman(b)},
        {"/machine.slice/libpod-" + b + ".scope/container", podman(b)},
        {"/libpod_parent/libpod-" + b, podman(b)},
        {"/libpod_parent/" + a + "/libpod-" + b, podman(b)},
        {"/machine.slice/machine-libpod_pod_" + a + ".slice/libpod-" + b + ".scope/container", podman(b)},
        {"/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" + b + ".scope/container",
         podman(b)},
        {"/user.slice/user-1000.slice/user@1000.service/app.slice/web.service/libpod-payload-" + b,
         podman(b)},
        {"/system.slice/web.service/libpod-payload-" + b + "/container", podman(b)},
    });
}

TEST(Cgroup, NamesContainersOfContainerd) {
    expect_each({
        {pod + "cri-containerd-" + b + ".scope", containerd(b)},
        {"/system.slice/containerd.service/kubepods-besteffort-pod01.slice:cri-containerd:" + b,
         containerd(b)},
        {"/kubepods-besteffort-pod01.slice:cri-containerd:" + b, containerd(b)},
        {"/system.slice/nerdctl-" + b + ".scope", containerd(b)},
        {"/default/" + b, containerd(b)},
        {"/k8s.io/" + b, containerd(b)},
    });
}

TEST(Cgroup, NamesContainersOfCriO) {
    expect_each({
        {pod + "crio-" + b + ".scope", crio(b)},
        {pod + "crio-" + b + ".scope/container", crio(b)},
        {"/kubepods/burstable/pod01234567-89ab/crio-" + b, crio(b)},
        {"/kubepods-burstable-pod01.slice:crio:" + b, crio(b)},
    });
}

TEST(Cgroup, MayNotTellTheRuntime) {
    expect_each({
        {"/kubepods/besteffort/pod01234567-89ab/" + b, untold(b)},
        {"/kubepods/pod01234567-89ab/" + b, untold(b)},
        {"/ecs/0123456789abcdef/" + b, untold(b)},
        {"/actions_job/" + b, untold(b)},
        {"/" + b, untold(b)},
    });
}

TEST(Cgroup, OfWhatWatchesAContainerIsNotInIt) {
    const auto conmon = "libpod-conmon-" + b + ".scope";
    const auto crio_conmon = "crio-conmon-" + b + ".scope";
    expect_each({
        {"/machine.slice/" + conmon, unit(conmon)},
        {pod + crio_conmon, unit(crio_conmon)},
        {"/libpod_parent/conmon", nowhere},
        {"/libpod_parent/" + a + "/conmon", nowhere},
        {"/docker/" + a + "/machine.slice/" + conmon, docker(a)},
        {"/system.slice/web.service/runtime", unit("web.service")},
        {"/system.slice/containerd.service", unit("containerd.service")},
    });
}

TEST(Cgroup, OfNestedContainersIsTheInnermost) {
    expect_each({
        {"/docker/" + a + "/docker/" + b, docker(b)},
        {"/docker/" + a + "/kubelet.slice/kubelet-kubepods.slice/cri-containerd-" + b + ".scope",
         containerd(b)},
        {"/system.slice/docker-" + a + ".scope/machine.slice/libpod-" + b + ".scope", podman(b)},
        {"/docker/" + a + "/system.slice/ssh.service", docker(a)},
        {"/system.slice/docker-" + a + ".scope/init.scope", docker(a)},
    });
}

TEST(Cgroup, OfNestedContainersIsTheInnermostInWhicheverHierarchy) {
    const auto outer = "12:pids:/docker/" + a + "\n",
               inner = "1:name=systemd:/docker/" + a + "/docker/" + b + "\n";
    EXPECT_EQ(parse_cgroup(outer + inner).id, b);
    EXPECT_EQ(parse_cgroup(inner + outer).id, b);
}

TEST(Cgroup, IsReadFromTheRootOfOurOwnNamespace) {
    expect_each({
        {"/../cri-containerd-" + b + ".scope", containerd(b)},
        {"/../../../pod01/" + b, untold(b)},
        {"/../" + b, untold(b)},
        {"/../../docker/" + b, docker(b)},
        {"/../ssh.service", unit("ssh.service")},
        {"/..", nowhere},
        {"/", nowhere},
    });
}

TEST(Cgroup, NamesUnits) {
    expect_each({
        {"/system.slice/ssh.service", unit("ssh.service")},
        {"/system.slice/system-getty.slice/getty@tty1.service", unit("getty@tty1.service")},
        {"/init.scope", unit("init.scope")},
        {"/user.slice/user-1000.slice/session-4.scope", unit("session-4.scope")},
        {"/user.slice/user-1000.slice/user@1000.service/app.slice/web.service", unit("web.service")},
        {"/user.slice/user-1000.slice/user@1000.service/init.scope", unit("init.scope")},
        {"/system.slice/dev-hugepages.mount", unit("dev-hugepages.mount")},
        {"/system.slice/dbus.socket", unit("dbus.socket")},
        {"/system.slice/a\\x2db@\\x2f.service", unit("a\\x2db@\\x2f.service")},
        {"/system.slice/udev.service/udev", unit("udev.service")},
        {"/system.slice/_cpu.service", unit("cpu.service")}, // as cg_escape() has to write it
        {"/system.slice/__odd.service", unit("_odd.service")},
        {"/system.slice/gone.service (deleted)", unit("gone.service")},
        {"/user.slice", nowhere},
        {"/lxc.payload.web", nowhere},
        {"/a/.service/b.service.d/.scope", nowhere},
        {"/a/b c.service", nowhere}, // no name systemd would give
    });
}

TEST(Cgroup, TakesTheUnitFromTheHierarchyOfSystemd) {
    EXPECT_EQ(parse_cgroup("5:memory:/system.slice/a.service\n").unit, "");
    EXPECT_EQ(parse_cgroup("1:name=systemd:/system.slice/b.service\n0::/system.slice/a.service\n").unit,
              "b.service");
    EXPECT_EQ(parse_cgroup("0::/system.slice/a.service\n1:name=systemd:/system.slice/b.service\n").unit,
              "b.service");
    EXPECT_EQ(parse_cgroup("1:name=systemd:/\n0::/system.slice/a.service\n").unit, "a.service");
}

TEST(Cgroup, TakesTheContainerFromWhicheverHierarchyHasIt) {
    const auto text =
        "9:name=systemd:/\n4:cpu,cpuacct:/\n3:memory:/docker/" + b + "\n0::/system.slice/docker.service\n";
    EXPECT_EQ(parse_cgroup(text), docker(b));
}

TEST(Cgroup, IsInNoContainerByWhatOnlyLooksLikeAnId) {
    const auto short_id = b.substr(1), long_id = b + "0";
    auto upper = b;
    upper[10] = 'A';
    auto word = b;
    word[63] = 'g';
    for (const auto& id : {short_id, word, upper, std::string("web"), std::string()})
        for (const auto* before :
             {"/docker/", "/system.slice/docker-", "/machine.slice/libpod-", "/a.slice:crio:"})
            EXPECT_EQ(parse_cgroup("0::" + (before + id)).id, "") << before << id;
    EXPECT_EQ(parse_cgroup("0::/docker/" + long_id).id, "");
    for (const auto* label : {"x", "dockers-", "-", ":", "my-docker-", "machine-libpod_pod_", "_"})
        EXPECT_EQ(parse_cgroup("0::/" + (label + b)).id, "") << label;
    EXPECT_EQ(parse_cgroup("0::/docker/" + b + ".slice").id, "");
}

TEST(Cgroup, IsNowhereInBrokenLines) {
    for (const std::string text :
         {"", "\n", ":", "::", ":::", "0", "0:", "0::", "0::/", "a.service", "0:a.service"})
        EXPECT_EQ(parse_cgroup(text), nowhere) << text;
}

} // namespace
} // namespace otherend::system
