"""Power cuts while the pointer to the app slot changes, on the board's own file system."""

import json
import subprocess

from tests.device.cpython.boxes import MICROPYTHON, ROOT


def swept(*arguments):
    command = [MICROPYTHON, "-X", "heapsize=8M", "tests/device/cpython/loader_cuts.py", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def test_a_cut_leaves_the_old_pointer_or_the_new_one():
    found = swept()

    assert set(found["wrong"].values()) == {0}
    assert found["cuts"] >= 100
    assert found["ended_with"] == {"slot": "b", "is_proven": True, "tries": 0}


def test_a_pointer_written_in_place_is_found_wrong():
    assert sum(swept("careless")["wrong"].values()) > 0
