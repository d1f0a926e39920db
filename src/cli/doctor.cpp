// SPDX-License-Identifier: MIT
// The verb `doctor`: what this kernel and these privileges allow, why not, and what would help.
#include "cli/run.hpp"

#include "cli/self_test.hpp"
#include "cli/terminal.hpp"
#include "kernel/observe.hpp"
#include "kernel/probe.hpp"
#include "render/records.hpp"
#include "system/conntrack.hpp"
#include "system/host.hpp"
#include "system/inet_diag.hpp"

#include <algorithm>
#include <iterator>
#include <linux/capability.h>
#include <string>
#include <unistd.h>
#include <vector>

namespace otherend::cli {

namespace {

using kernel::Support;

constexpr auto run_as_root = "run as root, or grant CAP_BPF, CAP_PERFMON, CAP_SYS_ADMIN and CAP_SYS_PTRACE";

struct Feature {
    std::string name, answer, reason, fix;
};

Feature from(std::string name, const kernel::Probe& probe, bool has_fallback, std::string fix) {
    if (probe.support == Support::yes)
        return {std::move(name), "yes", {}, {}};
    const auto* answer = has_fallback ? "fallback" : "no";
    return {std::move(name), probe.support == Support::unknown ? "unknown" : answer, probe.reason,
            std::move(fix)};
}

Feature from(std::string name, const Result<void>& tried, std::string fix) {
    if (tried)
        return {std::move(name), "yes", "confirmed by a self-test", {}};
    return {std::move(name), "no", tried.error().message, std::move(fix)};
}

bool may_load_programs(const system::Host& host) {
    const auto has = [&](int capability) { return (host.effective_capabilities >> capability & 1) != 0; };
    return has(CAP_SYS_ADMIN) || (has(CAP_BPF) && has(CAP_PERFMON));
}

kernel::Probe unheld_sockets(const kernel::Probes& probes) {
    if (probes.light.support == Support::yes || probes.full.support == Support::yes)
        return {Support::yes, {}};
    if (probes.compat.support == Support::yes)
        return {Support::no, "only those that a socket with a descriptor leads to"};
    return probes.full;
}

Feature observing(std::string fix) {
    const auto tried = kernel::can_observe();
    return tried ? Feature{"who moves data where (path --observe)", "yes", {}, {}}
                 : Feature{"who moves data where (path --observe)", "no", tried.error().message,
                           std::move(fix)};
}

void add_bpf(std::vector<Feature>& features, const system::Host& host) {
    const auto probes = kernel::probe();
    const bool loads = probes.light.support == Support::yes || probes.full.support == Support::yes;
    const bool any = loads || probes.compat.support == Support::yes;
    const auto fix = [&](const char* newer) { return may_load_programs(host) ? newer : run_as_root; };
    features.push_back(from("kernel BTF", probes.btf, false, "a kernel built with CONFIG_DEBUG_INFO_BTF"));
    features.push_back(from("BPF programs, light loader", probes.light, any, fix("Linux 5.17 or newer")));
    features.push_back(from("BPF programs, libbpf", probes.full, any, fix("Linux 5.17 or newer")));
    features.push_back(from("BPF programs, compat", probes.compat, loads, fix("Linux 5.10 or newer")));
    features.push_back(
        from("sockets nobody holds (iter/unix)", unheld_sockets(probes), any, fix("Linux 5.17 or newer")));
    features.push_back(from("listener of a waiting client", probes.listener, true, {}));
    features.push_back(from("bytes queued on a stream", probes.queued_bytes, true, {}));
    features.push_back(observing(fix("Linux 5.10 or newer, with BTF")));
}

// TCP, UDP, ptys and pipes by BPF; of the first two, sock_diag and /proc tell most, too.
void add_channels(std::vector<Feature>& features, const system::Host& host) {
    struct Row {
        Kind kind;
        const char* name;
    };
    constexpr Row rows[] = {{Kind::tcp, "TCP by BPF (iter/tcp)"},
                            {Kind::udp, "UDP by BPF (iter/udp)"},
                            {Kind::pty, "ptys by BPF"},
                            {Kind::pipe, "pipes by BPF"}};
    for (const auto& [kind, name] : rows) {
        auto row = from(name, self_test(SourceChoice::bpf, kind),
                        may_load_programs(host) ? "Linux 5.10 or newer, with BTF" : run_as_root);
        if (row.answer == "no" && self_test(SourceChoice::proc, kind))
            row.answer = "fallback";
        features.push_back(std::move(row));
    }
}

kernel::Probe probe_of(const Result<void>& tried) {
    return tried ? kernel::Probe{Support::yes, {}} : kernel::Probe{Support::no, tried.error().message};
}

// What tells it where BPF cannot: without inet_diag, the tables of /proc do.
void add_netlink(std::vector<Feature>& features, const system::Procfs& proc) {
    const model::FactSink nowhere = [](const model::Fact&) {};
    features.push_back(from("TCP by sock_diag", probe_of(system::dump_inet_diag(Kind::tcp, {}, nowhere)),
                            true, "modprobe tcp_diag"));
    features.push_back(from("UDP by sock_diag", probe_of(system::dump_inet_diag(Kind::udp, {}, nowhere)),
                            true, "modprobe udp_diag"));
    features.push_back(from("translated connections (conntrack)",
                            probe_of(system::report_translations(proc, Pid{gettid()}, {}, nowhere)), false,
                            "run as root, or grant CAP_NET_ADMIN; modprobe nf_conntrack_netlink"));
}

Feature by_capability(std::string name, const system::Host& host, int capability, const char* called) {
    if ((host.effective_capabilities >> capability & 1) != 0)
        return {std::move(name), "yes", {}, {}};
    return {std::move(name), "no", std::string(called) + " is missing",
            std::string("run as root, or grant ") + called};
}

void add_system(std::vector<Feature>& features, const system::Procfs& proc, const system::Host& host) {
    features.push_back(host.initial_pid_namespace
                           ? Feature{"processes of the whole host", "yes", {}, {}}
                           : Feature{"processes of the whole host", "no", "not in the initial pid namespace",
                                     "start the container with --pid=host"});
    features.push_back(by_capability("descriptors of other users", host, CAP_SYS_PTRACE, "CAP_SYS_PTRACE"));
    features.push_back(by_capability("other network namespaces", host, CAP_SYS_ADMIN, "CAP_SYS_ADMIN"));
    const auto call = proc.read("self/syscall");
    features.push_back(
        call ? by_capability("who is blocked in connect()", host, CAP_SYS_PTRACE, "CAP_SYS_PTRACE")
             : Feature{"who is blocked in connect()", "no", call.error().message,
                       "a kernel with /proc/PID/syscall"});
}

// The sources in order of preference; the first that works is what `--source auto` takes. Returns whether any does.
bool add_sources(std::vector<Feature>& features) {
    std::vector<Feature> sources{
        from("source bpf", self_test(SourceChoice::bpf, Kind::unix_socket), run_as_root),
        from("source diag (sock_diag)", self_test(SourceChoice::diag, Kind::unix_socket),
             "modprobe unix_diag"),
        from("source proc (no peers)", self_test(SourceChoice::proc, Kind::unix_socket), "mount /proc"),
    };
    const auto works = [](const Feature& feature) { return feature.answer == "yes"; };
    const auto taken = std::ranges::find_if(sources, works);
    const bool any = taken != sources.end();
    for (auto passed_over = sources.begin(); any && passed_over != taken; ++passed_over)
        passed_over->answer = "fallback";
    std::ranges::move(sources, std::back_inserter(features));
    return any;
}

} // namespace

Result<int> run(const DoctorRequest& request, Streams streams) {
    const auto proc = system::Procfs::open();
    if (!proc)
        return std::unexpected(proc.error());
    const auto host = system::this_host(*proc);
    if (!host)
        return std::unexpected(host.error());

    std::vector<Feature> features;
    add_bpf(features, *host);
    add_channels(features, *host);
    add_netlink(features, *proc);
    add_system(features, *proc, *host);
    const auto ring = self_test_io_uring();
    const bool forbidden = !ring && ring.error().kind == ErrorClass::not_permitted;
    features.push_back(from("sockets only an io_uring holds", ring,
                            !may_load_programs(*host) ? run_as_root
                            : forbidden               ? "sysctl kernel.io_uring_disabled=0"
                                        : "a kernel with io_uring, 5.15 to 6.12 or 6.14 and newer"));
    const bool answers = add_sources(features);

    render::Records records{.what = "features", .fields = {"feature", "answer", "reason", "fix"}, .rows = {}};
    for (auto& [name, answer, reason, fix] : features)
        records.rows.push_back({std::move(name), std::move(answer), std::move(reason), std::move(fix)});
    const render::Options options{
        .format = request.output.format, .color = use_color(request.output.color), .width = terminal_width()};
    print_records(streams.out, records, options, {host->name, now_rfc3339(), "probe"});
    return answers ? 0 : 4;
}

} // namespace otherend::cli
