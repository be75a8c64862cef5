"""A folder for tests of files: on littlefs in memory where MicroPython is the interpreter, else in this run's own."""

import os
import sys

from tests.device.place import FOLDER

PATH = "/hymio-littlefs" if sys.implementation.name == "micropython" else FOLDER + "/littlefs"


def mounted(flash):
    """Mount a flash of blocks of 4 KiB, made a file system when it is none; return the path of a folder on it."""
    if sys.implementation.name != "micropython":
        empty(PATH)
        return PATH
    vfs = __import__("vfs")
    unmount()
    try:
        device = vfs.VfsLfs2(flash)
    except OSError:
        vfs.VfsLfs2.mkfs(flash)
        device = vfs.VfsLfs2(flash)
    vfs.mount(device, PATH)
    return PATH + "/outbox"


def unmount():
    try:
        __import__("vfs").umount(PATH)
    except OSError:
        pass


def empty(path):
    """Leave an empty folder."""
    if os.path.isdir(path):
        for name in os.listdir(path):
            empty(path + "/" + name) if os.path.isdir(path + "/" + name) else os.remove(path + "/" + name)
    else:
        os.mkdir(path)
