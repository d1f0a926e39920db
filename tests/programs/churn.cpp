// SPDX-License-Identifier: MIT
// Connections that open and close at full speed, in lanes: processes of one lane never meet those of another, so
// an edge between two lanes is impossible. A lane shows in the comm of its processes (oe-PID:LANE) and in its
// names (lane-LANE). Beside them stand stable connections, which are the truth this program tells.
#include "topology.hpp"

#include <chrono>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace otherend::topology;

namespace {

// A fifth of the time a socket lives long enough to be in every pass of a listing: whoever never is proves nothing.
void stay_now_and_then() {
    using Clock = std::chrono::steady_clock;
    constexpr std::chrono::milliseconds busy{80}, stay{20};
    static auto since = Clock::now();
    if (Clock::now() - since < busy)
        return;
    std::this_thread::sleep_for(stay);
    since = Clock::now();
}

[[noreturn]] void connect_and_close(const std::string& name, int type) {
    for (;;) {
        const int fd = connect_to(name, type);
        stay_now_and_then();
        close(fd);
    }
}

[[noreturn]] void accept_and_close(int listener) {
    for (;;) {
        const int fd = accept_from(listener);
        stay_now_and_then();
        close(fd);
    }
}

[[noreturn]] void make_pairs() {
    for (;;)
        for (const int type : {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET}) {
            const auto pair = make_pair(type);
            stay_now_and_then();
            for (const int fd : pair)
                close(fd);
        }
}

[[noreturn]] void send_one_end(int over) {
    for (;;) {
        const auto [kept, sent] = make_pair(SOCK_STREAM);
        send_descriptor(over, sent);
        stay_now_and_then();
        close(sent);
        close(kept);
    }
}

[[noreturn]] void receive_and_close(int over) {
    for (;;)
        close(receive_descriptor(over));
}

[[noreturn]] void fork_and_exit() {
    for (;;) {
        const auto [kept, inherited] = make_pair(SOCK_SEQPACKET);
        const pid_t child = check(fork(), "fork");
        if (child == 0)
            _exit(0);
        close(inherited);
        check(waitpid(child, nullptr, 0), "waitpid");
        stay_now_and_then();
        close(kept);
    }
}

class Lanes {
  public:
    explicit Lanes(const Topology& topology) : topology_(topology) {}

    std::string name(const char* lane) const { return topology_.path(std::string("lane-") + lane); }

    void run(const char* lane, std::initializer_list<int> kept, const std::function<void()>& body) {
        const auto comm = "oe-" + std::to_string(getpid()) + ":" + lane;
        Token alone; // before, the child holds what stands still, too
        start_child([&] {
            check(prctl(PR_SET_NAME, comm.c_str()), "prctl(PR_SET_NAME)");
            keep_only(kept);
            alone.give();
            body();
        });
        alone.take();
    }

    void run_connecting(const char* lane, int type) {
        const int listener = listen_on(name(lane), type);
        run(lane, {listener}, [=] { accept_and_close(listener); });
        run(lane, {}, [=, this] { connect_and_close(name(lane), type); });
        close(listener);
    }

    void run_dgram(const char* lane) {
        const int server = make_bound(SOCK_DGRAM, name(lane));
        run(lane, {server}, [] {});
        run(lane, {}, [=, this] { connect_and_close(name(lane), SOCK_DGRAM); });
        close(server);
    }

    void run_passing(const char* lane) {
        const auto [left, right] = make_pair(SOCK_STREAM);
        run(lane, {left}, [fd = left] { send_one_end(fd); });
        run(lane, {right}, [fd = right] { receive_and_close(fd); });
        close(left);
        close(right);
    }

  private:
    const Topology& topology_;
};

void stand_still(Topology& topology) {
    auto& truth = topology.truth;
    const auto name = topology.path("stable.sock"), log = topology.path("stable.log");
    const int listener = truth.hold("L", listen_on(name));
    truth.opened_here("L");
    truth.hold("log", make_bound(SOCK_DGRAM, log));
    const auto [kept, closed] = make_pair(SOCK_STREAM);
    truth.hold("survivor", kept);
    close(closed);
    truth.lose_peer("survivor");
    for (const std::string number : {"1", "2", "3", "4"}) {
        topology.include(start([&](Report& client) {
            keep_only({});
            if (number > "2")
                enter_new_netns();
            client.truth.hold("C" + number, connect_to(name));
            client.truth.hold("D" + number, connect_to(log, SOCK_DGRAM));
        }));
        truth.point("D" + number, "log");
        if (number == "4") {
            truth.wait_for_accept("C4", "E4", "L");
            break;
        }
        truth.hold("S" + number, accept_from(listener));
        truth.accept("S" + number, "C" + number, "L");
    }
    truth.listening("L", 1, 16);
}

} // namespace

int main() {
    Topology topology;
    stand_still(topology);
    Lanes lanes(topology);
    lanes.run_connecting("a", SOCK_STREAM);
    lanes.run_connecting("b", SOCK_SEQPACKET);
    lanes.run_connecting("c", SOCK_STREAM);
    lanes.run_dgram("d");
    lanes.run("e", {}, make_pairs);
    lanes.run("f", {}, make_pairs);
    lanes.run_passing("g");
    lanes.run("h", {}, fork_and_exit);
    topology.present();
}
