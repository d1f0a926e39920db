// SPDX-License-Identifier: MIT
// Each reason why nothing moves, and for each the nearest that is healthy.
#include "query/stuck.hpp"

#include "scene.hpp"

#include <gtest/gtest.h>

#include <array>
#include <chrono>

namespace otherend::query {
namespace {

using model::Fact;
using model::InetFact;
using namespace model::seen;
using std::chrono::milliseconds;

constexpr Patience patience{.retransmit = milliseconds(1000),
                            .syn = milliseconds(2000),
                            .window = milliseconds(3000),
                            .unread = milliseconds(4000),
                            .half_closed = milliseconds(5000)};

// Just used, with nothing on its way.
InetFact connection(std::uint32_t n = 1, TcpState state = TcpState::established) {
    InetFact fact{.socket = nth(n),
                  .netns = home,
                  .local = {.port = 40000},
                  .remote = IpEndpoint{.port = 80},
                  .open = true,
                  .rx_bytes = 0,
                  .tx_bytes = 0};
    fact.local.address = IpAddress::from_ipv4(std::array<std::uint8_t, 4>{10, 0, 0, 1});
    fact.remote->address = IpAddress::from_ipv4(std::array<std::uint8_t, 4>{10, 0, 0, 2});
    fact.tcp = {.state = state,
                .retransmits = 0,
                .send_window = 65536,
                .bytes_received = 0,
                .last_sent_ms = 0,
                .last_received_ms = 0,
                .last_ack_ms = 0};
    return fact;
}

InetFact other_end_of(const InetFact& fact, std::uint32_t n) {
    auto other = connection(n);
    other.local = *fact.remote;
    other.remote = fact.local;
    return other;
}

InetFact listener(std::uint32_t n, std::uint32_t waiting, std::optional<std::uint32_t> limit) {
    InetFact fact{.socket = nth(n), .netns = home, .open = true};
    fact.local = *connection().remote;
    fact.queue_length = waiting;
    fact.backlog_limit = limit;
    fact.tcp.state = TcpState::listen;
    return fact;
}

TcpTimer timer(std::uint32_t expires_ms, std::uint32_t retries,
               TcpTimerKind kind = TcpTimerKind::retransmit) {
    return {.kind = kind, .expires_ms = expires_ms, .retries = retries};
}

// Of the first.
Texts reasons(const std::vector<Fact>& facts) {
    const Scene scene(facts);
    return stuck(scene.graph(), scene.links(), scene.id(1), patience);
}

TEST(Stuck, IdleIsHealthy) {
    auto idle = connection();
    idle.tcp.last_sent_ms = idle.tcp.last_received_ms = idle.tcp.last_ack_ms = 90'000'000;
    EXPECT_EQ(reasons({idle}), Texts{});
    idle.tcp.timer = timer(7'000'000, 3, TcpTimerKind::keepalive);
    EXPECT_EQ(reasons({idle}), Texts{});
    auto silent = connection(); // a source that tells of no times
    silent.rx_bytes = silent.tx_bytes = 1000;
    silent.tcp = {.state = TcpState::established};
    EXPECT_EQ(reasons({silent}), Texts{});
}

TEST(Stuck, KindsWithoutTimesHaveNoReasons) {
    auto udp = connection();
    udp.kind = Kind::udp;
    udp.rx_bytes = 4096;
    EXPECT_EQ(reasons({udp}), Texts{});
    auto unread = joined(nth(1), nth(2));
    unread.rx_bytes = 4096;
    EXPECT_EQ(reasons({unread, joined(nth(2), nth(1))}), Texts{});
}

// -- retransmitting -------------------------------------------------------------------------------------------

InetFact retransmitting() {
    auto fact = connection();
    fact.tx_bytes = 1;
    fact.tcp.retransmits = 3;
    fact.tcp.timer = timer(1000, 3);
    fact.tcp.unanswered_ms = 12'345;
    fact.tcp.last_ack_ms = 60'000;
    fact.tcp.last_sent_ms = 600;
    return fact;
}

TEST(Stuck, RetransmittingWithoutAnAnswer) {
    EXPECT_EQ(reasons({retransmitting()}), Texts{"retransmitting for 12 s, 3 times, no answer"});
    auto fin = retransmitting();
    fin.tcp.state = TcpState::last_ack;
    fin.open = false;
    fin.tcp.retransmits = 1;
    fin.tcp.unanswered_ms = 1000;
    EXPECT_EQ(reasons({fin}), Texts{"retransmitting for 1.0 s, once, no answer"});
}

TEST(Stuck, NotRetransmittingForLongOrWithAnAnswer) {
    auto fact = retransmitting();
    fact.tcp.unanswered_ms = 999;
    EXPECT_EQ(reasons({fact}), Texts{});
    fact = retransmitting();
    fact.tcp.last_ack_ms = 999; // something else was acknowledged
    EXPECT_EQ(reasons({fact}), Texts{});
    fact = retransmitting();
    fact.tcp.retransmits = 0; // a tail loss probe, or what a lossy path has had to send again before
    EXPECT_EQ(reasons({fact}), Texts{});
}

// Four intervals, of which the first is not counted: 0.4 + 0.8 s, and 0.6 of the 1.6 s that run.
TEST(Stuck, RetransmissionIsDatedByItsTimerWhereNothingElseIsTold) {
    auto fact = retransmitting();
    fact.tcp.unanswered_ms.reset();
    EXPECT_EQ(reasons({fact}), Texts{"retransmitting for at least 1.8 s, 3 times, no answer"});
    fact.tcp.retransmits = 1; // only what runs
    fact.tcp.timer = timer(1000, 1);
    EXPECT_EQ(reasons({fact}), Texts{});
    fact.tcp.timer.reset();
    fact.tcp.retransmits = 9;
    EXPECT_EQ(reasons({fact}), Texts{});
}

// -- zero window ----------------------------------------------------------------------------------------------

InetFact full() {
    auto fact = connection();
    fact.tx_bytes = 5000;
    fact.tcp.send_window = 0;
    fact.tcp.last_sent_ms = 8000;
    fact.tcp.timer = timer(100, 1, TcpTimerKind::probe);
    return fact;
}

TEST(Stuck, ZeroWindowNamesTheReader) {
    EXPECT_EQ(reasons({full()}), Texts{"zero window for 8.0 s: the other end does not read"});
    auto socat = held(nth(2), 123, 5, "socat");
    socat.kind = Kind::tcp;
    EXPECT_EQ(reasons({full(), other_end_of(full(), 2), socat}),
              Texts{"zero window for 8.0 s: socat 123/5 does not read"});
    auto child = socat;
    child.pid = child.tid = Pid{124};
    child.table += 1;
    EXPECT_EQ(reasons({full(), other_end_of(full(), 2), socat, child}),
              Texts{"zero window for 8.0 s: socat 123/5 (and 1 more) does not read"});
}

TEST(Stuck, ZeroWindowIsHealthyForAWhileAndWithNothingToSend) {
    auto fact = full();
    fact.tcp.last_sent_ms = 2999;
    EXPECT_EQ(reasons({fact}), Texts{});
    fact = full();
    fact.tx_bytes = 0;
    EXPECT_EQ(reasons({fact}), Texts{});
    fact = full();
    fact.tcp.send_window = 1;
    EXPECT_EQ(reasons({fact}), Texts{});
}

TEST(Stuck, ZeroWindowWhoseProbesAreLost) {
    auto fact = full();
    fact.tcp.timer = timer(100, 4, TcpTimerKind::probe);
    fact.tcp.last_ack_ms = 7000;
    EXPECT_EQ(reasons({fact}), Texts{"zero window for 8.0 s, 4 probes unanswered"});
    fact.tcp.timer->retries = 1; // the answer may be on its way
    EXPECT_EQ(reasons({fact}), Texts{"zero window for 8.0 s: the other end does not read"});
}

// It is sent again and acknowledged, each time with no window.
TEST(Stuck, ZeroWindowBelowWhatWasSent) {
    auto fact = full();
    fact.tcp.timer = timer(100, 5);
    fact.tcp.retransmits = 5;
    fact.tcp.last_sent_ms = 10;
    fact.tcp.unanswered_ms = 20'000;
    EXPECT_EQ(reasons({fact}), Texts{"zero window for 20 s: the other end does not read"});
}

// -- unread ---------------------------------------------------------------------------------------------------

InetFact unread() {
    auto fact = connection();
    fact.rx_bytes = 1234;
    fact.tcp.bytes_received = 5000;
    fact.tcp.last_received_ms = 9000;
    return fact;
}

TEST(Stuck, UnreadAndWhenItWasReadLast) {
    auto fact = unread();
    EXPECT_EQ(reasons({fact}), Texts{"1234 bytes unread, the last arrived 9.0 s ago"});
    fact.tcp.last_read_ms = 30'000;
    EXPECT_EQ(reasons({fact}), Texts{"1234 bytes unread, the last arrived 9.0 s ago, last read 30 s ago"});
    fact.tcp.bytes_received = 1234;
    EXPECT_EQ(reasons({fact}), Texts{"1234 bytes unread, the last arrived 9.0 s ago, none was ever read"});
}

TEST(Stuck, JustArrivedIsHealthy) {
    auto fact = unread();
    fact.tcp.last_received_ms = 3999;
    EXPECT_EQ(reasons({fact}), Texts{});
}

TEST(Stuck, EndOfFileIsNoData) {
    auto fact = unread();
    fact.tcp.state = TcpState::close_wait;
    EXPECT_EQ(reasons({fact}), Texts{"1233 bytes unread, the last arrived 9.0 s ago"});
    fact.rx_bytes = 1;
    EXPECT_EQ(reasons({fact}), Texts{});
}

// -- half-closed ----------------------------------------------------------------------------------------------

InetFact half_closed(TcpState state) {
    auto fact = connection(1, state);
    fact.tcp.last_sent_ms = 50'000;
    fact.tcp.last_received_ms = 45'000;
    fact.tcp.last_ack_ms = 40'000;
    return fact;
}

TEST(Stuck, HalfClosedAndIdle) {
    EXPECT_EQ(reasons({half_closed(TcpState::fin_wait2)}),
              Texts{"half-closed and idle for 40 s: only this end has finished sending"});
    auto fact = half_closed(TcpState::close_wait);
    EXPECT_EQ(reasons({fact}), Texts{"half-closed and idle for 40 s: end of file was read, but not closed"});
    fact.rx_bytes = 1;
    EXPECT_EQ(reasons({fact}), Texts{"half-closed and idle for 40 s: the other end has finished sending"});
}

TEST(Stuck, HalfClosedAndInUseIsHealthy) {
    for (const auto state : {TcpState::close_wait, TcpState::fin_wait2}) {
        for (auto Tcp::* recent : {&Tcp::last_sent_ms, &Tcp::last_received_ms, &Tcp::last_ack_ms}) {
            auto fact = half_closed(state);
            fact.tcp.*recent = 4999;
            EXPECT_EQ(reasons({fact}), Texts{});
        }
        auto sending = half_closed(state);
        sending.tx_bytes = 1;
        EXPECT_EQ(reasons({sending}), Texts{});
        auto undated = half_closed(state); // its FIN may just have come
        undated.tcp.last_ack_ms.reset();
        EXPECT_EQ(reasons({undated}), Texts{});
        auto orphan = half_closed(state); // the kernel ends it
        orphan.open = false;
        EXPECT_EQ(reasons({orphan}), Texts{});
    }
    EXPECT_EQ(reasons({half_closed(TcpState::time_wait)}), Texts{});
}

// -- handshakes -----------------------------------------------------------------------------------------------

InetFact dialling() {
    auto fact = connection(1, TcpState::syn_sent);
    fact.tcp = {.state = TcpState::syn_sent, .timer = timer(500, 3), .retransmits = 3, .send_window = 0};
    fact.tx_bytes = 1;
    return fact;
}

TEST(Stuck, SynUnanswered) {
    auto fact = dialling();
    fact.tcp.unanswered_ms = 7200;
    EXPECT_EQ(reasons({fact}), Texts{"SYN unanswered for 7.2 s, sent 4 times"});
    fact.tcp.unanswered_ms = 1999;
    EXPECT_EQ(reasons({fact}), Texts{});
}

// By the timer alone a second for each try, or what intervals that double come to.
TEST(Stuck, SynIsDatedByItsTimerWhereNothingElseIsTold) {
    auto fact = dialling();
    EXPECT_EQ(reasons({fact}), Texts{"SYN unanswered for at least 3.0 s, sent 4 times"});
    fact.tcp.timer = timer(7600, 3);
    EXPECT_EQ(reasons({fact}), Texts{"SYN unanswered for at least 6.6 s, sent 4 times"});
    fact.tcp.retransmits = 1;
    fact.tcp.timer = timer(500, 1);
    EXPECT_EQ(reasons({fact}), Texts{});
    fact.tcp.retransmits = 0;
    EXPECT_EQ(reasons({fact}), Texts{});
}

TEST(Stuck, SynThatAFullListenerDrops) {
    auto nginx = held(nth(2), 12, 3, "nginx");
    nginx.kind = Kind::tcp;
    EXPECT_EQ(
        reasons({dialling(), listener(2, 5, 4), nginx}),
        Texts{"SYN unanswered for at least 3.0 s, sent 4 times: the accept queue of nginx 12/3 is full"});
    EXPECT_EQ(reasons({dialling(), listener(2, 4, 4), nginx}),
              Texts{"SYN unanswered for at least 3.0 s, sent 4 times"});
}

InetFact request() {
    auto fact = connection(1, TcpState::new_syn_recv);
    fact.socket.inode = {};
    fact.open = false;
    fact.listener = nth(2).address;
    std::swap(fact.local, *fact.remote);
    fact.tcp = {.state = TcpState::new_syn_recv, .timer = timer(500, 2), .retransmits = 2};
    return fact;
}

Texts reasons_of_request(const InetFact& fact, const InetFact& from) {
    const Scene scene({fact, from});
    const auto id = *scene.graph().find({.address = nth(1).address});
    return stuck(scene.graph(), scene.links(), id, patience);
}

TEST(Stuck, SynAckUnanswered) {
    auto fact = request();
    EXPECT_EQ(reasons_of_request(fact, listener(2, 0, 4)),
              Texts{"SYN-ACK unanswered for at least 3.0 s, sent 3 times"});
    EXPECT_EQ(reasons_of_request(fact, listener(2, 5, 4)),
              Texts{"handshake not finished for at least 3.0 s: the accept queue is full"});
    fact.source = model::Source::proc;
    EXPECT_EQ(reasons_of_request(fact, listener(2, 0, 4)), Texts{});
}

TEST(Stuck, SynAckIsHealthyAtFirst) {
    auto fact = request();
    fact.tcp.retransmits = 1; // a second
    EXPECT_EQ(reasons_of_request(fact, listener(2, 0, 4)), Texts{});
    fact.tcp.retransmits = 0; // its timer runs while it waits for data (TCP_DEFER_ACCEPT)
    fact.tcp.timer->retries = 4;
    EXPECT_EQ(reasons_of_request(fact, listener(2, 0, 4)), Texts{});
}

// -- accept queues --------------------------------------------------------------------------------------------

TEST(Stuck, AcceptQueueIsFullWhenOneMoreThanTheLimitWaits) {
    EXPECT_EQ(reasons({listener(1, 5, 4)}), Texts{"accept queue full: 5 wait, limit 4"});
    EXPECT_EQ(reasons({listener(1, 4, 4)}), Texts{});
    EXPECT_EQ(reasons({listener(1, 0, 0)}), Texts{});
    EXPECT_EQ(reasons({listener(1, 5, std::nullopt)}), Texts{});
}

TEST(Stuck, UnixListenerWithAFullQueueAndWhoWaitsForIt) {
    auto server = listening(nth(2), 7);
    server.queue_length = 2;
    server.backlog_limit = 1;
    const std::vector<Fact> facts{idle(nth(1)),
                                  server,
                                  held(nth(1), 10, 3, "client"),
                                  held(nth(2), 20, 4),
                                  model::WaiterFact{nth(2), Pid{10}, Pid{10}},
                                  model::BlockedFact{Pid{10}, Pid{10}, 3}};
    EXPECT_EQ(reasons(facts), Texts{"blocked in connect: the accept queue of server 20/4 is full"});
    server.socket = nth(1);
    EXPECT_EQ(reasons({server}), Texts{"accept queue full: 2 wait, limit 1"});
    server.queue_length = 1;
    EXPECT_EQ(reasons({server}), Texts{});
}

} // namespace
} // namespace otherend::query
