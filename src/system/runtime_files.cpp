// SPDX-License-Identifier: MIT
#include "system/runtime_files.hpp"

#include "base/fd.hpp"

#include <cerrno>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <sys/stat.h>
#include <vector>

namespace otherend::system {

namespace {

constexpr std::size_t largest =
    8UZ << 20; // bytes of a file; the list of a store with 10,000 containers has 6 MB

// containers/storage has a directory per driver, and two roots: that of CRI-O's bundles does not outlive a boot.
constexpr const char* stores[] = {"/var/lib/containers/storage/", "/run/containers/storage/"};
constexpr const char* drivers[] = {"overlay", "vfs", "btrfs", "zfs"};
constexpr const char* lists[] = {"containers.json", "volatile-containers.json"}; // the latter of run --rm

// State directories of containerd: its own, and that of K3s.
constexpr const char* containerds[] = {"/run/containerd/", "/run/k3s/containerd/"};

// Empty if it is not there, no regular file, or too large.
std::string content_of(const std::string& path) {
    const Fd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    struct stat status{};
    if (!fd || fstat(*fd, &status) < 0 || !S_ISREG(status.st_mode) ||
        static_cast<std::uint64_t>(status.st_size) > largest)
        return {};
    std::string content(static_cast<std::size_t>(status.st_size), '\0');
    std::size_t got = 0;
    while (got < content.size()) {
        const auto count = read(*fd, content.data() + got, content.size() - got);
        if (count == 0 || (count < 0 && errno != EINTR))
            break;
        got += count > 0 ? static_cast<std::size_t>(count) : 0;
    }
    content.resize(got);
    return content;
}

struct CloseDirectory {
    void operator()(DIR* directory) const { closedir(directory); }
};

std::vector<std::string> directories_in(const std::string& path) {
    std::vector<std::string> names;
    const std::unique_ptr<DIR, CloseDirectory> directory(opendir(path.c_str()));
    while (const auto* entry = directory ? readdir(directory.get()) : nullptr)
        if (entry->d_name[0] != '.')
            names.emplace_back(entry->d_name);
    return names;
}

} // namespace

std::optional<ContainerNames> RuntimeFiles::docker(const std::string& id) const {
    return parse_docker_container(content_of(root_ + "/var/lib/docker/containers/" + id + "/config.v2.json"));
}

std::optional<RuntimeFiles::Task> RuntimeFiles::containerd(const std::string& id) const {
    for (const auto* state : containerds) {
        const auto tasks = root_ + state + "io.containerd.runtime.v2.task/";
        for (auto& name_space : directories_in(tasks))
            if (auto names = parse_oci_bundle(content_of(tasks + name_space + "/" + id + "/config.json")))
                return Task{std::move(name_space), std::move(*names)};
    }
    return std::nullopt;
}

void RuntimeFiles::read_storage_lists() {
    stored_.emplace();
    for (const auto* store : stores)
        for (const auto* driver : drivers)
            for (const auto* list : lists)
                stored_->merge(
                    parse_storage_list(content_of(root_ + store + driver + "-containers/" + list)));
}

std::optional<ContainerNames> RuntimeFiles::podman(const std::string& id) {
    if (!stored_)
        read_storage_lists();
    const auto found = stored_->find(id);
    return found == stored_->end() ? std::nullopt : std::optional(found->second);
}

// Its bundle knows the names that Kubernetes uses, the list only those that CRI-O makes of them.
std::optional<ContainerNames> RuntimeFiles::crio(const std::string& id) {
    for (const auto* store : stores)
        for (const auto* driver : drivers) {
            const auto bundle = root_ + store + driver + "-containers/" + id + "/userdata/config.json";
            if (auto names = parse_oci_bundle(content_of(bundle)); names && !names->name.empty())
                return names;
        }
    return podman(id);
}

} // namespace otherend::system
