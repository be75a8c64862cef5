/* Counts what a process does to the files of one folder, and can end it at any of these steps: preloaded, driven
   through ctypes.

   A step is a write, a synchronisation, a change of length, a removal or a renaming. To die is SIGKILL before the step,
   or, of a write, after half of it. A second folder can stand for the disk behind the machine's memory: it gets of
   each file what was there when the file was synchronised, and nothing else. A file that was renamed without that is
   empty there. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static char folder[4096], disk[4096];
static long steps, dies_at, writes, bytes, syncs;
static int dies_half_way;

void steps_watch(const char *path, long at, int half_way)
{
    snprintf(folder, sizeof folder, "%s", path);
    steps = writes = bytes = syncs = 0;
    dies_at = at;
    dies_half_way = half_way;
}

void steps_sync_to(const char *path)
{
    snprintf(disk, sizeof disk, "%s", path);
}

long steps_taken(void) { return steps; }
long steps_writes(void) { return writes; }
long steps_bytes(void) { return bytes; }
long steps_syncs(void) { return syncs; }

static int is_watched_path(const char *path)
{
    return folder[0] && strncmp(path, folder, strlen(folder)) == 0;
}

static int is_found(int fd, char *path, size_t size)
{
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = folder[0] ? readlink(link, path, size - 1) : -1;
    path[length < 0 ? 0 : length] = 0;
    return is_watched_path(path);
}

static int is_watched(int fd)
{
    char path[4096];
    return is_found(fd, path, sizeof path);
}

static int is_last(void)
{
    return ++steps == dies_at;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

/* The copy is made whole and then renamed, so that it is the old or the new one. */
static void reach_disk(int fd)
{
    char path[4096], copy[8192], fresh[8200], block[65536];
    if (!disk[0] || !is_found(fd, path, sizeof path))
        return;
    snprintf(copy, sizeof copy, "%s/%s", disk, strrchr(path, '/') + 1);
    snprintf(fresh, sizeof fresh, "%s.new", copy);
    int from = open(path, O_RDONLY), to = open(fresh, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    for (ssize_t size; (size = read(from, block, sizeof block)) > 0;)
        REAL(write)(to, block, size);
    close(from);
    close(to);
    REAL(rename)(fresh, copy);
}

static size_t taken(int fd, size_t size)
{
    if (!is_watched(fd))
        return size;
    int dies = is_last();
    if (dies && !dies_half_way)
        raise(SIGKILL);
    writes++;
    bytes += size;
    return dies ? size / 2 : size;
}

ssize_t write(int fd, const void *from, size_t size)
{
    size_t kept = taken(fd, size);
    ssize_t done = REAL(write)(fd, from, kept);
    if (kept != size)
        raise(SIGKILL);
    return done;
}

#define POSITIONED(name, offset_type)                                          \
    ssize_t name(int fd, const void *from, size_t size, offset_type at)        \
    {                                                                          \
        size_t kept = taken(fd, size);                                         \
        ssize_t done = REAL(name)(fd, from, kept, at);                         \
        if (kept != size)                                                      \
            raise(SIGKILL);                                                    \
        return done;                                                           \
    }

POSITIONED(pwrite, off_t)
POSITIONED(pwrite64, off64_t)

static void or_die(int watched)
{
    if (watched && is_last())
        raise(SIGKILL);
}

int fsync(int fd)
{
    or_die(is_watched(fd));
    syncs += is_watched(fd);
    reach_disk(fd);
    return REAL(fsync)(fd);
}

int fdatasync(int fd)
{
    or_die(is_watched(fd));
    syncs += is_watched(fd);
    reach_disk(fd);
    return REAL(fdatasync)(fd);
}

int ftruncate(int fd, off_t length)
{
    or_die(is_watched(fd));
    return REAL(ftruncate)(fd, length);
}

int ftruncate64(int fd, off64_t length)
{
    or_die(is_watched(fd));
    return REAL(ftruncate64)(fd, length);
}

int unlink(const char *path)
{
    char copy[8192];
    or_die(is_watched_path(path));
    if (disk[0] && is_watched_path(path)) {
        snprintf(copy, sizeof copy, "%s/%s", disk, strrchr(path, '/') + 1);
        REAL(unlink)(copy);
    }
    return REAL(unlink)(path);
}

int rename(const char *from, const char *to)
{
    or_die(is_watched_path(to));
    if (disk[0] && is_watched_path(to)) {
        char source[8192], target[8192];
        snprintf(source, sizeof source, "%s/%s", disk, strrchr(from, '/') + 1);
        snprintf(target, sizeof target, "%s/%s", disk, strrchr(to, '/') + 1);
        if (REAL(rename)(source, target) != 0)
            close(open(target, O_WRONLY | O_CREAT | O_TRUNC, 0600));
    }
    return REAL(rename)(from, to);
}
