// SPDX-License-Identifier: MIT
// Process 1 of a guest: loads the modules, runs the lines of /vmtest/job one after another and tells the host
// how each ended. It needs no shell to say READY, so that a guest without one is told from a kernel that does
// not boot.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int control = -1, output = -1;

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_BOOTTIME, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

__attribute__((format(printf, 1, 2))) static void tell(const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vdprintf(control, format, arguments);
    va_end(arguments);
}

static void mount_all(void) {
    static const char* const systems[][3] = {
        {"proc", "/proc", ""},
        {"sysfs", "/sys", ""},
        {"devtmpfs", "/dev", ""},
        {"devpts", "/dev/pts", "ptmxmode=0666"},
        {"tmpfs", "/dev/shm", "mode=1777"},
        {"bpf", "/sys/fs/bpf", ""},
        {"cgroup2", "/sys/fs/cgroup", ""},
        {"tracefs", "/sys/kernel/tracing", ""},
        {"debugfs", "/sys/kernel/debug", ""},
        {"securityfs", "/sys/kernel/security", ""},
    };
    for (size_t i = 0; i < sizeof(systems) / sizeof(*systems); ++i) {
        mkdir(systems[i][1], 0755);
        if (mount(systems[i][0], systems[i][1], systems[i][0], 0, systems[i][2]))
            fprintf(stderr, "vmtest: mount %s: %s\n", systems[i][1], strerror(errno));
    }
}

// The list is in dependency order; returns how many could not be loaded.
static int load_modules(int* loaded) {
    FILE* list = fopen("/vmtest/modules", "re");
    char path[512];
    int bad = 0;
    while (list && fgets(path, sizeof(path), list)) {
        path[strcspn(path, "\n")] = 0;
        const int file = open(path, O_RDONLY | O_CLOEXEC);
        if (file != -1 && (syscall(SYS_finit_module, file, "", 0) == 0 || errno == EEXIST)) {
            ++*loaded;
        } else {
            fprintf(stderr, "vmtest: %s: %s\n", path, strerror(errno));
            ++bad;
        }
        if (file != -1)
            close(file);
    }
    if (list)
        fclose(list);
    return bad;
}

static void bring_loopback_up(void) {
    struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
    const int any = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (ioctl(any, SIOCSIFFLAGS, &request))
        perror("vmtest: lo");
    close(any);
}

static int open_port_now(const char* wanted) {
    DIR* ports = opendir("/sys/class/virtio-ports");
    int found = -1;
    for (struct dirent* entry; ports && found == -1 && (entry = readdir(ports));) {
        char path[320], name[64] = "";
        snprintf(path, sizeof(path), "/sys/class/virtio-ports/%s/name", entry->d_name);
        FILE* file = fopen(path, "re");
        if (!file)
            continue;
        const int has_name = fgets(name, sizeof(name), file) != NULL;
        fclose(file);
        name[strcspn(name, "\n")] = 0;
        snprintf(path, sizeof(path), "/dev/%s", entry->d_name);
        if (has_name && strcmp(name, wanted) == 0)
            found = open(path, O_WRONLY | O_CLOEXEC);
    }
    if (ports)
        closedir(ports);
    return found;
}

// The device answers some time after its driver is loaded.
static int open_port(const char* name) {
    const struct timespec pause = {.tv_nsec = 10 * 1000 * 1000};
    int port = -1;
    for (int tries = 0; tries < 500 && (port = open_port_now(name)) == -1; ++tries)
        nanosleep(&pause, NULL);
    return port;
}

static pid_t start(const char* line) {
    const pid_t pid = fork();
    if (pid != 0)
        return pid;
    dup2(open("/dev/null", O_RDONLY | O_CLOEXEC), 0);
    dup2(output, 1);
    dup2(output, 2);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execl("/bin/sh", "sh", "-c", line, NULL);
    _exit(127);
}

// Reaps whatever ends until `pid` does; false if that takes longer than the limit.
static int wait_for(pid_t pid, double limit, int* status) {
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    for (const double end = now() + limit;;) {
        int other;
        for (pid_t ended; (ended = waitpid(-1, &other, WNOHANG)) > 0;)
            if (ended == pid) {
                *status = other;
                return 1;
            }
        const double left = end - now();
        if (left <= 0)
            return 0;
        const struct timespec most = {.tv_sec = (time_t)left, .tv_nsec = 100 * 1000 * 1000};
        sigtimedwait(&child, NULL, &most);
    }
}

static void run_helper(const char* line) {
    int status;
    wait_for(start(line), 30, &status);
}

// Where everybody is, before they are gone. First of all, because what does not end may be what never sleeps.
static void show_stacks(void) {
    struct sched_param first = {.sched_priority = 1}, normal = {0};
    sched_setscheduler(0, SCHED_FIFO, &first);
    run_helper(". /vmtest/stacks");
    sched_setscheduler(0, SCHED_OTHER, &normal);
}

static void run_step(int number, char* line) {
    char* command;
    const double limit = strtod(line, &command), began = now();
    tell("BEGIN %d\n", number);
    dprintf(output, "\n=== vmtest step %d\n", number);
    int status = 0;
    const char* how = "timeout";
    if (wait_for(start(command), limit, &status))
        how = WIFSIGNALED(status) ? "signal" : "exit";
    else
        show_stacks();
    const int code = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
    kill(-1, SIGKILL); // the next step begins alone
    while (waitpid(-1, NULL, 0) > 0)
        ;
    tell("STEP %d %s %d %.2f\n", number, how, code, now() - began);
}

static void run_job(void) {
    FILE* job = fopen("/vmtest/job", "re");
    char* line = NULL;
    size_t size = 0;
    for (int number = 0; job && getline(&line, &size, job) > 0; ++number)
        run_step(number, line);
    free(line);
    if (job)
        fclose(job);
}

static void send_files(void) {
    run_helper("dmesg > /out/dmesg");
    const int files = open_port("vmtest.files");
    const int tests = output;
    output = files;
    run_helper("cd /out && exec tar -cf - . 2>/dev/null");
    output = tests;
    close(files);
}

int main(void) {
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child, NULL);
    mount_all();
    const double began = now();
    int loaded = 0;
    const int bad = load_modules(&loaded);
    bring_loopback_up();
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends)) // no host is without a socket
        perror("vmtest: socketpair");
    control = open_port("vmtest.ctl");
    output = open_port("vmtest.out");
    if (control == -1 || output == -1)
        fprintf(stderr, "vmtest: no virtio port to talk to\n");
    struct utsname kernel;
    uname(&kernel);
    tell("READY %s boot=%.2f modules=%d bad=%d modload=%.2f\n", kernel.release, began, loaded, bad,
         now() - began);
    setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", 1);
    setenv("HOME", "/root", 1);
    run_job();
    send_files();
    tell("RESULT up=%.2f\n", now());
    reboot(RB_POWER_OFF);
    return 1; // the kernel panics, which ends the guest as well
}
