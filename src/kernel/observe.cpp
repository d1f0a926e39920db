// SPDX-License-Identifier: MIT
#include "kernel/observe.hpp"

#include "kernel/skeleton.hpp"
#include "otherend/record.h"

#include "transfers.skel.h"

#include <algorithm>
#include <bpf/bpf.h>
#include <condition_variable>
#include <mutex>
#include <unistd.h>

namespace otherend::kernel {

namespace {

struct Detach {
    void operator()(bpf_link* link) const { bpf_link__destroy(link); }
};
using Link = std::unique_ptr<bpf_link, Detach>;

constexpr std::string_view loading = "load BPF program that watches transfers";

void configure(oe_transfers& opened, const Watched& watched) {
    opened.rodata->only_watched = !watched.processes.empty();
    bpf_map__set_max_entries(opened.maps.transfers, watched.transfers_max);
    bpf_map__set_max_entries(opened.maps.watched, std::max<std::uint32_t>(1, static_cast<std::uint32_t>(
                                                                                 watched.processes.size())));
}

Result<void> fill(const bpf_map* map, std::span<const Pid> processes) {
    const std::uint8_t yes = 1;
    for (const auto pid : processes) {
        const auto key = number(pid);
        if (bpf_map_update_elem(bpf_map__fd(map), &key, &yes, BPF_ANY) != 0)
            return std::unexpected(Error::from_errno("tell BPF program which processes to watch", errno));
    }
    return {};
}

// Half of a way through a pipe of the process's own: the whole was counted, too.
bool is_told_otherwise(const oe_transfer& transfer) {
    return transfer.joined != 0;
}

model::TransferFact fact_of(const oe_transfer_key& key, const oe_transfer& transfer) {
    return {.pid = Pid{key.tgid},
            .from = key.from.fd,
            .to = key.to.fd,
            .from_inode = Inode{key.from.inode},
            .to_inode = Inode{key.to.inode},
            .count = transfer.count,
            .direct = transfer.direct,
            .bytes = transfer.bytes};
}

Result<void> read_transfers(const bpf_map* map, const model::FactSink& sink) {
    const int fd = bpf_map__fd(map);
    oe_transfer_key key{};
    const void* before = nullptr;
    while (bpf_map_get_next_key(fd, before, &key) == 0) {
        oe_transfer transfer{};
        if (bpf_map_lookup_elem(fd, &key, &transfer) != 0)
            return std::unexpected(Error::from_errno("read transfers", errno));
        if (!is_told_otherwise(transfer))
            sink(fact_of(key, transfer));
        before = &key;
    }
    return errno == ENOENT ? Result<void>{} : std::unexpected(Error::from_errno("read transfers", errno));
}

void report(const oe_unwatched& unwatched, const model::FactSink& sink) {
    const auto say = [&](std::string_view what, std::string_view why, std::uint64_t count) {
        if (count > 0)
            sink(model::UnseenFact{what, why, count});
    };
    say("transfers", "more pairs of descriptors than there was room for", unwatched.transfers);
    say("transfers", "more threads than there was room for", unwatched.reads);
    say("transfers", "the system calls of 32-bit tasks are not watched", unwatched.compat_calls);
    say("transfers", "what an io_uring does is not watched", unwatched.io_uring_requests);
}

} // namespace

struct Observer::Loaded {
    Skeleton<oe_transfers> skeleton;
    Link link;
};

Observer::Observer(std::unique_ptr<Loaded> loaded) : loaded_(std::move(loaded)) {}
Observer::Observer(Observer&&) noexcept = default;
Observer& Observer::operator=(Observer&&) noexcept = default;
Observer::~Observer() = default;

Result<Observer> Observer::start(const Watched& watched) {
    auto skeleton =
        Skeleton<oe_transfers>::load(loading, [&](oe_transfers& opened) { configure(opened, watched); });
    if (!skeleton)
        return std::unexpected(skeleton.error());
    auto loaded = std::make_unique<Loaded>(std::move(*skeleton), nullptr);
    const auto& programs = loaded->skeleton;
    if (const auto filled = fill(programs->maps.watched, watched.processes); !filled)
        return std::unexpected(filled.error());
    loaded->link = Link(bpf_program__attach(programs->progs.on_exit));
    if (!loaded->link)
        return std::unexpected(Error::from_errno("watch the exit of system calls", errno));
    return Observer(std::move(loaded));
}

Result<void> Observer::finish(const model::FactSink& sink) && {
    const auto loaded = std::move(loaded_);
    loaded->link.reset();
    report(loaded->skeleton->bss->unwatched, sink);
    return read_transfers(loaded->skeleton->maps.transfers, sink);
}

Result<void> observe(const Watched& watched, std::chrono::milliseconds for_how_long,
                     const std::stop_token& stop, const model::FactSink& sink) {
    auto observer = Observer::start(watched);
    if (!observer)
        return std::unexpected(observer.error());
    std::mutex mutex;
    std::unique_lock lock(mutex);
    std::condition_variable_any().wait_for(lock, stop, for_how_long, [] { return false; });
    return std::move(*observer).finish(sink);
}

Result<void> can_observe() {
    const Pid self{getpid()};
    const auto observer = Observer::start({.processes = std::span(&self, 1), .transfers_max = 1});
    return observer ? Result<void>{} : std::unexpected(observer.error());
}

} // namespace otherend::kernel
