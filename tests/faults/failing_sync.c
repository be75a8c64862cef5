/* Preloaded, it lets every sync of a process fail while the file exists that FAILING_SYNCS names. */

#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static int synced(long call, int descriptor)
{
    const char *file = getenv("FAILING_SYNCS");

    if (file && access(file, F_OK) == 0) {
        errno = EIO;
        return -1;
    }
    return (int)syscall(call, descriptor);
}

int fsync(int descriptor)
{
    return synced(SYS_fsync, descriptor);
}

int fdatasync(int descriptor)
{
    return synced(SYS_fdatasync, descriptor);
}
