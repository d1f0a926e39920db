// SPDX-License-Identifier: MIT
// The contract of the command line: exit codes, one clear line for what is not understood, help with examples.
#include "harness/process.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <sstream>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <vector>

namespace otherend::harness {
namespace {

std::string text_of(const Arguments& arguments) {
    std::string text;
    for (const auto& argument : arguments)
        text += " '" + argument + "'";
    return text;
}

bool is_one_line(const std::string& text) {
    return text.size() > 1 && std::ranges::count(text, '\n') == 1 && text.ends_with('\n');
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);)
        lines.push_back(line);
    return lines;
}

TEST(Usage, WhatIsNotUnderstoodIsOneLineOnStderrAndExitTwo) {
    const std::vector<Arguments> not_understood{
        {},
        {"who"},
        {""},
        {"who", ""},
        {"nonsense"},
        {"who", "0"},
        {"who", "-1"},
        {"who", "99999999999999999999"},
        {"who", "pid:"},
        {"who", "pid:x"},
        {"who", "1/"},
        {"who", "1/x"},
        {"who", "1/-2"},
        {"who", "fd:1"},
        {"who", "fd:1/2/3"},
        {"who", "ino:"},
        {"who", "ino:x"},
        {"who", "ino:0"},
        {"who", "ino:99999999999999999999999"},
        {"who", "socket:[12"},
        {"who", "socket:[]"},
        {"who", "socket:12"},
        {"who", "0x"},
        {"who", "0xzz"},
        {"who", "0x11112222333344445"},
        {"who", "unix:"},
        {"who", "unix:\\z"},
        {"who", "@\\xg0"},
        {"who", "comm:"},
        {"who", "netns:"},
        {"who", "netns:/no/such/file"},
        {"who", "netns:no-such-name"},
        {"who", "tcp:x"},
        {"who", ":65536"},
        {"who", "pipe:[x]"},
        {"list", "--kind", "sctp"},
        {"who", "1", "nonsense"},
        {"list", "nonsense"},
        {"list", "--no-such-option"},
        {"list", "-o"},
        {"list", "-o", "xml"},
        {"list", "--color", "purple"},
        {"list", "--source", "guess"},
        {"list", "--kind", "carrier-pigeon"},
        {"list", "--state", "confused"},
        {"list", "--columns", "no_such_column"},
        {"list", "--sort", "no_such_column"},
        {"list", "--filter", "comm =="},
        {"list", "--filter", "no_such_column == 1"},
        {"list", "--top", "many"},
        {"list", "--top", "-1"},
        {"doctor", "--no-such-option"},
        {"trace"},
    };
    for (const auto& arguments : not_understood) {
        const auto run = otherend(arguments);
        EXPECT_EQ(run.exit_code, 2) << text_of(arguments);
        EXPECT_TRUE(is_one_line(run.err)) << text_of(arguments) << ": " << run.err;
        EXPECT_EQ(run.out, "") << text_of(arguments);
    }
}

TEST(Usage, ErrorNamesTheInputThatCausedIt) {
    for (const std::string wrong : {"ino:x7", "0xzz", "comma:nginx", "1/x"}) {
        const auto run = otherend({"who", "1", wrong});
        EXPECT_NE(run.err.find(wrong), std::string::npos) << run.err;
    }
    const auto hostile = otherend({"who", "ino:\x1b[31m\n\xff"});
    EXPECT_EQ(hostile.exit_code, 2);
    EXPECT_TRUE(is_one_line(hostile.err)) << hostile.err;
    EXPECT_EQ(hostile.err.find('\x1b'), std::string::npos) << "an escape sequence reached the terminal";
}

TEST(Usage, WhatDoesNotExistIsNothingFoundAndExitOne) {
    for (const std::string target :
         {"4194304", "4194304/3", "1/1000000", "ino:18446744073709551615", "socket:[1]", "0xffffffffffffffff",
          "/no/such/path.sock", "@no such name", "unix:no-such.sock", "comm:no such comm", "netns:1"}) {
        for (const auto* verb : {"who", "list"}) {
            const auto run = otherend({verb, target, "-o", "json"});
            EXPECT_EQ(run.exit_code, 1) << verb << " " << target;
            EXPECT_TRUE(is_one_line(run.err)) << verb << " " << target << ": " << run.err;
            const auto answer = nlohmann::json::parse(run.out, nullptr, false);
            ASSERT_TRUE(answer.is_object()) << run.out;
            EXPECT_EQ(answer["schema"], "otherend/1");
            EXPECT_TRUE(answer["endpoints"].empty()) << run.out;
        }
    }
}

TEST(Usage, WhatNobodyIsCalledIsSaidInOneLineAndExitOne) {
    for (const auto& [target, reason] : {std::pair{"container:none-called-so", "no container is called"},
                                         {"container:none-called-so:/x", "no container is called"},
                                         {"unit:none-called-so", "no unit is called"},
                                         {"pts/4000000000", "no such terminal is open"}}) {
        const auto run = otherend({"who", target});
        EXPECT_EQ(run.exit_code, 1) << target;
        EXPECT_TRUE(lines_of(run.err).front().starts_with(std::string("otherend: ") + target + ": " + reason))
            << run.err;
    }
}

TEST(Usage, PathOfOneListenerSaysThatItListens) {
    const int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_un any{.sun_family = AF_UNIX, .sun_path = {}}; // the kernel chooses a name
    ASSERT_EQ(bind(listener, reinterpret_cast<const sockaddr*>(&any), sizeof(any.sun_family)), 0);
    ASSERT_EQ(listen(listener, 1), 0);
    const auto run = otherend({"path", std::to_string(getpid()) + "/" + std::to_string(listener)});
    EXPECT_TRUE(run.err.starts_with("otherend: 1 endpoint of the target listens or is joined to nothing: no "
                                    "path leads through it\n"))
        << run.err;
    close(listener);
}

TEST(Usage, TargetWithoutVerbMeansWho) {
    const auto program = Program("classic");
    const auto endpoints = nlohmann::json::parse(program.line());
    const auto target = "ino:" + endpoints["C1"]["inode"].dump();
    const auto with_verb = otherend({"who", target}), without = otherend({target});
    EXPECT_EQ(without.exit_code, 0);
    EXPECT_EQ(without.out, with_verb.out);
    EXPECT_NE(without.out, "");
}

// "  otherend who 4242/7 -o json       what ..." without what follows two blanks.
Arguments example_in(const std::string& line) {
    Arguments words;
    std::istringstream in(line.substr(0, line.find("   ", 3)));
    for (std::string word; in >> word;)
        words.push_back(word);
    words.erase(words.begin());
    return words;
}

TEST(Usage, HelpOfEachVerbShowsTwoExamplesThatAreUnderstood) {
    for (const std::string verb : {"who", "list", "doctor"}) {
        const auto help = otherend({verb, "--help"});
        EXPECT_EQ(help.exit_code, 0);
        EXPECT_EQ(help.err, "");
        int examples = 0;
        for (const auto& line : lines_of(help.out)) {
            if (!line.starts_with("  otherend " + verb))
                continue;
            ++examples;
            EXPECT_NE(otherend(example_in(line)).exit_code, 2) << line;
        }
        EXPECT_GE(examples, 2) << help.out;
    }
}

TEST(Usage, HelpAndVersionAreAnswers) {
    for (const auto* option : {"--help", "-h", "--version"}) {
        const auto run = otherend({option});
        EXPECT_EQ(run.exit_code, 0) << option;
        EXPECT_EQ(run.err, "") << option;
        EXPECT_NE(run.out.find("otherend"), std::string::npos) << option;
    }
}

TEST(Usage, DoctorAnswersInJson) {
    const auto run = otherend({"doctor", "-o", "json"});
    EXPECT_EQ(run.exit_code, 0) << run.err;
    const auto answer = nlohmann::json::parse(run.out, nullptr, false);
    ASSERT_TRUE(answer.is_object()) << run.out;
    EXPECT_EQ(answer["schema"], "otherend/1");
    ASSERT_FALSE(answer["features"].empty());
    for (const auto& feature : answer["features"])
        EXPECT_TRUE(feature["answer"] == "yes" || feature["answer"] == "no" ||
                    feature["answer"] == "fallback")
            << feature;
}

} // namespace
} // namespace otherend::harness
