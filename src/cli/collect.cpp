// SPDX-License-Identifier: MIT
#include "cli/collect.hpp"

#include "cli/bpf_snapshot.hpp"
#include "cli/by_namespace.hpp"
#include "cli/channels.hpp"
#include "cli/held.hpp"
#include "cli/names.hpp"
#include "system/conntrack.hpp"
#include "system/containers.hpp"
#include "system/executable.hpp"
#include "system/inet_diag.hpp"
#include "system/proc_descriptors.hpp"
#include "system/proc_net_inet.hpp"
#include "system/proc_net_unix.hpp"
#include "system/processes.hpp"
#include "system/unix_diag.hpp"

#include <linux/capability.h>
#include <map>
#include <set>
#include <sys/socket.h>
#include <unistd.h>

namespace otherend::cli {

namespace {

using model::Graph;
using model::Source;

struct Session {
    system::Procfs proc;
    system::NetworkNamespaces namespaces;
    system::Host host;
};

Result<Session> open_session() {
    auto proc = system::Procfs::open();
    if (!proc)
        return std::unexpected(proc.error());
    auto for_namespaces = system::Procfs::open();
    if (!for_namespaces)
        return std::unexpected(for_namespaces.error());
    auto namespaces = system::NetworkNamespaces::open(std::move(*for_namespaces));
    if (!namespaces)
        return std::unexpected(namespaces.error());
    auto host = system::this_host(*proc);
    if (!host)
        return std::unexpected(host.error());
    return Session{std::move(*proc), std::move(*namespaces), std::move(*host)};
}

// Where held sockets are that no table had: in a namespace that lives on in its sockets alone, or in one that was read
// in several pieces while it changed, so that the kernel skipped some. A descriptor of the socket leads there. Sockets
// of other families than UNIX may be in no table at all, so they lead to what was never read.
std::set<NetnsId> namespaces_of_missed_sockets(Session& session, const std::set<NetnsId>& read,
                                               const Graph& graph) {
    std::set<NetnsId> found;
    graph.for_each_socket([&](model::SocketId, const model::Socket& socket) {
        if (socket.reported)
            return;
        graph.for_each_holder(socket, [&](const model::HolderEntry& holder) {
            const auto pid = graph.process(holder.process).pid;
            const auto origin = session.namespaces.add_from_socket(pid, holder.fd);
            if (origin && (origin->family == AF_UNIX || !read.contains(origin->netns)))
                found.insert(origin->netns);
        });
    });
    return found;
}

constexpr int looks_at_a_table = 4; // each is likely to have what the ones before it skipped

// Runs `read` in every namespace of the host; one that cannot be entered is counted, our own must work.
Result<void> in_every_namespace(Session& session, Graph& graph,
                                const std::function<Result<void>(NetnsId)>& read) {
    const model::FactSink sink = [&](const model::Fact& fact) { graph.apply(fact); };
    const auto current = session.namespaces.current();
    if (auto done = read(current); !done)
        return done;
    std::set<NetnsId> tried{current};
    std::map<NetnsId, Error> failed; // so far: whom it was seen through may just have passed by
    const auto read_other = [&](NetnsId netns) {
        tried.insert(netns);
        failed.erase(netns);
        if (const auto done = read(netns); !done)
            failed.emplace(netns, done.error());
    };
    for (const auto netns : session.namespaces.find_all(sink))
        if (netns != current)
            read_other(netns);
    auto missed = namespaces_of_missed_sockets(session, tried, graph);
    for (int look = 1; look < looks_at_a_table && !missed.empty(); ++look) {
        for (const auto netns : missed)
            read_other(netns);
        missed = namespaces_of_missed_sockets(session, tried, graph);
    }
    for (const auto& [netns, why] : failed) {
        graph.apply(model::UnseenFact{.what = "network namespaces", .why = why.message, .netns = netns});
        if (why.kind == ErrorClass::not_permitted)
            graph.apply(model::VisitedFact{.source = graph.primary(), .netns = netns, .refused = true});
    }
    return {};
}

Result<void> add_diag(Session& session, Graph& graph) {
    return in_every_namespace(session, graph, [&](NetnsId netns) {
        return session.namespaces.run_in(netns, [&] {
            return system::dump_unix_diag(netns, [&](const model::Fact& fact) { graph.apply(fact); });
        });
    });
}

// One kind of Internet socket by sock_diag; by the tables of /proc, where that is the source or the kernel lacks the
// other.
Result<void> read_inet(Source source, Kind kind, const Session& session, NetnsId netns, Graph& graph) {
    const model::FactSink sink = [&](const model::Fact& fact) { graph.apply(fact); };
    if (source == Source::diag) {
        const auto dumped = system::dump_inet_diag(kind, netns, sink);
        if (dumped)
            return {};
        graph.apply(model::UnseenFact{"sock_diag", dumped.error().message});
    }
    return system::report_inet_tables(session.proc, Pid{gettid()}, kind, netns, sink);
}

// Everything that `source` tells of the network namespace this thread is in.
Result<void> read_namespace(Source source, const Look& look, const Session& session, NetnsId netns,
                            Graph& graph) {
    const model::FactSink sink = [&](const model::Fact& fact) { graph.apply(fact); };
    const Pid self{gettid()}; // whose namespace is the one being visited
    if (look.wants(Kind::unix_socket)) {
        auto read = source == Source::diag ? system::dump_unix_diag(netns, sink)
                                           : system::report_unix_table(session.proc, self, netns, sink);
        if (!read)
            return read;
    }
    for (const auto kind : {Kind::tcp, Kind::udp})
        if (look.wants(kind))
            if (auto read = read_inet(source, kind, session, netns, graph); !read)
                return read;
    return {};
}

bool hides_processes(const system::Host& host) {
    return !host.hidepid.empty() && host.hidepid != "0" && host.hidepid != "off";
}

bool lists_everybody(const system::Host& host) {
    const bool may_trace = (host.effective_capabilities >> CAP_SYS_PTRACE & 1) != 0;
    return host.initial_pid_namespace && (may_trace || !hides_processes(host));
}

Result<Graph> graph_by(Source source, Session& session, const Look& look) {
    Graph graph(source);
    const model::FactSink sink = [&](const model::Fact& fact) { graph.apply(fact); };
    const system::DescriptorScope scope{.pipes = look.wants(Kind::pipe),
                                        .ptys = look.wants(Kind::pty),
                                        .lists_everybody = lists_everybody(session.host)};
    if (auto read = system::report_descriptors(session.proc, scope, sink); !read)
        return std::unexpected(read.error());
    auto read = in_every_namespace(session, graph, [&](NetnsId netns) {
        return session.namespaces.run_in(netns,
                                         [&] { return read_namespace(source, look, session, netns, graph); });
    });
    if (!read)
        return std::unexpected(read.error());
    find_ring_holders(session.proc, graph);
    return graph;
}

struct Attempt {
    SourceChoice choice;
    const char* name;
    Result<Graph> (*read)(Session&, const Look&);
};

Result<Graph> all_by_bpf(Session& session, const Look& look) {
    auto graph = look.wants(Kind::unix_socket) ? read_by_bpf(session.proc, session.namespaces, look.loader)
                                               : Result<Graph>(Graph(Source::bpf));
    if (graph && wants_channels(look))
        if (auto read = read_channels(look, session.proc, session.namespaces, *graph); !read)
            return std::unexpected(read.error());
    return graph;
}

constexpr Attempt attempts[] = {
    {SourceChoice::bpf, "bpf", all_by_bpf},
    {SourceChoice::diag, "diag",
     [](Session& s, const Look& look) { return graph_by(Source::diag, s, look); }},
    {SourceChoice::proc, "proc",
     [](Session& s, const Look& look) { return graph_by(Source::proc, s, look); }},
};

// The first source that answers, with the reasons why better ones did not; or just the one that was asked for.
Result<Snapshot> read_first(const Look& look, Session& session) {
    std::vector<Unseen> passed_over;
    for (const auto& attempt : attempts) {
        if (look.source != SourceChoice::automatic && look.source != attempt.choice)
            continue;
        auto graph = attempt.read(session, look);
        if (!graph && (look.source == attempt.choice || attempt.choice == SourceChoice::proc))
            return std::unexpected(graph.error());
        if (!graph) {
            passed_over.push_back({std::string("source ") + attempt.name, graph.error().message, 1});
            continue;
        }
        for (const auto& reason : passed_over)
            graph->apply(model::UnseenFact{reason.what, reason.why});
        return Snapshot{std::move(*graph), session.host, attempt.name};
    }
    return std::unexpected(Error{ErrorClass::unsupported, "no source can be read"});
}

// Whether the addresses of some connection may have been translated, and nothing better tells its other end.
bool may_be_translated(const Graph& graph) {
    bool found = false;
    graph.for_each_socket([&](model::SocketId, const model::Socket& socket) {
        const auto* inet = graph.inet_of(socket);
        found = found || (inet != nullptr && socket.open && inet->remote && !inet->sequence &&
                          !inet->remote->address.is_loopback());
    });
    return found;
}

// The NAT tables of all network namespaces: who translates may be a router that has no socket.
void add_translations(Session& session, Graph& graph) {
    if (!may_be_translated(graph))
        return;
    const model::FactSink sink = [&](const model::Fact& fact) { graph.apply(fact); };
    const auto read_table = [&]() -> Result<void> {
        const auto read = system::report_translations(session.proc, Pid{gettid()}, {}, sink);
        if (!read)
            graph.apply(model::UnseenFact{"NAT tables", read.error().message});
        return {};
    };
    visit_namespaces(session.namespaces, graph, read_table, session.namespaces.known());
}

// A look at each process; unless all are wanted, only at those that are in another network namespace than we are.
void say_where_processes_run(const Session& session, bool all, Graph& graph) {
    system::Containers containers;
    const auto here = session.namespaces.current();
    for (const auto& process : std::vector(graph.processes().begin(), graph.processes().end()))
        if (all || process.netns != here)
            containers.report(session.proc, process.pid, [&](const model::Fact& fact) { graph.apply(fact); });
}

void say_what_limits_us(const system::Host& host, Graph& graph) {
    if (!host.initial_pid_namespace)
        graph.apply(model::UnseenFact{"processes outside this pid namespace",
                                      "run it in the initial pid namespace to see them"});
    if (hides_processes(host) && graph.primary() != Source::bpf)
        graph.apply(
            model::UnseenFact{"processes of other users", "/proc is mounted with hidepid=" + host.hidepid});
}

} // namespace

Result<Snapshot> collect(const Look& look, const Wants& wants) {
    auto session = open_session();
    if (!session)
        return std::unexpected(session.error());
    auto snapshot = read_first(look, *session);
    if (!snapshot)
        return snapshot;
    auto& graph = snapshot->graph;
    if (look.verify && graph.primary() == Source::bpf) {
        if (auto verified = add_diag(*session, graph); !verified)
            return std::unexpected(verified.error());
        snapshot->source += "+diag";
    }
    if (look.wants(Kind::tcp) || look.wants(Kind::udp))
        add_translations(*session, graph);
    find_names(session->proc, Verdicts::all, graph);
    if (wants.executables)
        for (const auto& process : std::vector(graph.processes().begin(), graph.processes().end()))
            system::report_executable(session->proc, process.pid,
                                      [&](const model::Fact& f) { graph.apply(f); });
    if (wants.every_process)
        system::report_processes(session->proc, [&](const model::Fact& f) { graph.apply(f); });
    say_where_processes_run(*session, wants.places, graph);
    say_what_limits_us(session->host, graph);
    return snapshot;
}

} // namespace otherend::cli
