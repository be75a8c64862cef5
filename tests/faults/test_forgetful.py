"""The power of the machine is cut under real processes: what was acknowledged had been synced."""

import os

import pytest

from tests.faults import kills
from tests.faults.checker import Account
from tests.faults.forgetful import machine


@pytest.fixture(autouse=True)
def _possible(tmp_path_factory):
    try:
        with machine(tmp_path_factory.mktemp("tried")):
            pass
    except OSError as trouble:
        pytest.skip(str(trouble))


def test_the_file_system_forgets_what_was_not_synced_and_keeps_what_was(tmp_path):
    with machine(tmp_path) as cut_off:
        for name, synced in (("kept", True), ("forgotten", False)):
            with (cut_off.mount / name).open("wb") as file:
                file.write(name.encode())
                file.flush()
                if synced:
                    os.fsync(file.fileno())
        before = sorted(path.name for path in cut_off.mount.iterdir())
        cut_off.cut_power()
        cut_off.start()
        after = {path.name: path.read_bytes() for path in cut_off.mount.iterdir()}

    assert before == ["forgotten", "kept"]
    assert after == {"kept": b"kept"}


def test_a_machine_without_power_has_all_that_it_acknowledged(tmp_path):
    stages = ["committing", "committed", "acknowledged", kills.ANY_MOMENT]

    toll = kills.machines(tmp_path, stages, count=3, presses=50)

    assert toll == kills.Toll(4, 600, Account(lost=0, doubled=0))


def test_commits_that_wait_for_no_disk_are_caught(tmp_path):
    toll = kills.machines(tmp_path, ["unsynced"], count=3, presses=50)

    assert toll.account.lost > 0
