// SPDX-License-Identifier: MIT
#include "system/conntrack.hpp"

#include "system/netlink_dump.hpp"
#include "system/parse/conntrack.hpp"
#include "system/parse/conntrack_table.hpp"

#include <cerrno>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/netlink.h>
#include <sys/socket.h>
#include <unistd.h>

namespace otherend::system {

namespace {

constexpr std::string_view translations = "translated connections of a network namespace";

// Asking ctnetlink loads nf_conntrack, unless it is there.
bool has_conntrack() {
    return access("/sys/module/nf_conntrack", F_OK) == 0 || access("/sys/module", F_OK) != 0;
}

// A dump walks the hash table that all namespaces share. The file is that of the reader's namespace; namespaces of
// other users may lack it.
bool tracks_nothing(const Procfs& proc) {
    const auto count = proc.read("sys/net/netfilter/nf_conntrack_count");
    return count ? *count == "0\n" : !has_conntrack();
}

} // namespace

Error conntrack_error(int saved_errno) {
    constexpr std::string_view tried = "ask ctnetlink for translated connections";
    switch (saved_errno) {
    case EINVAL: // nfnetlink_rcv_msg() finds no subsystem
    case ENOENT:
    case EOPNOTSUPP:
    case EPROTONOSUPPORT: // no nfnetlink
        return {ErrorClass::unsupported,
                std::string(tried) +
                    ": this kernel has no nf_conntrack_netlink loaded; try `modprobe nf_conntrack_netlink`"};
    default:
        return Error::from_errno(tried, saved_errno);
    }
}

Result<void> dump_conntrack(NetnsId netns, const model::FactSink& sink) {
    auto table = NetlinkDump::open(NETLINK_NETFILTER, conntrack_error);
    if (!table)
        return std::unexpected(table.error());
    constexpr std::uint16_t get = NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_GET;
    const nfgenmsg any_family{.nfgen_family = AF_UNSPEC, .version = NFNETLINK_V0, .res_id = 0};
    DumpProgress progress;
    const auto asked = table->run(get, any_family, progress,
                                  [&](Bytes datagram) { parse_conntrack(datagram, netns, sink, progress); });
    if (asked)
        report_unseen(progress, translations, sink);
    return asked;
}

Result<void> report_conntrack_table(const Procfs& proc, Pid pid, NetnsId netns, const model::FactSink& sink) {
    const auto table = proc.read(directory_of(pid) + "/net/nf_conntrack");
    if (!table)
        return std::unexpected(table.error());
    if (const auto malformed = parse_conntrack_table(*table, netns, sink); malformed > 0)
        sink(model::UnseenFact{translations, "their rows in /proc are not well-formed", malformed});
    return {};
}

Result<void> report_translations(const Procfs& proc, Pid self, NetnsId netns, const model::FactSink& sink) {
    if (tracks_nothing(proc))
        return {};
    auto dumped = dump_conntrack(netns, sink);
    if (dumped || dumped.error().kind != ErrorClass::unsupported)
        return dumped;
    return report_conntrack_table(proc, self, netns, sink) ? Result<void>{} : dumped;
}

} // namespace otherend::system
