// SPDX-License-Identifier: MIT
// Which columns, which rows, in which order.
#include "cli/selection.hpp"

#include "../query/scene.hpp"
#include "query/describe.hpp"

#include <algorithm>
#include <gtest/gtest.h>

namespace otherend::cli {
namespace {

using namespace model;
using namespace model::seen;
using query::Scene;

using Texts = std::vector<std::string>;

View view_of(const Output& output) {
    auto view = make_view(output);
    EXPECT_TRUE(view) << view.error().message;
    return view.value_or(View{});
}

std::string error_of(const Output& output) {
    const auto view = make_view(output);
    if (view)
        return "accepted";
    EXPECT_EQ(view.error().kind, ErrorClass::usage);
    EXPECT_EQ(view.error().message.find_first_of("\n\x1b"), std::string::npos);
    return view.error().message;
}

Texts columns_of(const Output& output) {
    Texts names;
    for (const auto* column : view_of(output).options.columns)
        names.emplace_back(column->name);
    return names;
}

Texts default_names(render::Format format, bool addresses = false) {
    Texts names;
    for (const auto* column : render::default_columns(format, addresses))
        names.emplace_back(column->name);
    return names;
}

// -- columns --------------------------------------------------------------------------------------------------

TEST(Selection, NoColumnsLeavesTheChoiceToTheFormat) {
    EXPECT_EQ(columns_of({}), Texts{});
}

TEST(Selection, NamedColumnsReplaceThoseOfTheFormat) {
    EXPECT_EQ(columns_of({.columns = "pid,comm,pid"}), (Texts{"pid", "comm", "pid"}));
}

TEST(Selection, PlusAddsToThoseOfTheFormat) {
    for (const auto format : {render::Format::table, render::Format::wide, render::Format::csv}) {
        auto expected = default_names(format);
        expected.insert(expected.end(), {"exe", "cookie"});
        EXPECT_EQ(columns_of({.format = format, .columns = "+exe,cookie"}), expected);
    }
    EXPECT_EQ(columns_of({.columns = "+"}), default_names(render::Format::table));
}

TEST(Selection, AddressesStayWhereColumnsAreAdded) {
    const auto names = columns_of({.columns = "+exe", .addresses = true});
    EXPECT_TRUE(std::ranges::find(names, "address") != names.end());
}

TEST(Selection, StuckShowsTheReasonAndFewColumnsInATable) {
    EXPECT_EQ(columns_of({.stuck = Patience{}}), (Texts{"endpoint", "stuck", "holders", "peer"}));
    EXPECT_EQ(columns_of({.columns = "+kind", .stuck = Patience{}}),
              (Texts{"endpoint", "stuck", "holders", "peer", "kind"}));
    EXPECT_EQ(columns_of({.columns = "kind", .stuck = Patience{}}), Texts{"kind"});
    EXPECT_EQ(columns_of({.format = render::Format::json, .stuck = Patience{}}), Texts{});
    auto csv = default_names(render::Format::csv);
    csv.insert(std::ranges::find(csv, "holders"), "stuck");
    EXPECT_EQ(columns_of({.format = render::Format::csv, .stuck = Patience{}}), csv);
}

TEST(Selection, UnknownColumnIsNamedWithItsOption) {
    for (const auto* columns : {"zebra", "+zebra", "pid,zebra"}) {
        const auto error = error_of({.columns = columns});
        EXPECT_TRUE(error.starts_with("--columns: ")) << error;
        EXPECT_NE(error.find("'zebra'"), std::string::npos) << error;
    }
    EXPECT_TRUE(error_of({.sort = "pid,-zebra"}).starts_with("--sort: there is no column 'zebra'"));
    EXPECT_NE(error_of({.columns = "pid,,comm"}), "accepted");
    EXPECT_NE(error_of({.columns = "\x1b[31m\n"}), "accepted");
}

TEST(Selection, MistypedColumnIsCorrected) {
    EXPECT_NE(error_of({.columns = "stat"}).find("did you mean 'state'?"), std::string::npos);
}

TEST(Selection, OptionsOfTheOutputArePassedOn) {
    const auto view =
        view_of({.format = render::Format::csv, .color = ColorChoice::always, .top = 3, .addresses = true});
    EXPECT_EQ(view.options.format, render::Format::csv);
    EXPECT_TRUE(view.options.color);
    EXPECT_TRUE(view.options.addresses);
    EXPECT_EQ(view.top, 3U);
    EXPECT_FALSE(view_of({.color = ColorChoice::never}).options.color);
}

// -- executables, which are looked up only where they are shown -----------------------------------------------------

TEST(Selection, ExecutablesAreNeededWhereTheyAreShown) {
    EXPECT_FALSE(view_of({}).needs_executables());
    EXPECT_FALSE(view_of({.columns = "pid"}).needs_executables());
    EXPECT_TRUE(view_of({.columns = "+exe"}).needs_executables());
    EXPECT_TRUE(view_of({.sort = "-exe"}).needs_executables());
    EXPECT_TRUE(view_of({.filters = {"exe ~ bash"}}).needs_executables());
    for (const auto format : {render::Format::json, render::Format::jsonl, render::Format::csv})
        EXPECT_TRUE(view_of({.format = format}).needs_executables());
    EXPECT_FALSE(view_of({.format = render::Format::csv, .columns = "pid"}).needs_executables());
}

TEST(Selection, JsonShowsExecutablesWhateverTheColumns) {
    for (const auto format : {render::Format::json, render::Format::jsonl})
        EXPECT_TRUE(view_of({.format = format, .columns = "pid"}).needs_executables());
}

TEST(Selection, ExecutablesAreNotLookedUpWhereNobodySeesThem) {
    EXPECT_FALSE(view_of({.format = render::Format::wide}).needs_executables());
}

// -- rows -----------------------------------------------------------------------------------------------------

// A datagram server with two named senders, and a listener without any.
std::vector<Fact> a_world() {
    auto first = sending(nth(2), nth(1)), second = sending(nth(3), nth(1));
    first.address_id = 2;
    first.name = "/run/first";
    second.address_id = 3;
    second.name = "/run/second";
    return {idle(nth(1), EndpointType::dgram),
            first,
            second,
            listening(nth(4), 4, "/run/server"),
            held(nth(1), 30, 3, "logger"),
            held(nth(2), 20, 3, "one"),
            held(nth(3), 10, 3, "two"),
            held(nth(4), 40, 3, "server")};
}

Endpoint described(const Scene& scene, std::uint32_t n) {
    Endpoint endpoint;
    query::describe(scene.graph(), scene.links(), scene.id(n), endpoint);
    return endpoint;
}

TEST(Selection, EverythingIsKeptUnlessAsked) {
    const Scene scene(a_world());
    auto server = described(scene, 1);
    EXPECT_TRUE(view_of({}).keep(server));
    EXPECT_EQ(server.peers.size(), 2U);
}

TEST(Selection, StateIsThatOfTheEndpoint) {
    const Scene scene(a_world());
    auto server = described(scene, 1), listener = described(scene, 4);
    const auto view = view_of({.states = {State::listening, State::closed}});
    EXPECT_FALSE(view.keep(server));
    EXPECT_TRUE(view.keep(listener));
}

TEST(Selection, FilterTakesOutTheEdgesThatDoNotPass) {
    const Scene scene(a_world());
    auto server = described(scene, 1);
    EXPECT_TRUE(view_of({.filters = {"peer_name == /run/second"}}).keep(server));
    ASSERT_EQ(server.peers.size(), 1U);
    EXPECT_EQ(server.peers[0].name, "/run/second");
}

TEST(Selection, EndpointWithoutAPassingEdgeIsNotKept) {
    const Scene scene(a_world());
    auto server = described(scene, 1);
    EXPECT_FALSE(view_of({.filters = {"peer_name == /run/third"}}).keep(server));
}

TEST(Selection, EndpointWithoutEdgesIsOneRow) {
    const Scene scene(a_world());
    auto listener = described(scene, 4);
    EXPECT_TRUE(view_of({.filters = {"name == /run/server and not peer_name ~ ."}}).keep(listener));
    EXPECT_FALSE(view_of({.filters = {"peer_name ~ ."}}).keep(listener));
}

TEST(Selection, EveryFilterMustHold) {
    const Scene scene(a_world());
    auto server = described(scene, 1);
    EXPECT_TRUE(view_of({.filters = {"type == dgram", "peer_comm == one"}}).keep(server));
    EXPECT_EQ(server.peers.size(), 1U);
    EXPECT_FALSE(view_of({.filters = {"type == dgram", "peer_comm == two"}}).keep(server)); // the other edge
}

TEST(Selection, BadFilterIsNamed) {
    EXPECT_TRUE(
        error_of({.filters = {"pid > 1", "zebra == 1"}}).starts_with("--filter: bad filter at character 1"));
}

// -- stuck ------------------------------------------------------------------------------------------------------

TEST(Selection, StuckKeepsWhatHasAReasonAndAListenerIsOneRow) {
    auto full = listening(nth(1), 7);
    full.queue_length = 17;
    const Scene scene({full, embryo(nth_embryo(2), nth(3), nth(1), 7), waiting_client(nth(3), nth_embryo(2)),
                       listening(nth(4), 8)});
    const auto view = view_of({.stuck = Patience{}});
    Endpoint endpoint;
    EXPECT_FALSE(view.describe(scene.graph(), scene.links(), scene.id(4), endpoint));
    ASSERT_TRUE(view.describe(scene.graph(), scene.links(), scene.id(1), endpoint));
    EXPECT_EQ(endpoint.stuck, Texts{"accept queue full: 17 wait, limit 16"});
    EXPECT_TRUE(endpoint.peers.empty());
    const auto without = view_of({});
    ASSERT_TRUE(without.describe(scene.graph(), scene.links(), scene.id(1), endpoint));
    EXPECT_EQ(endpoint.stuck, Texts{});
    EXPECT_FALSE(endpoint.peers.empty());
    EXPECT_FALSE(view_of({.states = {State::closed}, .stuck = Patience{}})
                     .describe(scene.graph(), scene.links(), scene.id(1), endpoint));
}

// -- order ------------------------------------------------------------------------------------------------------

std::vector<std::uint32_t> ordered(const Scene& scene, const std::string& sort,
                                   std::vector<std::string> filters = {}) {
    const auto ids =
        view_of({.sort = sort, .filters = std::move(filters)})
            .in_order(scene.graph(), scene.links(), {scene.id(1), scene.id(2), scene.id(3), scene.id(4)});
    std::vector<std::uint32_t> numbers;
    for (const auto id : ids)
        for (std::uint32_t n = 1; n <= 4; ++n)
            if (scene.id(n) == id)
                numbers.push_back(n);
    return numbers;
}

using Numbers = std::vector<std::uint32_t>;

TEST(Selection, OrderIsKeptUnlessAsked) {
    EXPECT_EQ(ordered(Scene(a_world()), ""), (Numbers{1, 2, 3, 4}));
}

TEST(Selection, OrdersByNumbersAndTextInBothDirections) {
    const Scene scene(a_world());
    EXPECT_EQ(ordered(scene, "pid"), (Numbers{3, 2, 1, 4}));
    EXPECT_EQ(ordered(scene, "-pid"), (Numbers{4, 1, 2, 3}));
    EXPECT_EQ(ordered(scene, "comm"), (Numbers{1, 2, 4, 3}));
    EXPECT_EQ(ordered(scene, "-inode"), (Numbers{4, 3, 2, 1}));
}

TEST(Selection, AbsentGoesLastInBothDirections) {
    const Scene scene(a_world());
    EXPECT_EQ(ordered(scene, "name"), (Numbers{2, 3, 4, 1}));
    EXPECT_EQ(ordered(scene, "-name"), (Numbers{4, 3, 2, 1}));
}

TEST(Selection, EdgesThatAreNotShownDoNotCount) {
    auto near = sending(nth(2), nth(1)), far = sending(nth(3), nth(1)), other = sending(nth(5), nth(4));
    const Scene scene({idle(nth(1), EndpointType::dgram), near, far, idle(nth(4), EndpointType::dgram), other,
                       held(nth(2), 10, 3, "first"), held(nth(3), 30, 3, "last"),
                       held(nth(5), 20, 3, "last")});
    EXPECT_EQ(ordered(scene, "peer_pid"), (Numbers{1, 4, 2, 3}));
    EXPECT_EQ(ordered(scene, "peer_pid", {"peer_comm == last"}), (Numbers{4, 1}));
}

TEST(Selection, LaterColumnsDecideBetweenEquals) {
    const Scene scene(a_world());
    EXPECT_EQ(ordered(scene, "type,-pid"), (Numbers{1, 2, 3, 4}));
    EXPECT_EQ(ordered(scene, "type,pid"), (Numbers{3, 2, 1, 4}));
    EXPECT_EQ(ordered(scene, "type"), (Numbers{1, 2, 3, 4})); // as they were
}

} // namespace
} // namespace otherend::cli
