// SPDX-License-Identifier: MIT
// Names of sockets: who shares one, and which of several bytes is the name.
#include "model/graph.hpp"

#include "seen.hpp"

#include <gtest/gtest.h>
#include <string>
#include <utility>

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
    fact.file = BoundFile{.inode = 5, .device = 6, .linked = true};
    auto graph = graph_of({fact});
    EXPECT_EQ(name_at(graph, nth(1)), "rel.sock");

    graph.apply(lies_at(nth(1), "rel.sock\0dir\0run\0"sv));
    EXPECT_EQ(name_at(graph, nth(1)), "/run/dir/rel.sock");
    EXPECT_EQ(graph.name_of(at(graph, nth(1)))->bytes, "rel.sock");
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
    told.file = BoundFile{.inode = 5, .linked = true};
    const auto graph =
        graph_of({accepted(nth(2), nth(3), 77), told}); // the first lost its path while it closed
    ASSERT_TRUE(graph.name_of(at(graph, nth(2))));
    EXPECT_TRUE(graph.name_of(at(graph, nth(2)))->file);
}

// -- paths that a walk told -----------------------------------------------------------------------------------

SocketFact bound(SocketRef self, std::uint64_t address_id, std::string_view name = "rel.sock") {
    auto fact = listening(self, address_id, name);
    fact.file = BoundFile{.inode = 5, .linked = true};
    return fact;
}

TEST(Name, PathOfAnAcceptedEndIsThatOfItsListener) {
    auto end = accepted(nth(2), nth(3), 77);
    end.name = "rel.sock";
    const auto graph = graph_of({bound(nth(1), 77), end, lies_at(nth(2), "rel.sock\0run\0"sv)});
    EXPECT_EQ(name_at(graph, nth(1)), "/run/rel.sock");
}

TEST(Name, PathOfASocketThatWasNotOpenIsNotTrusted) { // it may be letting go of it
    auto closing = accepted(nth(2), nth(3), 77);
    closing.name = "rel.sock";
    closing.open = false;
    const auto graph = graph_of({bound(nth(1), 77), closing, lies_at(nth(2), "wrong\0"sv)});
    ASSERT_EQ(graph.name_of(at(graph, nth(2))), graph.name_of(at(graph, nth(1))));
    EXPECT_EQ(name_at(graph, nth(1)), "rel.sock");
}

TEST(Name, PathMayBeCutAnywhere) {
    for (const auto& [components, path] : {std::pair{"a\0b\0"sv, "/b/a"},
                                           {"a\0b"sv, "/b/a"},
                                           {"a\0"sv, "/a"},
                                           {"a"sv, "/a"},
                                           {""sv, "rel.sock"}})
        EXPECT_EQ(name_at(graph_of({bound(nth(1), 77), lies_at(nth(1), components)}), nth(1)), path);
}

TEST(Name, PathThatLacksItsBeginningIsNone) {
    auto cut = lies_at(nth(1), "rel.sock\0dir\0"sv);
    cut.whole = false;
    auto graph = graph_of({bound(nth(1), 77), cut});
    EXPECT_EQ(name_at(graph, nth(1)), "rel.sock");
    graph.apply(lies_at(nth(1), "rel.sock\0dir\0run\0"sv));
    graph.apply(cut); // a pass that came late for it does not take back what is known
    EXPECT_EQ(name_at(graph, nth(1)), "/run/dir/rel.sock");
}

TEST(Name, PathIsKeptWhenAnotherSocketTellsTheFileAgain) {
    const auto graph = graph_of({bound(nth(1), 77), lies_at(nth(1), "rel.sock\0run\0"sv), bound(nth(2), 77)});
    EXPECT_EQ(name_at(graph, nth(2)), "/run/rel.sock");
}

TEST(Name, LaterWalkTellsWhereItIsNow) {
    const auto graph = graph_of(
        {bound(nth(1), 77), lies_at(nth(1), "rel.sock\0old\0"sv), lies_at(nth(1), "moved\0new\0"sv)});
    EXPECT_EQ(name_at(graph, nth(1)), "/new/moved");
}

// It was bound, or bound to a file, only after its fields had been read; and an abstract name never is.
TEST(Name, PathOfASocketThatHadNoFileIsIgnored) {
    const auto graph =
        graph_of({idle(nth(1)), listening(nth(2), 77, "rel.sock"), listening(nth(3), 78, "\0abstract"sv),
                  lies_at(nth(1), "x\0"sv), lies_at(nth(2), "x\0"sv), lies_at(nth(3), "x\0"sv)});
    EXPECT_EQ(graph.name_of(at(graph, nth(1))), nullptr);
    EXPECT_EQ(name_at(graph, nth(2)), "rel.sock");
    EXPECT_FALSE(graph.name_of(at(graph, nth(2)))->file);
    EXPECT_EQ(name_at(graph, nth(3)), "\0abstract"sv);
    EXPECT_FALSE(graph.name_of(at(graph, nth(3)))->file);
}

TEST(Name, PathOutlivesTheBytesItCameWith) {
    auto graph = graph_of({bound(nth(1), 77)});
    {
        const auto components = std::string(100, 'p') + '\0';
        graph.apply(lies_at(nth(1), components));
    }
    EXPECT_EQ(name_at(graph, nth(1)), '/' + std::string(100, 'p'));
}

// -----------------------------------------------------------------------------------------------------------

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
