// SPDX-License-Identifier: MIT
#include "system/io_uring_files.hpp"

#include "system/parse/status.hpp"
#include "system/parse/user_files.hpp"

#include <string>

namespace otherend::system {

namespace {

// The kernel does not wait for a busy ring but leaves its files out (mutex_trylock() in io_uring/fdinfo.c).
constexpr int attempts = 5;

UserFiles read_files(const Procfs& proc, const std::string& fdinfo) {
    UserFiles files;
    for (int attempt = 0; attempt < attempts && !files.listed; ++attempt)
        files = parse_user_files(proc.read(fdinfo).value_or(""));
    return files;
}

} // namespace

std::uint64_t report_ring_files(const Procfs& proc, const model::RingFact& ring,
                                const model::FactSink& sink) {
    const auto task = directory_of(ring.pid, ring.tid);
    const auto fd = std::to_string(ring.fd);
    const auto target = proc.read_link(task + "/fd/" + fd);
    if (is_refused(target))
        sink(model::UnseenFact{"files registered with an io_uring", "no permission to read its fdinfo"});
    if (target != io_uring_link)
        return 0;

    const auto files = read_files(proc, task + "/fdinfo/" + fd);
    for (const auto inode : files.sockets)
        sink(model::RingFileFact{ring.pid, ring.fd, inode});
    if (!files.listed)
        sink(model::UnseenFact{"files registered with an io_uring",
                               "it was busy, or all its slots are empty"});
    return files.unnumbered;
}

} // namespace otherend::system
