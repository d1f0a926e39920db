// SPDX-License-Identifier: MIT
#include "query/target.hpp"

#include "base/ip_text.hpp"
#include "scene.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <set>

namespace otherend::query {
namespace {

using namespace model;
using namespace model::seen;
using namespace std::string_literals;
using namespace std::string_view_literals;

template <typename Wanted> Wanted parsed(std::string_view text) {
    const auto target = parse_target(text);
    EXPECT_TRUE(target) << text << ": " << target.error().message;
    EXPECT_TRUE(target && std::holds_alternative<Wanted>(*target)) << text;
    return target && std::holds_alternative<Wanted>(*target) ? std::get<Wanted>(*target) : Wanted{};
}

std::string error_of(std::string_view text) {
    const auto target = parse_target(text);
    if (target)
        return "accepted";
    EXPECT_EQ(target.error().kind, ErrorClass::usage) << text;
    EXPECT_EQ(target.error().message.find('\n'), std::string::npos) << text;
    return target.error().message;
}

// -- shapes ---------------------------------------------------------------------------------------------------

TEST(Target, NumberIsAProcess) {
    for (const auto* text : {"1234", "pid:1234", "01234"})
        EXPECT_EQ(parsed<PidTarget>(text).pid, Pid{1234}) << text;
    EXPECT_EQ(parsed<PidTarget>("2147483647").pid, Pid{2147483647});
}

TEST(Target, TwoNumbersAreADescriptor) {
    for (const auto* text : {"1234/5", "fd:1234/5"}) {
        EXPECT_EQ(parsed<FdTarget>(text).pid, Pid{1234}) << text;
        EXPECT_EQ(parsed<FdTarget>(text).fd, 5) << text;
    }
    EXPECT_EQ(parsed<FdTarget>("1/0").fd, 0);
}

TEST(Target, InodeIsReadAsOthersPrintIt) {
    for (const auto* text : {"ino:70162", "socket:[70162]"})
        EXPECT_EQ(parsed<InodeTarget>(text).inode, Inode{70162}) << text;
    EXPECT_EQ(parsed<InodeTarget>("ino:18446744073709551615").inode, Inode{18446744073709551615U});
}

TEST(Target, HexadecimalNumberIsAKernelAddress) {
    EXPECT_EQ(parsed<AddressTarget>("0xffff93dbd1ee3c00").address, SockAddress{0xffff93dbd1ee3c00});
    EXPECT_EQ(parsed<AddressTarget>("0xFFFF93DBD1EE3C00").address, SockAddress{0xffff93dbd1ee3c00});
}

TEST(Target, NameIsAPathOrAbstract) {
    const std::pair<std::string, std::string> names[] = {
        {"/run/x.sock", "/run/x.sock"},
        {"./x.sock", "./x.sock"},
        {"../x.sock", "../x.sock"},
        {"unix:x.sock", "x.sock"},
        {"unix:/run/x.sock", "/run/x.sock"},
        {"@name", "\0name"s},
        {"unix:@name", "\0name"s},
        {"unix:\\x40name", "@name"},
        {"@a\\0b\\n\\xff", "\0a\0b\n\xff"s},
        {"@", "\0"s},
        {"unix:1234", "1234"},
        {"unix:tcp:80", "tcp:80"},
        {"/run/b\\\\c", "/run/b\\c"},
        {"/run/gr\xc3\xbc\xc3\x9f", "/run/gr\xc3\xbc\xc3\x9f"},
    };
    for (const auto& [text, bytes] : names) {
        EXPECT_EQ(parsed<NameTarget>(text).bytes, bytes) << text;
        EXPECT_FALSE(parsed<NameTarget>(text).file) << text; // a question for the file system
    }
}

TEST(Target, CommMayHoldAnything) {
    EXPECT_EQ(parsed<CommTarget>("comm:nginx").comm, "nginx");
    EXPECT_EQ(parsed<CommTarget>("comm:Web Content:/ 1").comm, "Web Content:/ 1");
    EXPECT_EQ(parsed<CommTarget>("comm:a\\x1b\\n").comm, "a\x1b\n"); // as an answer prints it
}

TEST(Target, NamespaceIsANumberOrLeftToTheCaller) {
    EXPECT_EQ(parsed<NetnsTarget>("netns:4026531840").netns, NetnsId{4026531840});
    for (const auto* text : {"blue", "/proc/1/ns/net", "4294967296"}) {
        EXPECT_EQ(parsed<NetnsTarget>("netns:"s + text).netns, NetnsId{}) << text;
        EXPECT_EQ(parsed<NetnsTarget>("netns:"s + text).text, text);
    }
}

TEST(Target, ContainerIsANameAndMayBeFollowedByAPath) {
    for (const std::string name : {"web", "0123456789ab", "prod/web-0/app"}) {
        EXPECT_EQ(parsed<ContainerTarget>("container:" + name).text, name);
        EXPECT_EQ(parsed<ContainerPathTarget>("container:" + name + ":/dev/ptty0").container, name);
        EXPECT_EQ(parsed<ContainerPathTarget>("container:" + name + ":/dev/ptty0").path, "/dev/ptty0");
    }
    EXPECT_EQ(parsed<ContainerPathTarget>("container:web:/").path, "/");
    EXPECT_EQ(parsed<ContainerPathTarget>("container:web:/run/a:b\\n").path, "/run/a:b\n");
}

TEST(Target, UnitIsAsSystemctlOrAnAnswerPrintsIt) {
    EXPECT_EQ(parsed<UnitTarget>("unit:ssh.service").unit, "ssh.service");
    EXPECT_EQ(parsed<UnitTarget>("unit:a\\x2db@1:2.service").unit, "a\\x2db@1:2.service");
    EXPECT_EQ(parsed<UnitTarget>("unit:a\\\\x2db.service").unit, "a\\x2db.service");
}

TEST(Target, InodeMayBeOfASocketOrAPipeAlone) {
    using Of = InodeTarget::Of;
    EXPECT_EQ(parsed<InodeTarget>("ino:81").of, Of::anything);
    EXPECT_EQ(parsed<InodeTarget>("socket:[81]").of, Of::socket);
    EXPECT_EQ(parsed<InodeTarget>("pipe:[81]").of, Of::pipe);
    EXPECT_EQ(parsed<InodeTarget>("pipe:[81]").inode, Inode{81});
}

// "tcp 10.0.0.1 80", with what is left open as *.
std::string ip_text(std::string_view text) {
    const auto target = parsed<IpTarget>(text);
    std::string out = !target.kind ? "*" : *target.kind == Kind::tcp ? "tcp" : "udp";
    out += ' ';
    if (target.address)
        append_address(out, *target.address);
    return out + (target.address ? " " : "* ") + (target.port ? std::to_string(*target.port) : "*");
}

TEST(Target, AddressIsAPortOrBoth) {
    EXPECT_EQ(ip_text(":5432"), "* * 5432");
    EXPECT_EQ(ip_text("10.0.0.1:80"), "* 10.0.0.1 80");
    EXPECT_EQ(ip_text("[::1]:80"), "* ::1 80");
    EXPECT_EQ(ip_text("[::ffff:10.0.0.1]:80"), "* 10.0.0.1 80");
    EXPECT_EQ(ip_text("[fe80::1%2]:80"), "* fe80::1 80");
}

TEST(Target, AddressOfAProtocolMayHaveNoPortOrBeOne) {
    EXPECT_EQ(ip_text("tcp::80"), "tcp * 80");
    EXPECT_EQ(ip_text("tcp:*:80"), "tcp * 80");
    EXPECT_EQ(ip_text("tcp:80"), "tcp * 80");
    EXPECT_EQ(ip_text("udp:53"), "udp * 53");
    EXPECT_EQ(ip_text("udp:10.0.0.1:53"), "udp 10.0.0.1 53");
    EXPECT_EQ(ip_text("tcp:10.0.0.1"), "tcp 10.0.0.1 *");
    EXPECT_EQ(ip_text("tcp:::1"), "tcp ::1 *");
    EXPECT_EQ(ip_text("tcp:[::1]"), "tcp ::1 *");
    EXPECT_EQ(ip_text("tcp:[::1]:80"), "tcp ::1 80");
}

TEST(Target, TerminalIsThePathOfOne) {
    EXPECT_EQ(parsed<NameTarget>("pts/2").bytes, "/dev/pts/2"); // which the caller finds to be one
    EXPECT_EQ(parsed<NameTarget>("/dev/pts/2").bytes, "/dev/pts/2");
}

TEST(Target, KindsThatCannotMatchNeedNotBeLookedAt) {
    const auto kinds = [](std::string_view text) { return kinds_of(parse_target(text).value()); };
    EXPECT_EQ(kinds("tcp:80"), std::set{Kind::tcp});
    EXPECT_EQ(kinds(":80"), (std::set{Kind::tcp, Kind::udp}));
    EXPECT_EQ(kinds("@name"), std::set{Kind::unix_socket});
    EXPECT_EQ(kinds_of(TerminalTarget{}), std::set{Kind::pty});
    EXPECT_EQ(kinds_of(FileTarget{}), std::set{Kind::pipe});
    for (const auto* text : {"1", "1/2", "ino:5", "0x10", "comm:x", "netns:5", "container:x", "unit:x"})
        EXPECT_EQ(kinds(text), std::set<Kind>{}) << text;
}

// -- errors ---------------------------------------------------------------------------------------------------

TEST(Target, ErrorShowsTheInputAndWhatWouldBeAccepted) {
    EXPECT_EQ(error_of("0"), "bad target '0': a process id is a number from 1");
    EXPECT_EQ(error_of("1/x"), "bad target '1/x': a descriptor is PID/FD");
    EXPECT_EQ(error_of("ino:x"),
              "bad target 'ino:x': an inode is ino:NUMBER, socket:[NUMBER] or pipe:[NUMBER]");
    EXPECT_EQ(error_of("0xzz"), "bad target '0xzz': a kernel address is 0x and up to 16 hexadecimal digits");
    EXPECT_EQ(error_of("unix:"), "bad target 'unix:': a UNIX name is a path, or @NAME for an abstract one");
    EXPECT_EQ(error_of("tcp:x"), "bad target 'tcp:x': an address is :PORT, ADDRESS:PORT or [ADDRESS]:PORT");
    EXPECT_EQ(error_of("pts/x"), "bad target 'pts/x': a terminal is pts/N, or the path of one");
}

TEST(Target, EveryOtherTextIsRefused) {
    for (const auto* text : {"",
                             " ",
                             "x",
                             "nginx",
                             "-1",
                             "+1",
                             "1 ",
                             " 1",
                             "1.5",
                             "1e3",
                             "0X10",
                             "99999999999",
                             "pid:",
                             "pid:0",
                             "pid:-1",
                             "pid:1/2",
                             "pid:x",
                             "1/",
                             "fd:",
                             "fd:1",
                             "fd:/1",
                             "fd:0/1",
                             "fd:1/-1",
                             "fd:1/2/3",
                             "1/2/3",
                             "1/2147483648",
                             "ino:",
                             "ino:0",
                             "ino:-1",
                             "ino:0x10",
                             "ino:18446744073709551616",
                             "socket:",
                             "socket:5",
                             "socket:[]",
                             "socket:[5",
                             "socket:[5] ",
                             "socket:[x]",
                             "0x",
                             "0x0",
                             "0x-1",
                             "0x12345678901234567",
                             "0x 1",
                             "unix:",
                             "unix:\\z",
                             "@\\xg0",
                             "comm:",
                             "comm:\\z",
                             "comm:\\xg0",
                             "netns:",
                             "COMM:x",
                             "tcp:",
                             "tcp:x",
                             "tcp:65536",
                             "tcp:1.2.3.4:",
                             "tcp:[1.2.3.4]:80",
                             "udp:::1:53x",
                             ":",
                             ":65536",
                             ":0",
                             "tcp:0",
                             "1.2.3.4:0",
                             ":-1",
                             "10.0.0.1:",
                             "::1",
                             "localhost:80",
                             "pipe:[]",
                             "pipe:[x]",
                             "pipe:81",
                             "pts/",
                             "pts/-1",
                             "pts/x",
                             "container:",
                             "container::/dev/pts/0",
                             "container:web:",
                             "container:web:dev/pts/0",
                             "container:web\\z",
                             "container:web:/\\z",
                             "unit:",
                             "if:veth0"})
        EXPECT_NE(error_of(text), "accepted") << text;
}

TEST(Target, HostileInputIsEscapedInTheError) {
    const auto error = error_of("ino:\x1b[31m\n\xff");
    EXPECT_TRUE(error.starts_with("bad target 'ino:\\x1b[31m\\n\\xff': ")) << error;
}

// -- selection ------------------------------------------------------------------------------------------------

std::vector<std::uint32_t> selected(const Scene& scene, const Target& target) {
    std::vector<std::uint32_t> numbers;
    for (const auto id : select(scene.graph(), scene.links(), target))
        for (std::uint32_t n = 0; n < 20; ++n)
            if (scene.graph()[id].self.address == nth(n).address)
                numbers.push_back(n);
    return numbers;
}

using Numbers = std::vector<std::uint32_t>;

Scene two_processes() {
    auto away = idle(nth(4));
    away.netns = elsewhere;
    return Scene({held(nth(1), 10, 3), held(nth(2), 10, 4, "server"), held(nth(2), 20, 3, "worker"),
                  held_by_thread(nth(3), 20, 21, 0xb000, 4), ring(20, 9, "worker"), idle(nth(1)),
                  idle(nth(2)), idle(nth(3)), away, RingFileFact{Pid{20}, 9, nth(4).inode}});
}

TEST(Target, SelectsWhatAProcessHoldsInWhicheverWay) {
    EXPECT_EQ(selected(two_processes(), PidTarget{Pid{10}}), (Numbers{1, 2}));
    EXPECT_EQ(selected(two_processes(), PidTarget{Pid{20}}), (Numbers{2, 3, 4}));
    EXPECT_EQ(selected(two_processes(), PidTarget{Pid{21}}), Numbers{});
}

TEST(Target, SelectsOneDescriptor) {
    EXPECT_EQ(selected(two_processes(), FdTarget{Pid{10}, 4}), Numbers{2});
    EXPECT_EQ(selected(two_processes(), FdTarget{Pid{20}, 3}), Numbers{2});
    EXPECT_EQ(selected(two_processes(), FdTarget{Pid{20}, 4}), Numbers{3});
    EXPECT_EQ(selected(two_processes(), FdTarget{Pid{20}, 9}), Numbers{}); // the ring, not what is in it
    EXPECT_EQ(selected(two_processes(), FdTarget{Pid{30}, 3}), Numbers{});
}

TEST(Target, SelectsByInodeAndByAddress) {
    EXPECT_EQ(selected(two_processes(), InodeTarget{nth(3).inode}), Numbers{3});
    EXPECT_EQ(selected(two_processes(), AddressTarget{nth(3).address}), Numbers{3});
    EXPECT_EQ(selected(two_processes(), InodeTarget{Inode{1}}), Numbers{});
    EXPECT_EQ(selected(two_processes(), AddressTarget{SockAddress{1}}), Numbers{});
}

TEST(Target, SelectsByWholeCommandName) {
    EXPECT_EQ(selected(two_processes(), CommTarget{"worker"}), (Numbers{2, 3, 4}));
    EXPECT_EQ(selected(two_processes(), CommTarget{"work"}), Numbers{});
}

TEST(Target, SelectsByNetworkNamespaceOfTheSocket) {
    EXPECT_EQ(selected(two_processes(), NetnsTarget{"", elsewhere}), Numbers{4});
    EXPECT_EQ(selected(two_processes(), NetnsTarget{"", home}), (Numbers{1, 2, 3}));
}

TEST(Target, SelectsNothingThatBelongsIntoNoAnswer) {
    const SocketRef reused{nth(1).address, Inode{5}};
    auto closing = idle(nth_embryo(2));
    closing.open = false;
    const Scene scene({held(nth(1), 10, 3), idle(nth(1)), idle(reused), closing});
    EXPECT_EQ(selected(scene, PidTarget{Pid{10}}), Numbers{});
    EXPECT_EQ(selected(scene, InodeTarget{nth(1).inode}), Numbers{});
    EXPECT_EQ(selected(scene, AddressTarget{nth(2).address}), Numbers{});
    EXPECT_EQ(selected(scene, InodeTarget{Inode{5}}), Numbers{1});
}

// -- names ----------------------------------------------------------------------------------------------------

SocketFact bound(std::uint32_t n, std::uint64_t file, std::string_view name = "/run/server") {
    auto fact = listening(nth(n), 100 + n, name);
    fact.file = BoundFile{.inode = file, .device = 8, .linked = true};
    return fact;
}

TEST(Target, SelectsListenerAndAcceptedEndsByName) {
    const Scene scene({listening(nth(1), 77), accepted(nth(2), nth(3), 77), joined(nth(3), nth(2)),
                       listening(nth(4), 78, "/run/server2"), listening(nth(5), 79, "\0/run/server"sv)});
    EXPECT_EQ(selected(scene, NameTarget{.bytes = "/run/server"}), (Numbers{1, 2}));
    EXPECT_EQ(selected(scene, NameTarget{.bytes = "\0/run/server"s}), Numbers{5});
    EXPECT_EQ(selected(scene, NameTarget{.bytes = "/run"}), Numbers{});
}

TEST(Target, SelectsByTheNameGivenToBindAndByTheTruePath) {
    auto relative = listening(nth(1), 77, "rel.sock");
    relative.file = BoundFile{.inode = 5, .linked = true};
    const Scene scene({relative, lies_at(nth(1), "rel.sock\0dir\0"sv)});
    EXPECT_EQ(selected(scene, NameTarget{.bytes = "rel.sock"}), Numbers{1});
    EXPECT_EQ(selected(scene, NameTarget{.bytes = "/dir/rel.sock"}), Numbers{1});
}

TEST(Target, FileThatThePathLeadsToDecidesBetweenSocketsOfOneName) {
    const Scene scene({bound(1, 5), bound(2, 6)});
    EXPECT_EQ(selected(scene, NameTarget{.bytes = "/run/server"}), (Numbers{1, 2}));
    EXPECT_EQ(selected(scene, NameTarget{"/run/server", NameTarget::File{6, 8}}), Numbers{2});
    EXPECT_EQ(selected(scene, NameTarget{"/other/way/to/it", NameTarget::File{5, 8}}), Numbers{1});
}

TEST(Target, FileOnAnotherDeviceIsAnotherFile) {
    const Scene scene({bound(1, 5, "/a"), bound(2, 5, "/b")});
    EXPECT_EQ(selected(scene, NameTarget{"/b", NameTarget::File{5, 9}}), Numbers{2}); // by name
    EXPECT_EQ(selected(scene, NameTarget{"/c", NameTarget::File{5, 9}}), Numbers{});
    EXPECT_EQ(selected(scene, NameTarget{"/c", NameTarget::File{5, 9, true}}), (Numbers{1, 2}));
}

TEST(Target, FileThatWasUnlinkedIsNotWhatThePathLeadsTo) {
    auto old = bound(1, 5); // its inode number is given to the new file
    old.file->linked = false;
    const Scene scene({old, bound(2, 5)});
    EXPECT_EQ(selected(scene, NameTarget{"/run/server", NameTarget::File{5, 8}}), Numbers{2});
}

TEST(Target, NameAloneDecidesWhereNoSocketIsBoundToTheFile) {
    const Scene scene({bound(1, 5)});
    EXPECT_EQ(selected(scene, NameTarget{"/run/server", NameTarget::File{6, 8}}), Numbers{1});
}

// The kernel cuts the inode in UNIX_DIAG_VFS to 32 bits.
TEST(Target, FileIsRecognisedBySockDiagThoughItCutsTheInode) {
    auto listener = listening_by_diag(nth(1).inode);
    listener.name = "/old/name";
    listener.file = BoundFile{.inode = 5, .device = 8};
    const Scene scene({listener}, Source::diag);
    const auto found =
        select(scene.graph(), scene.links(), NameTarget{"/new", NameTarget::File{0x1'0000'0005, 8}});
    EXPECT_EQ(found.size(), 1U);
}

} // namespace
} // namespace otherend::query
