// SPDX-License-Identifier: MIT
// Names of sockets: who shares one, and which of several bytes is the name.
#include "model/graph.hpp"

#include "seen.hpp"

#include <gtest/gtest.h>
#include <string>

namespace otherend::model {
namespace {

using namespace seen;
using namespace std::string_view_literals;

std::string name_at(const Graph& graph, SocketRef ref) {
    const auto* name = graph.name_of(at(graph, ref));
    return name ? name->best() : "";
}

TEST(Name, IsSharedByAListenerAndWhatItAccepted) {
    auto graph = graph_of({listening(nth(1), 77), accepted(nth(2), nth(3), 77), idle(nth(3))});
    EXPECT_EQ(graph.name_of(at(graph, nth(1))), graph.name_of(at(graph, nth(2))));
    EXPECT_EQ(name_at(graph, nth(1)), "/run/server");
    EXPECT_EQ(graph.name_of(at(graph, nth(3))), nullptr);

    graph.apply(NameFact{nth(2), NameState::replaced, "/old/server"});
    EXPECT_EQ(name_at(graph, nth(1)), "/old/server");
    EXPECT_EQ(graph.name_of(at(graph, nth(1)))->state, NameState::replaced);
    EXPECT_EQ(graph.name_of(at(graph, nth(1)))->bytes, "/run/server");
}

TEST(Name, EqualNamesOfDifferentAddressesStayApart) {
    auto graph = graph_of({listening(nth(1), 77), listening(nth(2), 78)});
    graph.apply(NameFact{nth(1), NameState::unlinked, {}});
    EXPECT_EQ(graph.name_of(at(graph, nth(1)))->state, NameState::unlinked);
    EXPECT_EQ(graph.name_of(at(graph, nth(2)))->state, std::nullopt);
}

TEST(Name, AddressOfANameThatWasReusedMeansTheNewName) {
    const auto graph = graph_of({listening(nth(1), 77, "/first"), listening(nth(2), 77, "/second"),
                                 listening(nth(3), 77, "/second")});
    EXPECT_EQ(name_at(graph, nth(1)), "/first");
    EXPECT_EQ(name_at(graph, nth(2)), "/second");
    EXPECT_EQ(graph.name_of(at(graph, nth(3))), graph.name_of(at(graph, nth(2))));
}

TEST(Name, KeepsEveryByte) {
    const auto graph = graph_of({listening(nth(1), 77, "\0a\0b\n\xff"sv)});
    ASSERT_NE(graph.name_of(at(graph, nth(1))), nullptr);
    EXPECT_TRUE(graph.name_of(at(graph, nth(1)))->is_abstract());
    EXPECT_EQ(name_at(graph, nth(1)), "\0a\0b\n\xff"sv);
}

TEST(Name, BestNameIsTheOneFoundThenTheTruePathThenTheOneGivenToBind) {
    auto fact = listening(nth(1), 77, "rel.sock");
    fact.file = BoundFile{.inode = 5, .device = 6, .linked = true, .components = "rel.sock\0dir\0run\0"sv};
    EXPECT_EQ(name_at(graph_of({fact}), nth(1)), "rel.sock"); // the path may lack its beginning

    fact.file->whole = true;
    auto graph = graph_of({fact});
    EXPECT_EQ(name_at(graph, nth(1)), "/run/dir/rel.sock");
    EXPECT_FALSE(graph.name_of(at(graph, nth(1)))->is_abstract());
    const auto& file = graph.name_of(at(graph, nth(1)))->file;
    ASSERT_TRUE(file);
    EXPECT_EQ(file->inode, 5U);
    EXPECT_EQ(file->device, 6U);
    EXPECT_EQ(file->linked, true);

    graph.apply(NameFact{nth(1), NameState::live, "/srv/run/dir/rel.sock"});
    EXPECT_EQ(name_at(graph, nth(1)), "/srv/run/dir/rel.sock");
}

TEST(Name, FileIsLearntFromWhicheverSocketTellsIt) {
    auto told = listening(nth(1), 77);
    told.file = BoundFile{.inode = 5, .linked = true, .components = "server\0run\0"sv, .whole = true};
    const auto graph =
        graph_of({accepted(nth(2), nth(3), 77), told}); // the first lost its path while it closed
    ASSERT_TRUE(graph.name_of(at(graph, nth(2))));
    EXPECT_TRUE(graph.name_of(at(graph, nth(2)))->file);
}

TEST(Name, LookupOfANamelessOrUnknownSocketIsIgnored) {
    const auto graph = graph_of(
        {idle(nth(1)), NameFact{nth(1), NameState::live, "/a"}, NameFact{nth(2), NameState::live, "/b"}});
    EXPECT_EQ(graph.size(), 1U);
    EXPECT_EQ(graph.name_of(at(graph, nth(1))), nullptr);
}

TEST(Name, SockDiagHasNoIdentityOfAddressesAndKeepsOneNamePerSocket) {
    const Inode waiting[] = {Inode{8}};
    auto graph = graph_of({listening_by_diag(Inode{7}), listening_by_diag(Inode{9})}, Source::diag);
    graph.apply(NameFact{{.inode = Inode{7}}, NameState::unlinked, {}});
    graph.apply(listening_by_diag(Inode{7}, waiting)); // asked again for its queue
    EXPECT_EQ(graph.name_of(at(graph, {.inode = Inode{7}}))->state, NameState::unlinked);
    EXPECT_EQ(graph.name_of(at(graph, {.inode = Inode{9}}))->state, std::nullopt);
}

} // namespace
} // namespace otherend::model
