// SPDX-License-Identifier: MIT
#include "system/proc_descriptors.hpp"

#include "system/parse/status.hpp"

#include <algorithm>
#include <linux/kcmp.h>
#include <optional>
#include <sys/syscall.h>
#include <unistd.h>

namespace otherend::system {

namespace {

struct Descriptor {
    int fd = -1;
    Inode socket{}; // none for an io_uring

    bool operator==(const Descriptor&) const = default;
};

struct Table {
    Pid tid{}; // the task it was read through
    std::vector<Descriptor> descriptors;
};

Result<std::vector<Descriptor>> read_table(const Procfs& proc, const std::string& task) {
    const auto directory = proc.enter(task + "/fd");
    if (!directory)
        return std::unexpected(directory.error());
    const auto fds = directory->numbers();
    if (!fds)
        return std::unexpected(fds.error());
    std::vector<Descriptor> descriptors;
    for (const int fd : *fds) {
        const auto target = directory->read_link(std::to_string(fd));
        if (is_refused(target)) // who may list need not be allowed to look (ptrace(2))
            return std::unexpected(target.error());
        if (!target)
            continue; // closed meanwhile
        if (const auto inode = number_in_link(*target, "socket"))
            descriptors.push_back({fd, Inode{*inode}});
        else if (*target == io_uring_link)
            descriptors.push_back({fd, Inode{}});
    }
    return descriptors;
}

class Reader {
  public:
    Reader(const Procfs& proc, const model::FactSink& sink)
        : proc_(proc), sink_(sink), may_compare_(proc.numbers_are_ours()) {}

    void read_process(Pid pid) {
        for (const auto& table : tables_of(pid))
            report(pid, table);
    }

    void report_refused() const {
        if (refused_ > 0)
            sink_(model::UnseenFact{"processes", "no permission to read their descriptors", refused_});
    }

  private:
    std::vector<Table> tables_of(Pid pid) {
        std::vector<Table> tables;
        bool refused = false;
        for (const auto tid : tasks_of(pid))
            refused |= !add_table(tables, pid, tid);
        refused_ += refused && tables.empty();
        return tables;
    }

    // The leader first.
    [[nodiscard]] std::vector<Pid> tasks_of(Pid pid) const {
        std::vector<Pid> tasks{pid};
        const auto directory = directory_of(pid) + "/task";
        if (proc_.count_directories(directory) == 1)
            return tasks;
        const auto entered = proc_.enter(directory);
        const auto tids = entered ? entered->numbers() : std::unexpected(entered.error());
        for (const int tid : tids.value_or(std::vector<int>{}))
            if (Pid{tid} != pid)
                tasks.push_back(Pid{tid});
        return tasks;
    }

    // False if we may not look where something may be. A leader that has exited left its table to the other threads:
    // theirs differs from its empty one, and may be read even if its, which is root's by then, may not.
    bool add_table(std::vector<Table>& tables, Pid pid, Pid tid) {
        const auto shares = [&](const Table& known) { return share_table(known.tid, tid) == true; };
        if (std::ranges::any_of(tables, shares))
            return true;
        auto own = read_table(proc_, directory_of(pid, tid));
        if (!own)
            return !is_refused(own) || holds_nothing(pid, tid); // otherwise it has exited
        const auto seems_to_share = [&](const Table& known) {
            return known.descriptors == *own && !share_table(known.tid, tid);
        };
        if (std::ranges::none_of(tables, seems_to_share))
            tables.push_back({tid, std::move(*own)});
        return true;
    }

    [[nodiscard]] bool holds_nothing(Pid pid, Pid tid) const {
        const auto status = proc_.read(directory_of(pid, tid) + "/status");
        return status && !parse_status(*status).has_memory;
    }

    // Whether two tasks share one table; absent if the kernel does not say (CONFIG_KCMP, ptrace rights).
    [[nodiscard]] std::optional<bool> share_table(Pid a, Pid b) const {
        if (!may_compare_)
            return std::nullopt;
        const auto order = syscall(SYS_kcmp, number(a), number(b), KCMP_FILES, 0, 0);
        return order < 0 ? std::nullopt : std::optional(order == 0);
    }

    void report(Pid pid, const Table& table) {
        if (table.descriptors.empty())
            return;
        const auto task = directory_of(pid, table.tid);
        const auto uid = parse_status(proc_.read(task + "/status").value_or("")).effective_uid;
        if (!uid)
            return; // it has exited
        const auto netns = number_in_link(proc_.read_link(task + "/ns/net").value_or(""), "net");
        auto comm = proc_.read(directory_of(pid) + "/comm").value_or("");
        if (comm.ends_with('\n'))
            comm.pop_back();
        const NetnsId namespace_id{static_cast<std::uint32_t>(netns.value_or(0))};
        for (const auto& [fd, socket] : table.descriptors) {
            if (is_set(socket))
                sink_(model::HolderFact{
                    .source = model::Source::proc,
                    .socket = {.inode = socket},
                    .pid = pid,
                    .tid = table.tid,
                    .fd = fd,
                    .uid = *uid,
                    .netns = namespace_id,
                    .comm = comm,
                });
            else
                sink_(model::RingFact{pid, table.tid, fd, *uid, namespace_id, comm});
        }
    }

    const Procfs& proc_;
    const model::FactSink& sink_;
    const bool may_compare_;
    std::uint64_t refused_ = 0;
};

} // namespace

Result<void> report_descriptors(const Procfs& proc, const model::FactSink& sink) {
    const auto pids = proc.numbers();
    if (!pids)
        return std::unexpected(pids.error());
    Reader reader(proc, sink);
    for (const int pid : *pids)
        reader.read_process(Pid{pid});
    reader.report_refused();
    return {};
}

} // namespace otherend::system
