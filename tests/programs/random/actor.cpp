// SPDX-License-Identifier: MIT
#include "random/actor.hpp"

#include "harness/base64.hpp"
#include "process.hpp"
#include "sockets.hpp"

#include <array>
#include <fcntl.h>
#include <map>
#include <pthread.h>
#include <sched.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace otherend::topology {

namespace {

using Json = nlohmann::json;

// -- lines of JSON over named pipes: unlike sockets, they are no part of the topology ---------------------

void send_line(int fd, const Json& value) {
    const auto line = value.dump() + '\n';
    if (check(static_cast<int>(write(fd, line.data(), line.size())), "write") !=
        static_cast<int>(line.size()))
        fail("short write"); // a line is shorter than PIPE_BUF
}

Json receive_line(int fd) {
    std::string line;
    char c = 0;
    while (check(static_cast<int>(read(fd, &c, 1)), "read") == 1 && c != '\n')
        line += c;
    if (line.empty()) { // the other side has said why
        remove_directory();
        _exit(EXIT_FAILURE);
    }
    return Json::parse(line);
}

std::string name_in(const Json& command) {
    return harness::from_base64(command["name_b64"].get<std::string>());
}

Json made(int fd) {
    return {{"fd", fd}, {"inode", inode_of(fd)}};
}

// -- what an actor can do ---------------------------------------------------------------------------------

Json do_connect(const Json& command) {
    const int fd = command.contains("fd") ? command["fd"].get<int>() : make_socket(command["type"]);
    connect_fd(fd, name_in(command));
    return made(fd);
}

Json do_pair(const Json& command) {
    const auto [left, right] = make_pair(command["type"]);
    return {{"left", made(left)}, {"right", made(right)}};
}

// The thread shares this actor's table and never comes back.
Json do_block(const Json& command) {
    const int fd = make_socket(command["type"]);
    pid_t tid = 0;
    Token ready;
    std::thread([&tid, &ready, fd, name = name_in(command)] {
        tid = own_tid();
        ready.give();
        sleep_in_connect(fd, name);
    }).detach();
    ready.take();
    auto answer = made(fd);
    answer["tid"] = tid;
    return answer;
}

Json do_close(const Json& command) {
    close(command["fd"]);
    return Json::object();
}

Json do_shutdown(const Json& command) {
    check(shutdown(command["fd"], command["how"]), "shutdown");
    return Json::object();
}

Json do_send(const Json& command) {
    send_descriptor(command["over"], command["fd"]);
    return Json::object();
}

void act(const std::string& place);

void become_headless(const std::string& place) {
    const pid_t process = getpid();
    std::thread([place, process] {
        wait_until([=] { return is_zombie(process); }, "the leader does not end");
        act(place);
    }).detach();
    pthread_exit(nullptr);
}

Json do_birth(const Json& command) {
    const std::string place = command["place"];
    const auto birth = command["birth"].get<Birth>();
    if (birth == Birth::thread) {
        std::thread([place] {
            check(unshare(CLONE_FILES), "unshare(CLONE_FILES)");
            act(place);
        }).detach();
        return Json::object();
    }
    const pid_t parent = getpid();
    if (check(fork(), "fork") != 0)
        return Json::object();
    die_with(parent);
    if (birth == Birth::process_in_netns)
        enter_new_netns();
    if (birth == Birth::headless_process)
        become_headless(place);
    act(place);
    _exit(EXIT_SUCCESS);
}

const std::map<std::string, Json (*)(const Json&)> abilities{
    {"socket", [](const Json& c) { return made(make_socket(c["type"])); }},
    {"bind", [](const Json& c) { return made(make_bound(c["type"], name_in(c))); }},
    {"listen", [](const Json& c) { return made(listen_on(name_in(c), c["type"], c["backlog"])); }},
    {"accept", [](const Json& c) { return made(accept_from(c["fd"])); }},
    {"dup", [](const Json& c) { return made(check(fcntl(c["fd"], F_DUPFD_CLOEXEC, 0), "dup")); }},
    {"receive", [](const Json& c) { return made(receive_descriptor(c["over"])); }},
    {"connect", do_connect},
    {"pair", do_pair},
    {"block", do_block},
    {"close", do_close},
    {"shutdown", do_shutdown},
    {"send", do_send},
    {"birth", do_birth},
};

// Says who it is, then does what it is told.
void act(const std::string& place) {
    const int commands = check(open((place + ".in").c_str(), O_RDONLY | O_CLOEXEC), place);
    const int answers = check(open((place + ".out").c_str(), O_WRONLY | O_CLOEXEC), place);
    const int probe = make_socket(SOCK_DGRAM);
    send_line(answers, {{"pid", getpid()}, {"tid", own_tid()}, {"netns", netns_of(probe)}});
    close(probe);
    for (;;) {
        const auto command = receive_line(commands);
        send_line(answers, abilities.at(command["do"])(command));
    }
}

void make_place(const std::string& place) {
    for (const auto* end : {".in", ".out"})
        check(mkfifo((place + end).c_str(), 0600), "mkfifo");
}

} // namespace

Actor Actor::meet(const std::string& place) {
    Actor actor;
    actor.commands_ = check(open((place + ".in").c_str(), O_WRONLY | O_CLOEXEC), place);
    actor.answers_ = check(open((place + ".out").c_str(), O_RDONLY | O_CLOEXEC), place);
    const auto who = receive_line(actor.answers_);
    actor.pid = who["pid"];
    actor.tid = who["tid"] == who["pid"] ? 0 : who["tid"].get<pid_t>();
    actor.netns = who["netns"];
    return actor;
}

Actor Actor::start() {
    const auto place = own_directory() + "/actor-0";
    make_place(place);
    start_child([&] { act(place); });
    return meet(place);
}

Actor Actor::give_birth(Birth birth, int number) const {
    const auto place = own_directory() + "/actor-" + std::to_string(number);
    make_place(place);
    tell({{"do", "birth"}, {"birth", birth}, {"place", place}});
    return meet(place);
}

nlohmann::json Actor::tell(const nlohmann::json& command) const {
    send_line(commands_, command);
    return receive_line(answers_);
}

} // namespace otherend::topology
