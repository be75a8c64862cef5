/* Counts what the process holds of the C heap: preloaded into the interpreter, asked through ctypes.

   Only blocks that were taken after counting_begin are counted, so that what the host of the interpreter held before,
   and may give back meanwhile, changes nothing. A block counts with the size that the allocator really gave it. */

#include <malloc.h>
#include <stddef.h>
#include <stdint.h>

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void __libc_free(void *);

enum { SLOTS = 1 << 16 };

static void *taken[SLOTS]; /* open addressing; GONE holds the place of a block that was given back */
static char gone;
static int is_counting;
static size_t held, peak;

#define GONE ((void *)&gone)

static size_t place(void *block)
{
    return ((uintptr_t)block >> 4) * 2654435761u % SLOTS;
}

static void *note(void *block)
{
    if (!is_counting || !block)
        return block;
    size_t at = place(block);
    while (taken[at] && taken[at] != GONE)
        at = (at + 1) % SLOTS;
    taken[at] = block;
    held += malloc_usable_size(block);
    if (held > peak)
        peak = held;
    return block;
}

static void forget(void *block)
{
    if (!is_counting || !block)
        return;
    for (size_t at = place(block); taken[at]; at = (at + 1) % SLOTS)
        if (taken[at] == block) {
            taken[at] = GONE;
            held -= malloc_usable_size(block);
            return;
        }
}

void *malloc(size_t size) { return note(__libc_malloc(size)); }
void *calloc(size_t count, size_t size) { return note(__libc_calloc(count, size)); }

void *realloc(void *block, size_t size)
{
    forget(block);
    return note(__libc_realloc(block, size));
}

void free(void *block)
{
    forget(block);
    __libc_free(block);
}

void counting_begin(void) { is_counting = 1; }
size_t counting_held(void) { return held; }
size_t counting_peak(void) { return peak; }
