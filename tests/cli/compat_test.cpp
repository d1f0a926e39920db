// SPDX-License-Identifier: MIT
// What old kernels get, on the kernel at hand: every topology is told by following addresses as it is by listing
// namespaces.
#include "cli/by_address.hpp"
#include "cli/find.hpp"
#include "cli/terminal.hpp"
#include "harness/compare.hpp"
#include "harness/contract.hpp"
#include "harness/topologies.hpp"
#include "harness/truth.hpp"
#include "query/describe.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace otherend::harness {
namespace {

Json listing_by(kernel::Loader loader) {
    const auto found = cli::find({}, {.source = SourceChoice::bpf, .loader = loader}, {.executables = true});
    if (!found) {
        ADD_FAILURE() << found.error().message;
        return {};
    }
    const auto& snapshot = *found->snapshot;
    std::ostringstream out;
    const auto printer = render::make_printer(out, {.format = render::Format::json},
                                              {snapshot.host.name, cli::now_rfc3339(), snapshot.source});
    Endpoint endpoint;
    for (const auto id : found->sockets) {
        query::describe(snapshot.graph, found->links, id, endpoint);
        printer->endpoint(endpoint);
    }
    printer->finish(snapshot.graph.unseen());
    return Json::parse(out.str(), nullptr, false);
}

class CompatTopology : public testing::TestWithParam<Case> {};

TEST_P(CompatTopology, ListsItAsItIs) {
    const Program program(GetParam().program, GetParam().arguments);
    if (program.skipped())
        GTEST_SKIP() << *program.skipped();
    const auto answer = listing_by(kernel::Loader::compat);
    EXPECT_EQ(breaches_of_contract(answer), std::vector<std::string>());
    const auto difference = compare(Truth(program.line()), answer, Source::bpf);
    EXPECT_TRUE(difference.none()) << difference;
}

TEST(Compat, ASocketThatWasHeldAndIsNotThereIsRaced) {
    const auto programs = kernel::load(kernel::Loader::compat, kernel::RingSize::small);
    ASSERT_TRUE(programs) << programs.error().message;
    const model::SocketRef gone{SockAddress{0xdead000000000000}, Inode{1}};
    model::Graph graph;
    graph.apply(model::HolderFact{.socket = gone, .pid = Pid{1}, .fd = 3, .socket_netns = NetnsId{1}});
    const auto& sockets = std::get<kernel::AddressProgram>(programs->sockets);
    ASSERT_TRUE(cli::reach_sockets(sockets, [](const auto&) {}, graph));
    EXPECT_EQ(query::Links(graph).own(*graph.find(gone)).state, State::raced);
}

INSTANTIATE_TEST_SUITE_P(Every, CompatTopology, testing::ValuesIn(topologies),
                         [](const auto& instance) { return name_of(instance.param); });

} // namespace
} // namespace otherend::harness
