// SPDX-License-Identifier: MIT
// The layout of the records is what BPF programs and user space agree on, whichever compilers built them.
#include "otherend/record.h"

#include <cstddef>
#include <gtest/gtest.h>
#include <limits>
#include <type_traits>

// No byte that neither side would write: a hole would carry whatever was on the kernel's stack.
template <typename Record>
constexpr bool is_plain = std::is_trivially_copyable_v<Record> && std::is_standard_layout_v<Record> &&
                          std::has_unique_object_representations_v<Record>;

static_assert(is_plain<oe_record> && sizeof(oe_record) == 4);
static_assert(offsetof(oe_record, kind) == 0);
static_assert(offsetof(oe_record, size) == 2);

static_assert(is_plain<oe_holder> && sizeof(oe_holder) == 80);
static_assert(offsetof(oe_holder, tgid) == 4);
static_assert(offsetof(oe_holder, tid) == 8);
static_assert(offsetof(oe_holder, fd) == 12);
static_assert(offsetof(oe_holder, uid) == 16);
static_assert(offsetof(oe_holder, task_netns) == 20);
static_assert(offsetof(oe_holder, files) == 24);
static_assert(offsetof(oe_holder, sock) == 32);
static_assert(offsetof(oe_holder, inode) == 40);
static_assert(offsetof(oe_holder, peer) == 48);
static_assert(offsetof(oe_holder, sock_netns) == 56);
static_assert(offsetof(oe_holder, comm) == 60 && sizeof(oe_holder::comm) == 16);
static_assert(offsetof(oe_holder, type) == 76);

static_assert(is_plain<oe_socket> && sizeof(oe_socket) == 120);
static_assert(offsetof(oe_socket, flags) == 4);
static_assert(offsetof(oe_socket, sock) == 8);
static_assert(offsetof(oe_socket, inode) == 16);
static_assert(offsetof(oe_socket, peer) == 24);
static_assert(offsetof(oe_socket, peer_inode) == 32);
static_assert(offsetof(oe_socket, peer_peer) == 40);
static_assert(offsetof(oe_socket, listener) == 48);
static_assert(offsetof(oe_socket, address) == 56);
static_assert(offsetof(oe_socket, cookie) == 64);
static_assert(offsetof(oe_socket, file_inode) == 72);
static_assert(offsetof(oe_socket, file_dev) == 80);
static_assert(offsetof(oe_socket, netns) == 84);
static_assert(offsetof(oe_socket, queue_len) == 88);
static_assert(offsetof(oe_socket, max_backlog) == 92);
static_assert(offsetof(oe_socket, rx_bytes) == 96);
static_assert(offsetof(oe_socket, tx_bytes) == 100);
static_assert(offsetof(oe_socket, cred_pid) == 104);
static_assert(offsetof(oe_socket, cred_uid) == 108);
static_assert(offsetof(oe_socket, type) == 112);
static_assert(offsetof(oe_socket, state) == 113);
static_assert(offsetof(oe_socket, name_len) == 114);
static_assert(offsetof(oe_socket, peer_netns) == 116);

static_assert(is_plain<oe_detail> && sizeof(oe_detail) == 32);
static_assert(offsetof(oe_detail, flags) == 4);
static_assert(offsetof(oe_detail, sock) == 8);
static_assert(offsetof(oe_detail, inode) == 16);
static_assert(offsetof(oe_detail, rx_bytes) == 24);
static_assert(offsetof(oe_detail, path_len) == 28);

static_assert(is_plain<oe_inflight> && sizeof(oe_inflight) == 40);
static_assert(offsetof(oe_inflight, carrier) == 8);
static_assert(offsetof(oe_inflight, carrier_inode) == 16);
static_assert(offsetof(oe_inflight, sock) == 24);
static_assert(offsetof(oe_inflight, inode) == 32);

static_assert(is_plain<oe_waiter> && sizeof(oe_waiter) == 32);
static_assert(offsetof(oe_waiter, tgid) == 4);
static_assert(offsetof(oe_waiter, sock) == 8);
static_assert(offsetof(oe_waiter, inode) == 16);
static_assert(offsetof(oe_waiter, tid) == 24);

static_assert(is_plain<oe_queued> && sizeof(oe_queued) == 24);
static_assert(offsetof(oe_queued, listener) == 8);
static_assert(offsetof(oe_queued, embryo) == 16);

static_assert(is_plain<oe_end> && sizeof(oe_end) == 88);
static_assert(offsetof(oe_end, attempted) == 8);
static_assert(offsetof(oe_end, lost) == 16);
static_assert(offsetof(oe_end, lost_buckets) == 24);
static_assert(sizeof(oe_end::lost_buckets) * 8 == OE_BUCKETS);

static_assert(is_plain<oe_ring_file> && sizeof(oe_ring_file) == 32);
static_assert(offsetof(oe_ring_file, tgid) == 4);
static_assert(offsetof(oe_ring_file, fd) == 8);
static_assert(offsetof(oe_ring_file, sock) == 16);
static_assert(offsetof(oe_ring_file, inode) == 24);

static_assert(is_plain<oe_ring> && sizeof(oe_ring) == 40);
static_assert(offsetof(oe_ring, tgid) == 4);
static_assert(offsetof(oe_ring, tid) == 8);
static_assert(offsetof(oe_ring, fd) == 12);
static_assert(offsetof(oe_ring, uid) == 16);
static_assert(offsetof(oe_ring, task_netns) == 20);
static_assert(offsetof(oe_ring, comm) == 24 && sizeof(oe_ring::comm) == 16);

static_assert(is_plain<oe_inet> && sizeof(oe_inet) == 216);
static_assert(offsetof(oe_inet, flags) == 4);
static_assert(offsetof(oe_inet, sock) == 8);
static_assert(offsetof(oe_inet, inode) == 16);
static_assert(offsetof(oe_inet, cookie) == 24);
static_assert(offsetof(oe_inet, listener) == 32);
static_assert(offsetof(oe_inet, cgroup) == 40);
static_assert(offsetof(oe_inet, jiffies) == 48);
static_assert(offsetof(oe_inet, local) == 56 && sizeof(oe_inet::local) == 16);
static_assert(offsetof(oe_inet, remote) == 72 && sizeof(oe_inet::remote) == 16);
static_assert(offsetof(oe_inet, local_port) == 88);
static_assert(offsetof(oe_inet, remote_port) == 90);
static_assert(offsetof(oe_inet, interface) == 92);
static_assert(offsetof(oe_inet, netns) == 96);
static_assert(offsetof(oe_inet, uid) == 100);
static_assert(offsetof(oe_inet, rx_bytes) == 104);
static_assert(offsetof(oe_inet, tx_bytes) == 108);
static_assert(offsetof(oe_inet, queue_len) == 112);
static_assert(offsetof(oe_inet, max_backlog) == 116);
static_assert(offsetof(oe_inet, sent_from) == 120);
static_assert(offsetof(oe_inet, received_from) == 124);
static_assert(offsetof(oe_inet, bytes_acked) == 152);
static_assert(offsetof(oe_inet, bytes_received) == 160);
static_assert(offsetof(oe_inet, last_sent) == 168);
static_assert(offsetof(oe_inet, timer_expires) == 180);
static_assert(offsetof(oe_inet, unanswered_ms) == 184);
static_assert(offsetof(oe_inet, last_read_ms) == 188);
static_assert(offsetof(oe_inet, what) == 192);
static_assert(offsetof(oe_inet, retransmits) == 196);
static_assert(offsetof(oe_inet, congestion) == 200 && sizeof(oe_inet::congestion) == 16);

static_assert(is_plain<oe_pty> && sizeof(oe_pty) == 40);
static_assert(offsetof(oe_pty, tty) == 8);
static_assert(offsetof(oe_pty, link) == 16);
static_assert(offsetof(oe_pty, index) == 24);
static_assert(offsetof(oe_pty, device) == 28);
static_assert(offsetof(oe_pty, type) == 32);

static_assert(is_plain<oe_pipe> && sizeof(oe_pipe) == 40);
static_assert(offsetof(oe_pipe, pipe) == 8);
static_assert(offsetof(oe_pipe, inode) == 16);
static_assert(offsetof(oe_pipe, tgid) == 24);
static_assert(offsetof(oe_pipe, fd) == 28);
static_assert(offsetof(oe_pipe, device) == 32);
static_assert(offsetof(oe_pipe, type) == 36);
static_assert(offsetof(oe_pipe, is_fifo) == 37);

// Numbers that recorded streams hold.
static_assert(OE_HOLDER == 1 && OE_SOCKET == 2 && OE_INFLIGHT == 3 && OE_WAITER == 4);
static_assert(OE_QUEUED == 5 && OE_RING == 6 && OE_END == 7 && OE_DETAIL == 8 && OE_RING_FILE == 9);
static_assert(OE_INET == 10 && OE_PTY == 11 && OE_PIPE == 12);
static_assert(OE_UNIX == 0 && OE_TCP == 1 && OE_UDP == 2 && OE_A_PTY == 3 && OE_A_PIPE == 4);
static_assert(OE_MASTER == 16 && OE_SLAVE == 17 && OE_READ == 18 && OE_WRITE == 19);
static_assert(OE_INET_OPEN == 0x1 && OE_INET_DUAL == 0x2 && OE_INET_FULL == 0x4 && OE_INET_CUT == 0x8);
static_assert(OE_INET_CONNECTION == 0x10 && OE_END_OTHER_OPEN == 0x1);
static_assert(OE_SOCKET_OPEN == 0x1 && OE_SOCKET_KERNEL == 0x2 && OE_SOCKET_PEER_OPEN == 0x4);
static_assert(OE_SOCKET_PEER_UNIX == 0x8 && OE_SOCKET_UNHASHED == 0x10 && OE_SOCKET_CREDENTIALS == 0x20);
static_assert(OE_SOCKET_RX_KNOWN == 0x40 && OE_SOCKET_DETAILS == 0x80);
static_assert(OE_DETAIL_PATH_WHOLE == 0x1 && OE_DETAIL_FDS_CUT == 0x2 && OE_DETAIL_WAITERS_CUT == 0x4);
static_assert(OE_DETAIL_BACKLOG_CUT == 0x8 && OE_DETAIL_RX_KNOWN == 0x10 && OE_DETAIL_RX_CUT == 0x20);

TEST(Record, SizeFieldHoldsTheLongestRecord) {
    EXPECT_LE(sizeof(oe_socket) + OE_NAME_MAX, std::numeric_limits<oe_u16>::max());
    EXPECT_LE(sizeof(oe_detail) + OE_PATH_MAX, std::numeric_limits<oe_u16>::max());
}
