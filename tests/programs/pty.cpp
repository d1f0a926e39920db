// SPDX-License-Identifier: MIT
#include "pty.hpp"

#include "process.hpp"
#include "sockets.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/sysmacros.h>
#include <unistd.h>

namespace otherend::topology {

int open_master(const std::string& ptmx) {
    const int fd = check(open(ptmx.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC), ptmx);
    const int locked = 0;
    check(ioctl(fd, TIOCSPTLCK, &locked), "ioctl(TIOCSPTLCK)");
    return fd;
}

int open_slave_of(int master) {
    return check(ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC), "ioctl(TIOCGPTPEER)");
}

void control_by(int slave) {
    check(setsid(), "setsid");
    check(ioctl(slave, TIOCSCTTY, 0), "ioctl(TIOCSCTTY)");
}

void enter_new_devpts() {
    enter_new_mntns();
    check(mount("devpts", "/dev/pts", "devpts", 0, "newinstance,ptmxmode=0666"), "mount(devpts)");
}

bool is_master(int fd) {
    unsigned index = 0;
    return ioctl(fd, TIOCGPTN, &index) == 0;
}

// TIOCGDEV tells the slave's device number of either end (tty_ioctl() in drivers/tty/tty_io.c).
unsigned pty_index_of(int fd) {
    unsigned device = 0;
    check(ioctl(fd, TIOCGDEV, &device), "ioctl(TIOCGDEV)");
    return minor(device);
}

} // namespace otherend::topology
