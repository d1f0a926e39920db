// SPDX-License-Identifier: MIT
#include "system/proc_descriptors.hpp"

#include "system/channel_ends.hpp"
#include "system/descriptor.hpp"
#include "system/parse/fdinfo.hpp"
#include "system/parse/status.hpp"
#include "system/processes.hpp"
#include "system/pty_instance.hpp"

#include <algorithm>
#include <linux/kcmp.h>
#include <optional>
#include <sys/syscall.h>
#include <unistd.h>

namespace otherend::system {

namespace {

using Of = Descriptor::Of;

struct Table {
    Pid tid{}; // the task it was read through
    std::vector<Descriptor> descriptors;
};

bool is_wanted(const DescriptorScope& scope, Of of) {
    switch (of) {
    case Of::socket:
    case Of::ring:
        return true;
    case Of::pipe:
        return scope.pipes;
    default:
        return scope.ptys;
    }
}

Result<std::vector<Descriptor>> read_table(const Procfs& proc, const DescriptorScope& scope,
                                           const std::string& task) {
    const auto directory = proc.enter(task + "/fd");
    if (!directory)
        return std::unexpected(directory.error());
    const auto fds = directory->numbers();
    if (!fds)
        return std::unexpected(fds.error());
    std::vector<Descriptor> descriptors;
    for (const int fd : *fds) {
        auto descriptor = look_at_descriptor(proc, task, fd);
        if (!descriptor)
            return std::unexpected(descriptor.error());
        if (*descriptor && is_wanted(scope, (*descriptor)->of))
            descriptors.push_back(std::move(**descriptor));
    }
    return descriptors;
}

// A master of this instance, or of one that is mounted below it.
struct DoubtfulMaster {
    model::HolderFact holder;
    std::string comm; // of the holder
    std::uint32_t device = 0, index = 0;
};

class Reader {
  public:
    Reader(const Procfs& proc, const DescriptorScope& scope, const model::FactSink& sink)
        : proc_(proc), scope_(scope), sink_(sink), may_compare_(proc.numbers_are_ours()) {}

    void read_process(Pid pid) {
        for (const auto& table : tables_of(pid))
            report(pid, table);
    }

    void finish() {
        if (refused_ > 0)
            sink_(model::UnseenFact{"processes", "no permission to read their descriptors", refused_});
        const bool is_settled = ends_.are_whole() && doubtful_.empty();
        const bool saw_all =
            !is_settled && scope_.lists_everybody && !has_missed_ && !has_descriptor_in_flight();
        report_doubtful(saw_all);
        if (unplaced_ > 0)
            sink_(model::UnseenFact{"terminals", "procfs does not tell which these descriptors refer to",
                                    unplaced_});
        ends_.report(saw_all, saw_all && unplaced_ == 0, sink_);
    }

  private:
    std::vector<Table> tables_of(Pid pid) {
        std::vector<Table> tables;
        bool refused = false;
        for (const auto tid : tasks_of(pid))
            refused |= !add_table(tables, pid, tid);
        refused_ += refused && tables.empty();
        has_missed_ |= refused;
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
        auto own = read_table(proc_, scope_, directory_of(pid, tid));
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
        const auto process = system::read_process(proc_, pid, table.tid);
        if (!process)
            return; // it has exited
        const model::HolderFact holder{.source = model::Source::proc,
                                       .pid = pid,
                                       .tid = table.tid,
                                       .uid = process->uid,
                                       .netns = process->netns,
                                       .comm = process->comm};
        for (const auto& descriptor : table.descriptors)
            report(holder, descriptor);
    }

    void report(model::HolderFact holder, const Descriptor& descriptor) {
        holder.fd = descriptor.fd;
        const auto index = static_cast<std::uint32_t>(descriptor.number);
        switch (descriptor.of) {
        case Of::socket:
            sockets_.push_back({holder.pid, holder.tid, holder.fd});
            holder.socket = {.inode = Inode{descriptor.number}};
            return sink_(holder);
        case Of::ring:
            has_missed_ = true; // what is registered with it
            return sink_(
                model::RingFact{holder.pid, holder.tid, holder.fd, holder.uid, holder.netns, holder.comm});
        case Of::pipe:
            return report_pipe(holder, descriptor);
        case Of::pty_slave:
            return report_pty(holder, ends_.pty(descriptor.device, index, EndpointType::slave),
                              EndpointType::slave);
        case Of::pty_master:
            return report_master(holder, index);
        case Of::own_terminal:
            ++unplaced_;
        }
    }

    void report_pipe(model::HolderFact holder, const Descriptor& pipe) {
        const auto report_end = [&](EndpointType type) {
            holder.socket = ends_.pipe(pipe.device, Inode{pipe.number}, type, pipe.fifo);
            holder.type = static_cast<std::uint8_t>(type);
            sink_(holder);
        };
        holder.kind = Kind::pipe;
        if (pipe.reads)
            report_end(EndpointType::read);
        if (pipe.writes)
            report_end(EndpointType::write);
    }

    void report_pty(model::HolderFact holder, model::SocketRef end, EndpointType type) const {
        holder.socket = end;
        holder.kind = Kind::pty;
        holder.type = static_cast<std::uint8_t>(type);
        sink_(holder);
    }

    void report_master(const model::HolderFact& holder, std::uint32_t index) {
        const auto task = directory_of(holder.pid, holder.tid);
        const auto [device, is_sure] = instance_of_master(proc_, task, holder.fd, index);
        if (device != 0 && !is_sure)
            doubtful_.push_back({holder, std::string(holder.comm), device, index});
        else
            place_master(holder, device, index);
    }

    void place_master(const model::HolderFact& holder, std::uint32_t device, std::uint32_t index) {
        const auto end =
            device != 0 ? ends_.pty(device, index, EndpointType::master) : ends_.lost_master(index);
        unplaced_ += device == 0;
        report_pty(holder, end, EndpointType::master);
    }

    // The upper instance has a terminal of this number, so it has a master, too: if all that there are were seen and no
    // other can be it, this is the one.
    void report_doubtful(bool saw_all) {
        std::vector<bool> is_sure;
        for (const auto& one : doubtful_)
            is_sure.push_back(saw_all && !ends_.may_have_master(one.device, one.index) &&
                              std::ranges::all_of(doubtful_, [&](const DoubtfulMaster& other) {
                                  return one.index != other.index || is_same_file(one.holder, other.holder);
                              }));
        for (std::size_t i = 0; i < doubtful_.size(); ++i) {
            auto& [holder, comm, device, index] = doubtful_[i];
            holder.comm = comm;
            place_master(holder, is_sure[i] ? device : 0, index);
        }
    }

    [[nodiscard]] bool is_same_file(const model::HolderFact& a, const model::HolderFact& b) const {
        return may_compare_ && syscall(SYS_kcmp, number(a.tid), number(b.tid), KCMP_FILE, a.fd, b.fd) == 0;
    }

    // A message that waits to be received may hold any end.
    [[nodiscard]] bool has_descriptor_in_flight() const {
        return std::ranges::any_of(sockets_, [&](const Place& socket) {
            const auto [pid, tid, fd] = socket;
            const auto info = proc_.read(directory_of(pid, tid) + "/fdinfo/" + std::to_string(fd));
            return parse_fdinfo(info.value_or("")).queued_fds.value_or(0) > 0;
        });
    }

    struct Place {
        Pid pid{}, tid{};
        int fd = -1;
    };

    const Procfs& proc_;
    const DescriptorScope& scope_;
    const model::FactSink& sink_;
    const bool may_compare_;
    std::uint64_t refused_ = 0;
    bool has_missed_ = false; // some descriptor
    std::vector<Place> sockets_;
    ChannelEnds ends_;
    std::vector<DoubtfulMaster> doubtful_;
    std::uint64_t unplaced_ = 0;
};

} // namespace

Result<void> report_descriptors(const Procfs& proc, const DescriptorScope& scope,
                                const model::FactSink& sink) {
    const auto pids = proc.numbers();
    if (!pids)
        return std::unexpected(pids.error());
    Reader reader(proc, scope, sink);
    for (const int pid : *pids)
        reader.read_process(Pid{pid});
    reader.finish();
    return {};
}

} // namespace otherend::system
