/* A library for LD_PRELOAD that shows what a power failure would leave: whenever a file is synced to the
 * disk, its content is copied to the folder in the variable SYNCED_FILES, under the file's own name. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static void copy(int from) {
    const char *folder = getenv("SYNCED_FILES");
    char link[64], path[PATH_MAX], part[PATH_MAX * 2], whole[PATH_MAX * 2], bytes[65536];
    if (folder == NULL) return;
    snprintf(link, sizeof link, "/proc/self/fd/%d", from);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return;
    path[length] = 0;
    const char *name = strrchr(path, '/');
    name = name == NULL ? path : name + 1;
    snprintf(part, sizeof part, "%s/.%s.part", folder, name);
    snprintf(whole, sizeof whole, "%s/%s", folder, name);
    int to = open(part, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (to < 0) return;
    off_t at = 0;
    for (ssize_t n; (n = pread(from, bytes, sizeof bytes, at)) > 0; at += n) {
        if (write(to, bytes, n) != n) abort();
    }
    close(to);
    /* The process may be killed while it copies. */
    rename(part, whole);
}

int fsync(int fd) {
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    int result = real(fd);
    if (result == 0) copy(fd);
    return result;
}

int fdatasync(int fd) {
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    int result = real(fd);
    if (result == 0) copy(fd);
    return result;
}
