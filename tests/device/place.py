"""A folder of this run's own for tests of files, on either Python: two runs on one machine do not meet in it."""

import os
import sys
from binascii import hexlify

FOLDER = (os.getenv("TMPDIR") or "/tmp") + "/hymio-test-" + hexlify(os.urandom(4)).decode()
os.mkdir(FOLDER)

if sys.implementation.name != "micropython":  # there it lies in a folder that tests/run_micropython.py removes
    __import__("atexit").register(__import__("shutil").rmtree, FOLDER)
