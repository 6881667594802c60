/* A library for LD_PRELOAD that does something to the process, or to a file, at the operation on files with the number in
 * the variable FAULT_AT, from 1. What, is in the variable FAULT:
 *
 *   kill   the process is killed before the operation
 *   half   the same, but of what the operation would write, the first half is written; a process whose operation writes
 *          nothing exits with the code 86
 *   full   the operation fails, since the disk is full, if it is one that needs space or syncs
 *   save   an editor saves: the file FAULT_FROM is copied over the file FAULT_TO, as a plain write, and deleted
 *
 * Operations are what opens a file for writing, changes or syncs it; for `save`, what opens a file for reading, too. The
 * renames of the crate tempfile do not come through the C library. A kill before one of them leaves what a kill at the
 * sync before it would leave, and a kill after it what one at the sync of the folder leaves. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

static atomic_int n_operations;

static int is_fault(const char *name) {
    const char *fault = getenv("FAULT");
    return fault != NULL && strcmp(fault, name) == 0;
}

static void die(void) {
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

/* As editors do that write in place. System calls of its own: they are not operations of the process. */
static void save(void) {
    char bytes[65536];
    int from = syscall(SYS_openat, AT_FDCWD, getenv("FAULT_FROM"), O_RDONLY | O_CLOEXEC, 0);
    int to = syscall(SYS_openat, AT_FDCWD, getenv("FAULT_TO"), O_WRONLY | O_TRUNC | O_CLOEXEC, 0);
    if (from < 0 || to < 0) abort();
    for (ssize_t n; (n = syscall(SYS_read, from, bytes, sizeof bytes)) > 0;) {
        if (syscall(SYS_write, to, bytes, n) != n) abort();
    }
    syscall(SYS_close, from);
    syscall(SYS_close, to);
    syscall(SYS_unlinkat, AT_FDCWD, getenv("FAULT_FROM"), 0);
}

/* Counts an operation. Returns whether half of it is to be done, or none. */
static int operation(void) {
    const char *at = getenv("FAULT_AT");
    if (at == NULL || atomic_fetch_add(&n_operations, 1) + 1 != atoi(at)) return 0;
    if (is_fault("kill")) die();
    if (is_fault("save")) save();
    return is_fault("half") || is_fault("full");
}

/* Ends an operation that cannot be done by half. `may_fail`: it fails where the disk is full. */
static int end(int may_fail) {
    if (is_fault("half")) _exit(86);
    if (!may_fail) return 0;
    errno = ENOSPC;
    return -1;
}

static int write_operation(int fd, const void *bytes, size_t length, off_t at) {
    if (!operation()) return 0;
    if (is_fault("full")) return end(fd > STDERR_FILENO);
    if (at < 0) syscall(SYS_write, fd, bytes, length / 2);
    else syscall(SYS_pwrite64, fd, bytes, length / 2, at);
    die();
    return -1;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define WHOLE(may_fail) \
    if (operation() && end(may_fail) < 0) return -1

#define OPEN(name)                                                                                      \
    int name(const char *path, int flags, ...) {                                                        \
        va_list rest;                                                                                   \
        va_start(rest, flags);                                                                          \
        mode_t mode = (flags & (O_CREAT | __O_TMPFILE)) ? va_arg(rest, mode_t) : 0;                     \
        va_end(rest);                                                                                   \
        if ((flags & (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC)) || is_fault("save")) WHOLE(flags & O_CREAT);               \
        return REAL(name)(path, flags, mode);                                                           \
    }
OPEN(open)
OPEN(open64)

#define OPENAT(name)                                                                                    \
    int name(int folder, const char *path, int flags, ...) {                                            \
        va_list rest;                                                                                   \
        va_start(rest, flags);                                                                          \
        mode_t mode = (flags & (O_CREAT | __O_TMPFILE)) ? va_arg(rest, mode_t) : 0;                     \
        va_end(rest);                                                                                   \
        if ((flags & (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC)) || is_fault("save")) WHOLE(flags & O_CREAT);               \
        return REAL(name)(folder, path, flags, mode);                                                   \
    }
OPENAT(openat)
OPENAT(openat64)

ssize_t write(int fd, const void *bytes, size_t length) {
    if (write_operation(fd, bytes, length, -1) < 0) return -1;
    return REAL(write)(fd, bytes, length);
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t at) {
    if (write_operation(fd, bytes, length, at) < 0) return -1;
    return REAL(pwrite)(fd, bytes, length, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t at) {
    if (write_operation(fd, bytes, length, at) < 0) return -1;
    return REAL(pwrite64)(fd, bytes, length, at);
}

int fsync(int fd) { WHOLE(1); return REAL(fsync)(fd); }
int fdatasync(int fd) { WHOLE(1); return REAL(fdatasync)(fd); }
int ftruncate(int fd, off_t length) { WHOLE(1); return REAL(ftruncate)(fd, length); }
int ftruncate64(int fd, off64_t length) { WHOLE(1); return REAL(ftruncate64)(fd, length); }
int rename(const char *from, const char *to) { WHOLE(0); return REAL(rename)(from, to); }
int unlink(const char *path) { WHOLE(0); return REAL(unlink)(path); }
int mkdir(const char *path, mode_t mode) { WHOLE(1); return REAL(mkdir)(path, mode); }
int fchmod(int fd, mode_t mode) { WHOLE(0); return REAL(fchmod)(fd, mode); }
