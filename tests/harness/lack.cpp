// SPDX-License-Identifier: MIT
#include "harness/lack.hpp"

#include <cerrno>
#include <cstddef>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace otherend::harness {

namespace {

constexpr sock_filter load(std::size_t offset) {
    return BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<unsigned>(offset));
}

// Goes on if equal, else jumps over `others` instructions.
constexpr sock_filter expect(unsigned value, unsigned char others) {
    return BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, others);
}

constexpr sock_filter answer(unsigned what) {
    return BPF_STMT(BPF_RET | BPF_K, what);
}

template <std::size_t Size> bool install(sock_filter (&filter)[Size]) {
    const sock_fprog program{.len = Size, .filter = filter};
    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0;
}

constexpr std::size_t argument(std::size_t number) { // its lower half, on a little-endian machine
    return offsetof(seccomp_data, args) + number * sizeof(__u64);
}

bool refuse_bpf() {
    sock_filter filter[] = {
        load(offsetof(seccomp_data, nr)),
        expect(SYS_bpf, 1),
        answer(SECCOMP_RET_ERRNO | ENOSYS),
        answer(SECCOMP_RET_ALLOW),
    };
    return install(filter);
}

bool refuse_sock_diag() {
    sock_filter filter[] = {
        load(offsetof(seccomp_data, nr)),
        expect(SYS_socket, 5),
        load(argument(0)),
        expect(AF_NETLINK, 3),
        load(argument(2)),
        expect(NETLINK_SOCK_DIAG, 1),
        answer(SECCOMP_RET_ERRNO | EPROTONOSUPPORT),
        answer(SECCOMP_RET_ALLOW),
    };
    return install(filter);
}

bool hide_btf() {
    return unshare(CLONE_NEWNS) == 0 && mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
           mount("tmpfs", "/sys/kernel/btf", "tmpfs", 0, nullptr) == 0;
}

} // namespace

bool take_away(Lack lack) {
    switch (lack) {
    case Lack::bpf:
        return refuse_bpf();
    case Lack::sock_diag:
        return refuse_sock_diag();
    case Lack::btf:
        return hide_btf();
    }
    return false;
}

} // namespace otherend::harness
