"""Mounts the image that the host keeps outside the heap, and runs a module: `start32.py MODULE ARGUMENTS...`."""

import gc
import sys

import host
import uctypes
import vfs

address, size = host.call("place", "").split()
vfs.mount(vfs.VfsRom(uctypes.bytearray_at(int(address), int(size))), "/rom")
sys.path[:] = ["/rom", ".frozen"]  # no source of ours is within its reach
gc.threshold(4096)
__import__(sys.argv[1])
sys.modules[sys.argv[1]].main(*sys.argv[2:])
