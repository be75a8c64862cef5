"""The bench of the box sees what it has to see."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile

import pytest

from tests import bench_device
from tests.bench import words32
from tests.device.cpython.boxes import MOSQUITTO

pytestmark = pytest.mark.skipif(not (MOSQUITTO and shutil.which("gcc")), reason="needs mosquitto and gcc")

GOOD = {"erases_per_press": 0.0044, "bytes_per_press": 18.1, "peak_heap_tls": 91568, "drained_to_umqtt": 44.2}
ALLOCATES = """
import ctypes
library = ctypes.CDLL(None)
for name in ("malloc", "calloc", "realloc"):
    getattr(library, name).restype = ctypes.c_void_p
library.counting_peak.restype = library.counting_held.restype = ctypes.c_size_t
early = library.malloc(500000)
library.counting_begin()
first = library.malloc(100000)
second = library.calloc(1000, 200)
library.free(ctypes.c_void_p(early))
library.free(ctypes.c_void_p(second))
third = library.realloc(ctypes.c_void_p(first), 50000)
print([library.counting_peak(), library.counting_held()])
"""


def test_figures_beyond_their_limits_do_not_hold():
    assert bench_device.holds(GOOD)
    for name, bad in (("erases_per_press", 0.021), ("bytes_per_press", 65), ("peak_heap_tls", 98305)):
        assert not bench_device.holds(GOOD | {name: bad})
    assert not bench_device.holds(GOOD | {"drained_to_umqtt": 0.9})


def test_the_c_heap_is_counted_at_its_peak_and_only_what_was_taken_meanwhile(tmp_path):
    preloaded = os.environ | {"LD_PRELOAD": str(bench_device.counting(tmp_path)), "PYTHONMALLOC": "pymalloc"}
    done = subprocess.run([sys.executable, "-c", ALLOCATES], env=preloaded, capture_output=True, text=True, check=True)
    peak, held = json.loads(done.stdout)

    assert 300000 <= peak < 310000
    assert 50000 <= held < 60000


def test_a_box_with_too_little_memory_is_caught(tmp_path, monkeypatch):
    monkeypatch.setattr(bench_device, "HEAP_HERE_KIB", 60)

    with pytest.raises(SystemExit, match="memory"):
        bench_device.drained(tmp_path, secure=False)


def test_an_archive_that_is_not_the_pinned_one_is_not_unpacked(tmp_path):
    archive = tmp_path / "package.tgz"
    with tarfile.open(archive, "w:gz") as made:
        made.add(__file__, "package/module.py")
    pinned = hashlib.sha256(archive.read_bytes()).hexdigest()

    assert (words32.unpacked(archive, ("package", pinned)) / "module.py").exists()
    archive.write_bytes(archive.read_bytes() + b"more")
    with pytest.raises(SystemExit, match="package: not the archive that was pinned"):
        words32.unpacked(archive, ("package", pinned))
