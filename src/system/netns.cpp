// SPDX-License-Identifier: MIT
#include "system/netns.hpp"

#include "system/parse/mounts.hpp"
#include "system/parse/status.hpp"

#include <cerrno>
#include <fcntl.h>
#include <linux/sockios.h>
#include <optional>
#include <ranges>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>

extern "C" { // glibc 2.36 forgets it
#include <sys/pidfd.h>
}

namespace otherend::system {

namespace {

std::string printed(NetnsId id) {
    return "net:[" + std::to_string(number(id)) + "]";
}

std::optional<NetnsId> id_in_link(std::string_view target) {
    const auto inode = number_in_link(target, "net");
    return inode ? std::optional(NetnsId{static_cast<std::uint32_t>(*inode)}) : std::nullopt;
}

Result<NetnsId> id_of(const Fd& handle) {
    struct stat status{};
    if (fstat(*handle, &status) < 0)
        return std::unexpected(Error::from_errno("stat a network namespace", errno));
    return NetnsId{static_cast<std::uint32_t>(status.st_ino)};
}

// A descriptor of ours for the socket behind a descriptor of another process (Linux v5.6).
Result<Fd> borrow(Pid pid, int fd) {
    const auto tried = "take descriptor " + std::to_string(fd) + " of process " + directory_of(pid);
    const Fd process(pidfd_open(number(pid), 0));
    if (!process)
        return std::unexpected(Error::from_errno(tried, errno));
    Fd copy(pidfd_getfd(*process, fd, 0));
    if (!copy)
        return std::unexpected(Error::from_errno(tried, errno));
    return copy;
}

// This thread inside another namespace, until it leaves or, if an exception passes, until destruction.
class Visit {
  public:
    explicit Visit(const Fd& home) : home_(home) {}
    ~Visit() { (void)leave(); }
    Visit(const Visit&) = delete;
    Visit(Visit&&) = delete;
    Visit& operator=(const Visit&) = delete;
    Visit& operator=(Visit&&) = delete;

    bool enter(const Fd& handle) { return inside_ = setns(*handle, CLONE_NEWNET) == 0; }
    bool leave() { return !std::exchange(inside_, false) || setns(*home_, CLONE_NEWNET) == 0; }

  private:
    const Fd& home_;
    bool inside_ = false;
};

} // namespace

Result<NetworkNamespaces> NetworkNamespaces::open(Procfs proc) {
    auto home = proc.open_file("thread-self/ns/net", O_RDONLY);
    if (!home)
        return std::unexpected(home.error());
    const auto current = id_of(*home);
    if (!current)
        return std::unexpected(current.error());
    return NetworkNamespaces(std::move(proc), std::move(*home), *current);
}

// False if we may not look.
bool NetworkNamespaces::remember_process(Pid pid) {
    const auto target = proc_.read_link(directory_of(pid) + "/ns/net");
    if (!target && !is_refused(target))
        remember_threads(pid);
    if (const auto id = id_in_link(target.value_or("")))
        places_.try_emplace(*id, pid);
    return !is_refused(target);
}

// A leader that has exited is in no namespace any more, but its threads are.
void NetworkNamespaces::remember_threads(Pid pid) {
    const auto tasks = proc_.enter(directory_of(pid) + "/task");
    const auto tids = tasks ? tasks->numbers() : std::unexpected(tasks.error());
    for (const int tid : tids.value_or(std::vector<int>{}))
        if (const auto id = id_in_link(tasks->read_link(std::to_string(tid) + "/ns/net").value_or("")))
            places_.try_emplace(*id, Pid{tid});
}

std::uint64_t NetworkNamespaces::remember_processes() {
    std::uint64_t refused = 0;
    for (const int pid : proc_.numbers().value_or(std::vector<int>{}))
        refused += !remember_process(Pid{pid});
    return refused;
}

void NetworkNamespaces::remember_mounts() {
    const auto mountinfo = proc_.read("thread-self/mountinfo");
    for (auto& mount : parse_mounts(mountinfo.value_or("")))
        if (const auto id = id_in_link(mount.root); id && mount.type == "nsfs")
            places_.try_emplace(*id, std::move(mount.point));
}

std::uint64_t NetworkNamespaces::search() {
    searched_ = true;
    std::erase_if(places_, [](const auto& known) { return !std::holds_alternative<Fd>(known.second); });
    const auto refused = remember_processes();
    remember_mounts();
    return refused;
}

std::vector<NetnsId> NetworkNamespaces::find_all(const model::FactSink& sink) {
    const auto refused = search();
    if (refused > 0 && !std::exchange(said_who_refused_, true))
        sink(model::UnseenFact{"network namespaces of processes",
                               "no permission to read their links in /proc", refused});
    return known();
}

std::vector<NetnsId> NetworkNamespaces::known() const {
    const auto ids = std::views::keys(places_);
    return {ids.begin(), ids.end()};
}

Result<NetworkNamespaces::Origin> NetworkNamespaces::add_from_socket(Pid pid, int fd) {
    const auto socket = borrow(pid, fd);
    if (!socket)
        return std::unexpected(socket.error());
    int family = 0;
    socklen_t size = sizeof family;
    if (getsockopt(**socket, SOL_SOCKET, SO_DOMAIN, &family, &size) != 0)
        return std::unexpected(Error::from_errno("ask for the family of a socket", errno));
    Fd handle(ioctl(**socket, SIOCGSKNS)); // opened with O_CLOEXEC (open_related_ns() in fs/nsfs.c)
    if (!handle)
        return std::unexpected(
            Error::from_errno("ask for the network namespace of a socket (SIOCGSKNS)", errno));
    const auto id = id_of(handle);
    if (!id)
        return std::unexpected(id.error());
    places_.insert_or_assign(*id, std::move(handle));
    return Origin{*id, family};
}

Result<Fd> NetworkNamespaces::open_place(const Place& place) const {
    if (const auto* pid = std::get_if<Pid>(&place))
        return proc_.open_file(directory_of(*pid) + "/ns/net", O_RDONLY);
    const auto* path = std::get_if<std::string>(&place);
    Fd handle(path ? ::open(path->c_str(), O_RDONLY | O_CLOEXEC)
                   : fcntl(*std::get<Fd>(place), F_DUPFD_CLOEXEC, 0));
    if (!handle)
        return std::unexpected(Error::from_errno("open " + (path ? *path : "a network namespace"), errno));
    return handle;
}

// A task may have moved on, a mount may be covered, a pid reused: only the inode tells.
Result<Fd> NetworkNamespaces::open_verified(NetnsId wanted, const Place& place) const {
    auto handle = open_place(place);
    if (!handle)
        return handle;
    const auto id = id_of(*handle);
    if (!id)
        return std::unexpected(id.error());
    if (*id != wanted)
        return std::unexpected(Error{ErrorClass::failed, "it is not where it was seen"});
    return handle;
}

Result<Fd> NetworkNamespaces::handle_for(NetnsId wanted, Pid hint) {
    Error why{ErrorClass::failed, "no process, mount or known socket leads to it"};
    const auto try_place = [&](const Place& place) {
        auto handle = open_verified(wanted, place);
        if (!handle)
            why = handle.error();
        return handle;
    };
    const auto known = places_.find(wanted);
    const bool was_known = known != places_.end();
    if (was_known)
        if (auto handle = try_place(known->second))
            return handle;
    if (is_set(hint))
        if (auto handle = try_place(hint)) {
            places_.insert_or_assign(wanted, hint);
            return handle;
        }
    if (!searched_ || was_known) {
        search();
        if (const auto found = places_.find(wanted); found != places_.end())
            if (auto handle = try_place(found->second))
                return handle;
    }
    return std::unexpected(why.while_doing("open network namespace " + printed(wanted)));
}

Result<void> NetworkNamespaces::run_in(NetnsId wanted, const std::function<Result<void>()>& visit, Pid hint) {
    if (wanted == current_)
        return visit();
    const auto handle = handle_for(wanted, hint);
    if (!handle)
        return std::unexpected(handle.error());
    Visit stay(home_);
    if (!stay.enter(*handle))
        return std::unexpected(Error::from_errno("enter network namespace " + printed(wanted), errno));
    auto result = visit();
    if (!stay.leave())
        return std::unexpected(Error::from_errno("return from network namespace " + printed(wanted), errno));
    return result;
}

} // namespace otherend::system
