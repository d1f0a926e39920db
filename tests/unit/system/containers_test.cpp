// SPDX-License-Identifier: MIT
#include "system/containers.hpp"

#include "api_server.hpp"
#include "collected.hpp"
#include "tree.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

namespace otherend::system {
namespace {

const std::string id(64, 'a'), other_id(64, 'b');

// A /proc, and beside it a host whose runtimes keep their files where packages put them.
struct World {
    World() { tree.link("self/ns/pid", "pid:[4026531836]"); }

    // A process of our pid namespace.
    void process(int pid, const std::string& cgroup) const {
        const auto directory = std::to_string(pid);
        tree.file(directory + "/cgroup", "0::" + cgroup + "\n");
        tree.file(directory + "/status", "NSpid:\t" + directory + "\t7\n"); // not asked
        tree.link(directory + "/ns/pid", "pid:[4026531836]");
    }
    void process_elsewhere(int pid, int own_pid) const {
        const auto directory = std::to_string(pid);
        tree.file(directory + "/cgroup", "0::/\n");
        tree.file(directory + "/status",
                  "Name:\tx\nNSpid:\t" + directory + "\t" + std::to_string(own_pid) + "\n");
        tree.link(directory + "/ns/pid", "pid:[4026532000]");
    }
    void file(const std::string& path, const std::string& content) const {
        tree.file("host" + path, content);
    }

    std::optional<model::ContainerFact> fact(int pid) {
        collected.emplace_back();
        containers.report(tree.open(), Pid{pid}, collected.back().sink());
        const auto facts = collected.back().of<model::ContainerFact>();
        EXPECT_LE(facts.size(), 1U);
        return facts.empty() ? std::nullopt : std::optional(facts[0]);
    }
    std::string container(int pid) {
        const auto found = fact(pid);
        if (!found || !found->container)
            return "none";
        const auto& [runtime, its_id, name, image] = *found->container;
        return runtime + " " + its_id.substr(0, 2) + " '" + name + "' of '" + image + "'";
    }

    Tree tree;
    Containers containers{tree.at("host")};
    std::deque<Collected> collected;
};

constexpr const char* docker_file = R"({"Name": "/web", "Config": {"Image": "nginx:1"}})";

std::string config_of_docker(const std::string& container) {
    return "/var/lib/docker/containers/" + container + "/config.v2.json";
}

// -- where a process is -------------------------------------------------------------------------------------

TEST(Containers, ReportAUnit) {
    World world;
    world.process(100, "/system.slice/ssh.service");
    const auto fact = world.fact(100);
    ASSERT_TRUE(fact);
    EXPECT_EQ(fact->pid, Pid{100});
    EXPECT_EQ(fact->unit, "ssh.service");
    EXPECT_FALSE(fact->container);
    EXPECT_FALSE(fact->own_pid);
}

TEST(Containers, ReportThePidInAnotherNamespace) {
    World world;
    world.process_elsewhere(100, 1);
    world.process_elsewhere(101, 101); // of two namespaces, by chance
    const auto fact = world.fact(100);
    ASSERT_TRUE(fact);
    EXPECT_EQ(fact->own_pid, Pid{1});
    EXPECT_FALSE(world.fact(101));
}

TEST(Containers, ReportThePidAlsoWhereTheNamespaceIsHidden) {
    World world;
    world.process_elsewhere(100, 1);
    std::filesystem::remove(world.tree.at("100/ns/pid"));
    const auto fact = world.fact(100);
    ASSERT_TRUE(fact);
    EXPECT_EQ(fact->own_pid, Pid{1});
}

TEST(Containers, ReportNothingOfWhatIsNowhereOrGone) {
    World world;
    world.process(100, "/");
    EXPECT_FALSE(world.fact(100));
    EXPECT_FALSE(world.fact(101));
}

TEST(Containers, SayNothingOfThisProcessThatProcDoesNot) {
    Collected collected;
    Containers().report(Procfs::open().value(), Pid{getpid()}, collected.sink());
    for (const auto& fact : collected.of<model::ContainerFact>())
        EXPECT_FALSE(fact.own_pid); // we are in our own namespace
}

// -- files of the runtimes --------------------------------------------------------------------------------

TEST(Containers, OfDockerAreNamedByItsFiles) {
    World world;
    world.process(100, "/docker/" + id);
    world.process(101, "/otherend.slice/" + id); // a parent of its own choosing
    world.file(config_of_docker(id), docker_file);
    EXPECT_EQ(world.container(100), "docker aa 'web' of 'nginx:1'");
    EXPECT_EQ(world.container(101), "docker aa 'web' of 'nginx:1'");
    EXPECT_EQ(world.fact(100)->unit, "");
    EXPECT_EQ(world.fact(100)->container->id, id);
}

TEST(Containers, AreLookedUpOnce) {
    World world;
    world.process(100, "/docker/" + id);
    world.process(101, "/docker/" + id);
    world.file(config_of_docker(id), docker_file);
    EXPECT_EQ(world.container(100), "docker aa 'web' of 'nginx:1'");
    std::filesystem::remove_all(world.tree.at("host"));
    EXPECT_EQ(world.container(101), "docker aa 'web' of 'nginx:1'");
}

TEST(Containers, WhoseFilesCannotBeUnderstoodKeepTheirId) {
    World world;
    for (int pid = 100; const auto& content :
                        {std::string("{\"Name\": \"/web\""), std::string(9UZ << 20, ' '), std::string()}) {
        const std::string its_id(64, static_cast<char>('0' + pid % 10));
        world.process(pid, "/docker/" + its_id);
        world.file(config_of_docker(its_id), content);
        EXPECT_EQ(world.container(pid), "docker " + its_id.substr(0, 2) + " '' of ''");
        ++pid;
    }
}

TEST(Containers, AreNotWaitedForWhereAFileIsAPipe) {
    World world;
    world.process(100, "/docker/" + id);
    world.tree.directory("host/var/lib/docker/containers/" + id);
    ASSERT_EQ(mkfifo(world.tree.at("host" + config_of_docker(id)).c_str(), 0600), 0);
    EXPECT_EQ(world.container(100), "docker aa '' of ''");
}

constexpr const char* kubernetes_bundle = R"({"annotations": {"io.kubernetes.cri.container-name": "app",
    "io.kubernetes.cri.image-name": "app:2", "io.kubernetes.cri.sandbox-name": "web-0",
    "io.kubernetes.cri.sandbox-namespace": "prod"}})";

TEST(Containers, OfContainerdAreNamedByTheirBundles) {
    World world;
    world.process(100, "/kubepods.slice/kubepods-pod1.slice/cri-containerd-" + id + ".scope");
    world.process(101, "/kubepods/besteffort/pod1/" + other_id);
    world.file("/run/containerd/io.containerd.runtime.v2.task/k8s.io/" + id + "/config.json",
               kubernetes_bundle);
    world.file("/run/k3s/containerd/io.containerd.runtime.v2.task/k8s.io/" + other_id + "/config.json",
               kubernetes_bundle);
    EXPECT_EQ(world.container(100), "containerd aa 'prod/web-0/app' of 'app:2'");
    EXPECT_EQ(world.container(101), "containerd bb 'prod/web-0/app' of 'app:2'");
}

TEST(Containers, OfDockerAreNotTakenForThoseOfItsContainerd) {
    World world;
    world.process(100, "/otherend.slice/" + id);
    world.file("/run/containerd/io.containerd.runtime.v2.task/moby/" + id + "/config.json", "{}");
    EXPECT_EQ(world.container(100), " aa '' of ''");
}

std::string list_of(const std::string& container, const char* name) {
    return R"([{"id": ")" + container + R"(", "names": [")" + name +
           R"("], "metadata": "{\"image-name\": \"localhost/box:1\"}"}])";
}

TEST(Containers, OfPodmanAreNamedByItsLists) {
    World world;
    const std::string fleeting(64, 'c');
    world.process(100, "/machine.slice/libpod-" + id + ".scope/container");
    world.process(101, "/libpod_parent/libpod-" + other_id);
    world.process(102, "/libpod_parent/libpod-" + fleeting);
    world.process(103, "/libpod_parent/libpod-" + std::string(64, 'd'));
    world.file("/var/lib/containers/storage/overlay-containers/containers.json", list_of(id, "web"));
    world.file("/var/lib/containers/storage/vfs-containers/containers.json", list_of(other_id, "db"));
    world.file("/var/lib/containers/storage/overlay-containers/volatile-containers.json",
               list_of(fleeting, "once"));
    EXPECT_EQ(world.container(100), "podman aa 'web' of 'localhost/box:1'");
    EXPECT_EQ(world.container(101), "podman bb 'db' of 'localhost/box:1'");
    EXPECT_EQ(world.container(102), "podman cc 'once' of 'localhost/box:1'");
    EXPECT_EQ(world.container(103), "podman dd '' of ''"); // of a user's own storage
}

TEST(Containers, OfCriOAreNamedAsKubernetesDoes) {
    World world;
    world.process(100, "/kubepods.slice/kubepods-pod1.slice/crio-" + id + ".scope");
    world.process(101, "/kubepods.slice/kubepods-pod1.slice/crio-" + other_id + ".scope");
    world.file(
        "/run/containers/storage/overlay-containers/" + id + "/userdata/config.json",
        R"({"annotations": {"io.kubernetes.container.name": "app", "io.kubernetes.cri-o.ImageName": "app:2",
                   "io.kubernetes.pod.name": "web-0", "io.kubernetes.pod.namespace": "prod"}})");
    world.file("/var/lib/containers/storage/overlay-containers/containers.json",
               list_of(other_id, "k8s_app_web-1_prod_0"));
    EXPECT_EQ(world.container(100), "cri-o aa 'prod/web-0/app' of 'app:2'");
    EXPECT_EQ(world.container(101), "cri-o bb 'k8s_app_web-1_prod_0' of 'localhost/box:1'");
}

// -- APIs -------------------------------------------------------------------------------------------------

TEST(Containers, AreAskedForOnceWhereNoFileTells) {
    World world;
    const ApiServer docker(world.tree.at("host/run/docker.sock"), ApiServer::http(200, docker_file));
    const ApiServer podman(world.tree.at("host/run/podman/podman.sock"),
                           ApiServer::http(200, R"({"Name": "db", "Config": {"Image": "postgres"}})"));
    world.process(100, "/docker/" + id);
    world.process(101, "/system.slice/docker-" + id + ".scope");
    world.process(102, "/libpod_parent/libpod-" + other_id);
    EXPECT_EQ(world.container(100), "docker aa 'web' of 'nginx:1'");
    EXPECT_EQ(world.container(101), "docker aa 'web' of 'nginx:1'");
    EXPECT_EQ(world.container(102), "podman bb 'db' of 'postgres'");
    EXPECT_EQ(docker.requests(), std::vector{"GET /containers/" + id + "/json HTTP/1.1"});
    EXPECT_EQ(podman.requests(), std::vector{"GET /containers/" + other_id + "/json HTTP/1.1"});
}

TEST(Containers, AreNotAskedForWhereAFileTells) {
    World world;
    const ApiServer docker(world.tree.at("host/run/docker.sock"), ApiServer::http(200, docker_file));
    world.process(100, "/docker/" + id);
    world.process(101, "/kubepods/pod1/" + other_id);
    world.file(config_of_docker(id), docker_file);
    world.file("/run/containerd/io.containerd.runtime.v2.task/k8s.io/" + other_id + "/config.json",
               kubernetes_bundle);
    EXPECT_EQ(world.container(100), "docker aa 'web' of 'nginx:1'");
    EXPECT_EQ(world.container(101), "containerd bb 'prod/web-0/app' of 'app:2'");
    EXPECT_TRUE(docker.requests().empty());
}

TEST(Containers, ThatADaemonDoesNotKnowKeepTheirId) {
    World world;
    const ApiServer docker(world.tree.at("host/run/docker.sock"),
                           ApiServer::http(404, R"({"message": "no such"})"));
    world.process(100, "/docker/" + id);
    world.process(101, "/docker/" + other_id);
    EXPECT_EQ(world.container(100), "docker aa '' of ''");
    EXPECT_EQ(world.container(101), "docker bb '' of ''");
    EXPECT_EQ(docker.requests().size(), 2U);
}

TEST(Containers, DoNotAskASilentDaemonAgain) {
    World world;
    const ApiServer docker(world.tree.at("host/run/docker.sock"), "");
    world.process(100, "/docker/" + id);
    world.process(101, "/docker/" + other_id);
    EXPECT_EQ(world.container(100), "docker aa '' of ''");
    EXPECT_EQ(world.container(101), "docker bb '' of ''");
    EXPECT_EQ(docker.requests().size(), 1U);
}

TEST(Containers, TakeNothingFromAnAnswerThatIsCutOff) {
    World world;
    const ApiServer docker(
        world.tree.at("host/run/docker.sock"),
        ApiServer::http(200, R"({"Name": "/web", "Filler": ")" + std::string(64, 'x') + R"("})")
            .substr(0, 90));
    world.process(100, "/docker/" + id);
    EXPECT_EQ(world.container(100), "docker aa '' of ''");
}

} // namespace
} // namespace otherend::system
