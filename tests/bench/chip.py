"""A chip to measure on: the app's image lies outside the heap as in flash, the heap has a size, and C's is counted.

`python chip.py IMAGE HEAP_BYTES SCRIPT ARGUMENTS...`, with the counting library preloaded; ends with a JSON line. The
interpreter is a library, so this process can map the image and hand it over by its address.
"""

import ctypes
import json
import mmap
import os
import sys

import micropython_run


def mapped(path: str) -> tuple[mmap.mmap, int]:
    """Return the image in memory, and where it lies."""
    with open(path, "rb") as file:
        image = mmap.mmap(file.fileno(), 0, flags=mmap.MAP_PRIVATE)
    return image, ctypes.addressof(ctypes.c_char.from_buffer(image))


def main(path: str, heap_bytes: str, *command: str) -> None:
    image, address = mapped(path)
    os.environ["MICROPYPATH"] = "/rom:.frozen"
    library = ctypes.CDLL(None)
    library.counting_peak.restype = library.counting_held.restype = ctypes.c_size_t
    place = [str(address), str(len(image))]
    library.counting_begin()
    micropython_run.run_main(["micropython", "-X", f"heapsize={heap_bytes}", *command[:1], *place, *command[1:]])
    print(json.dumps({"peak_bytes": library.counting_peak(), "left_bytes": library.counting_held()}), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
