"""Mounts the image that a chip has in its flash, and runs a module: `start.py ADDRESS SIZE MODULE ARGUMENTS...`."""

import gc
import sys

import uctypes
import vfs

vfs.mount(vfs.VfsRom(uctypes.bytearray_at(int(sys.argv[1]), int(sys.argv[2]))), "/rom")
sys.path[:] = ["/rom", ".frozen"]  # no source of ours is within its reach
gc.threshold(4096)
__import__(sys.argv[3])
sys.modules[sys.argv[3]].main(*sys.argv[4:])
