// SPDX-License-Identifier: MIT
// What is typed, as values.
#include "cli/request.hpp"

#include "render/words.hpp"

#include <gtest/gtest.h>

namespace otherend::cli {
namespace {

using Arguments = std::vector<std::string>;

template <typename Wanted> Wanted parsed(const Arguments& arguments) {
    auto request = parse_request(arguments);
    EXPECT_TRUE(request) << testing::PrintToString(arguments) << ": " << request.error().message;
    EXPECT_TRUE(request && std::holds_alternative<Wanted>(*request)) << testing::PrintToString(arguments);
    return request && std::holds_alternative<Wanted>(*request) ? std::get<Wanted>(*request) : Wanted{};
}

std::string error_of(const Arguments& arguments) {
    const auto request = parse_request(arguments);
    if (request)
        return "accepted";
    EXPECT_EQ(request.error().kind, ErrorClass::usage) << testing::PrintToString(arguments);
    EXPECT_EQ(request.error().message.find_first_of("\n\r\x1b"), std::string::npos)
        << request.error().message;
    return request.error().message;
}

Pid pid_of(const query::Target& target) {
    const auto* pid = std::get_if<query::PidTarget>(&target);
    return pid ? pid->pid : Pid{};
}

// -- verbs ----------------------------------------------------------------------------------------------------

TEST(Parse, TargetWithoutVerbMeansWho) {
    for (const auto& arguments : {Arguments{"who", "1234"}, Arguments{"1234"}}) {
        const auto request = parsed<PeersRequest>(arguments);
        EXPECT_FALSE(request.is_list);
        ASSERT_EQ(request.targets.size(), 1U);
        EXPECT_EQ(pid_of(request.targets[0]), Pid{1234});
        EXPECT_EQ(request.texts, Arguments{"1234"});
    }
    EXPECT_EQ(parsed<PeersRequest>({"-o", "json", "1234"}).output.format, render::Format::json);
    EXPECT_EQ(parsed<PeersRequest>({"1234", "-o", "json"}).output.format, render::Format::json);
}

TEST(Parse, WhoNeedsATargetAndListDoesNot) {
    EXPECT_NE(error_of({"who"}), "accepted");
    const auto list = parsed<PeersRequest>({"list"});
    EXPECT_TRUE(list.is_list);
    EXPECT_TRUE(list.targets.empty());
}

TEST(Parse, TargetsKeepTheirOrderAndWhatWasTyped) {
    const auto request = parsed<PeersRequest>({"list", "10", "pid:20", "comm:nginx"});
    EXPECT_EQ(request.texts, (Arguments{"10", "pid:20", "comm:nginx"}));
    ASSERT_EQ(request.targets.size(), 3U);
    EXPECT_EQ(pid_of(request.targets[1]), Pid{20});
    EXPECT_EQ(std::get<query::CommTarget>(request.targets[2]).comm, "nginx");
}

TEST(Parse, TargetsMayFollowAnyOption) {
    for (const auto& options :
         {Arguments{"--filter", "pid > 1"}, Arguments{"--state", "closed"}, Arguments{"--kind", "unix"},
          Arguments{"--columns", "pid"}, Arguments{"--sort", "pid"}, Arguments{"--top", "5"},
          Arguments{"-o", "csv"}, Arguments{"--addresses"}, Arguments{"--verify"}})
        for (const auto* verb : {"who", "list"}) {
            Arguments arguments{verb};
            arguments.insert(arguments.end(), options.begin(), options.end());
            arguments.insert(arguments.end(), {"10", "20"});
            EXPECT_EQ(parsed<PeersRequest>(arguments).texts, (Arguments{"10", "20"})) << options[0];
        }
}

TEST(Parse, DoctorTakesAnOutputAndNoTarget) {
    EXPECT_EQ(parsed<DoctorRequest>({"doctor"}).output.format, render::Format::table);
    EXPECT_EQ(parsed<DoctorRequest>({"doctor", "-o", "json"}).output.format, render::Format::json);
    EXPECT_NE(error_of({"doctor", "1234"}), "accepted");
    EXPECT_NE(error_of({"doctor", "--top", "1"}), "accepted");
}

TEST(Parse, PathTakesOneTarget) {
    const auto request = parsed<PathRequest>({"path", "10/5"});
    EXPECT_EQ(std::get<query::FdTarget>(request.target).fd, 5);
    EXPECT_EQ(request.text, "10/5");
    EXPECT_EQ(request.format, render::PathFormat::table);
    EXPECT_EQ(request.look.source, SourceChoice::automatic);
    EXPECT_EQ(request.observe, std::nullopt);
    EXPECT_NE(error_of({"path"}), "accepted");
    EXPECT_NE(error_of({"path", "10", "20"}), "accepted");
    EXPECT_NE(error_of({"path", "nonsense"}).find("bad target 'nonsense'"), std::string::npos);
}

TEST(Parse, PathIsAGraphAndAListIsNot) {
    EXPECT_EQ(parsed<PathRequest>({"path", "10", "-o", "dot"}).format, render::PathFormat::dot);
    EXPECT_EQ(parsed<PathRequest>({"path", "10", "-o", "mermaid"}).format, render::PathFormat::mermaid);
    for (const auto* format : {"dot", "mermaid"})
        EXPECT_NE(error_of({"list", "-o", format}), "accepted");
    EXPECT_NE(error_of({"path", "10", "-o", "csv"}), "accepted");
}

TEST(Parse, ObservationIsAnAmountOfSeconds) {
    const auto observe = [](const char* text) {
        return parsed<PathRequest>({"path", "10", "--observe", text}).observe;
    };
    EXPECT_EQ(observe("2"), std::chrono::seconds(2));
    EXPECT_EQ(observe("0.25"), std::chrono::milliseconds(250));
    EXPECT_EQ(observe("3600"), std::chrono::hours(1));
    for (const auto* bad : {"0", "-1", "3600.5", "2s", "nan", "inf", "1e9", ""})
        EXPECT_NE(error_of({"path", "10", "--observe", bad}).find("seconds"), std::string::npos) << bad;
}

TEST(Parse, NothingAskedIsAnErrorThatSaysWhatToTry) {
    EXPECT_NE(error_of({}).find("otherend --help"), std::string::npos);
}

TEST(Parse, PlannedVerbIsNoTarget) {
    for (const auto* verb : {"trace", "veth", "bridge"}) {
        const auto error = error_of({verb, "1234"});
        EXPECT_NE(error.find(verb), std::string::npos) << error;
        EXPECT_NE(error.find("not in this version"), std::string::npos) << error;
    }
}

TEST(Parse, WordThatIsNoVerbIsABadTarget) {
    for (const auto& arguments : {Arguments{"lsit"}, Arguments{"list", "who"}, Arguments{"who", "list"}})
        EXPECT_NE(error_of(arguments).find("bad target '" + arguments.back() + "'"), std::string::npos);
}

// -- options ----------------------------------------------------------------------------------------------------

TEST(Parse, DefaultsAskForNothingSpecial) {
    const auto request = parsed<PeersRequest>({"list"});
    EXPECT_EQ(request.look.source, SourceChoice::automatic);
    EXPECT_FALSE(request.look.verify);
    EXPECT_EQ(request.output.format, render::Format::table);
    EXPECT_EQ(request.output.color, ColorChoice::automatic);
    EXPECT_EQ(request.output.columns, "");
    EXPECT_EQ(request.output.sort, "");
    EXPECT_TRUE(request.output.filters.empty());
    EXPECT_TRUE(request.output.states.empty());
    EXPECT_EQ(request.output.top, std::nullopt);
    EXPECT_FALSE(request.output.addresses);
}

TEST(Parse, EachOptionIsKept) {
    const auto request = parsed<PeersRequest>(
        {"list",     "--source",    "diag",     "--verify", "-o",          "csv",      "--color",
         "never",    "--columns",   "+exe,tid", "--sort",   "-pid,comm",   "--filter", "pid > 1",
         "--filter", "comm == a b", "--top",    "7",        "--addresses", "--kind",   "unix"});
    EXPECT_EQ(request.look.source, SourceChoice::diag);
    EXPECT_TRUE(request.look.verify);
    EXPECT_EQ(request.output.format, render::Format::csv);
    EXPECT_EQ(request.output.color, ColorChoice::never);
    EXPECT_EQ(request.output.columns, "+exe,tid");
    EXPECT_EQ(request.output.sort, "-pid,comm");
    EXPECT_EQ(request.output.filters, (Arguments{"pid > 1", "comm == a b"}));
    EXPECT_EQ(request.output.top, 7U);
    EXPECT_TRUE(request.output.addresses);
}

TEST(Parse, EachWordOfAChoiceIsAccepted) {
    const std::pair<const char*, render::Format> formats[] = {{"table", render::Format::table},
                                                              {"wide", render::Format::wide},
                                                              {"json", render::Format::json},
                                                              {"jsonl", render::Format::jsonl},
                                                              {"csv", render::Format::csv}};
    for (const auto& [word, format] : formats)
        EXPECT_EQ(parsed<PeersRequest>({"list", "--output", word}).output.format, format) << word;
    const std::pair<const char*, SourceChoice> sources[] = {{"auto", SourceChoice::automatic},
                                                            {"bpf", SourceChoice::bpf},
                                                            {"diag", SourceChoice::diag},
                                                            {"proc", SourceChoice::proc}};
    for (const auto& [word, source] : sources)
        EXPECT_EQ(parsed<PeersRequest>({"list", "--source", word}).look.source, source) << word;
    const std::pair<const char*, ColorChoice> colors[] = {
        {"auto", ColorChoice::automatic}, {"always", ColorChoice::always}, {"never", ColorChoice::never}};
    for (const auto& [word, color] : colors)
        EXPECT_EQ(parsed<PeersRequest>({"list", "--color", word}).output.color, color) << word;
    for (const auto state : render::states)
        EXPECT_EQ(parsed<PeersRequest>({"list", "--state", std::string(render::word(state))}).output.states,
                  std::set{state});
}

TEST(Parse, StatesAreSeparatedByCommasOrRepeated) {
    const std::set expected{State::pending, State::connecting};
    EXPECT_EQ(parsed<PeersRequest>({"list", "--state", "pending,connecting"}).output.states, expected);
    EXPECT_EQ(parsed<PeersRequest>({"list", "--state", "pending", "--state", "connecting"}).output.states,
              expected);
}

TEST(Parse, ValueMayBeJoinedByAnEqualsSign) {
    EXPECT_EQ(parsed<PeersRequest>({"list", "--sort=-pid"}).output.sort, "-pid");
    EXPECT_EQ(parsed<PeersRequest>({"list", "--top=3"}).output.top, 3U);
}

TEST(Parse, TopIsADecimalNumber) {
    EXPECT_EQ(parsed<PeersRequest>({"list", "--top", "0"}).output.top, 0U);
    EXPECT_EQ(parsed<PeersRequest>({"list", "--top", "010"}).output.top, 10U);
    for (const auto* text : {"", "-1", "1.5", "1e3", "0x10", "many", "1 ", "99999999999999999999"})
        EXPECT_NE(error_of({"list", "--top", text}), "accepted") << text;
}

TEST(Parse, BadValueIsNamedWithItsOption) {
    const std::pair<const char*, const char*> bad[] = {{"-o", "xml"},           {"--color", "purple"},
                                                       {"--source", "guess"},   {"--kind", "pigeon"},
                                                       {"--state", "confused"}, {"--top", "many"}};
    for (const auto& [option, value] : bad) {
        const auto error = error_of({"list", option, value});
        EXPECT_NE(error.find(value), std::string::npos) << error;
    }
    EXPECT_NE(error_of({"list", "--state", "closed,confused"}).find("confused"), std::string::npos);
}

TEST(Parse, UnknownOptionsAndMissingValuesAreErrors) {
    for (const auto& arguments :
         {Arguments{"list", "--no-such-option"}, Arguments{"list", "-x"}, Arguments{"list", "-o"},
          Arguments{"list", "--top"}, Arguments{"who", "1", "--columns"}})
        EXPECT_NE(error_of(arguments), "accepted");
}

TEST(Parse, HostileInputReachesNoTerminal) {
    for (const auto& arguments :
         {Arguments{"\x1b[31m\r\n"}, Arguments{"list", "--source", "\x1b[31m\r\n"},
          Arguments{"list", "--\x1b[31m\r\n"}, Arguments{"list", "--top", "\x1b[31m\r\n"},
          Arguments{"who", "1", "\x1b[31m\r\n"}})
        EXPECT_NE(error_of(arguments), "accepted"); // which looks for what a terminal would obey
}

// -- stuck ------------------------------------------------------------------------------------------------------

TEST(Parse, StuckNarrowsWhatIsLookedAtUnlessAsked) {
    EXPECT_FALSE(parsed<PeersRequest>({"list"}).output.stuck);
    const auto request = parsed<PeersRequest>({"list", "--stuck"});
    EXPECT_EQ(request.output.stuck, Patience{});
    EXPECT_EQ(request.look.kinds, (std::set{Kind::unix_socket, Kind::tcp}));
    EXPECT_EQ(parsed<PeersRequest>({"list", "--stuck", "--kind", "tcp"}).look.kinds, std::set{Kind::tcp});
}

TEST(Parse, StuckAfterIsForList) {
    const auto request = parsed<PeersRequest>({"list", "--stuck", "--stuck-after", "half-closed=2.5", "10"});
    EXPECT_EQ(request.output.stuck, Patience{.half_closed = std::chrono::milliseconds(2500)});
    EXPECT_EQ(request.texts, Arguments{"10"});
    EXPECT_TRUE(error_of({"list", "--stuck", "--stuck-after", "\n0"}).starts_with("--stuck-after: "));
    EXPECT_TRUE(error_of({"list", "--stuck", "--stuck-after", ""}).starts_with("--stuck-after: "));
    EXPECT_TRUE(error_of({"list", "--stuck-after", "1"}).contains("--stuck"));
    EXPECT_NE(error_of({"who", "10", "--stuck"}), "accepted");
}

// -- help -------------------------------------------------------------------------------------------------------

TEST(Parse, HelpAndVersionAreAnswers) {
    EXPECT_TRUE(parsed<HelpRequest>({"--version"}).text.starts_with("otherend "));
    for (const auto* option : {"-h", "--help"})
        for (const auto* verb : {"who", "list", "doctor"})
            EXPECT_NE(parsed<HelpRequest>({option}).text.find(verb), std::string::npos) << option;
}

TEST(Parse, HelpOfAVerbShowsItsOptionsAndExamples) {
    for (const std::string verb : {"who", "list", "doctor"}) {
        const auto help = parsed<HelpRequest>({verb, "--help"}).text;
        EXPECT_NE(help.find("--output"), std::string::npos) << verb;
        EXPECT_NE(help.find("  otherend " + verb), std::string::npos) << verb;
        EXPECT_EQ(help.find("--state") != std::string::npos, verb != "doctor") << verb;
    }
}

TEST(Parse, HelpOfAVerbThatTakesTargetsShowsTheirForms) {
    for (const std::string verb : {"who", "list", "path"}) {
        const auto help = parsed<HelpRequest>({verb, "--help"}).text;
        for (const auto* form : {"PID/FD", "0xADDRESS", "@NAME", "ADDRESS:PORT", "pts/N", "netns:ID",
                                 "container:NAME ", "container:NAME:/PATH", "unit:NAME"})
            EXPECT_NE(help.find(form), std::string::npos) << verb << ' ' << form;
    }
}

} // namespace
} // namespace otherend::cli
