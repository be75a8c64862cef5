"""Every press that was thanked for is stored exactly once, whichever process dies; the wrong designs are caught."""

import sys
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Bench

DYING = Path(__file__).parents[1] / "faults" / "dying_bridge.py"


def let_bridge_die(bench, stage: str) -> None:
    """Replace the bridge by one that is killed once, at that stage of its first batch of responses."""
    bench.group.hold("bridge")
    bridge = bench.group.children["bridge"]
    options = bridge.command[bridge.command.index("--data") :]
    bridge.command = [sys.executable, str(DYING), stage, "1", str(marker(bench)), *options]
    bench.group.release("bridge")


def marker(bench) -> Path:
    return bench.data / "crashed"


def test_without_a_fault_every_press_arrives(bench):
    box = bench.box()
    bench.press(box, 1, 2, 3, 4, 5)

    reckoned = bench.reckon()

    assert reckoned.holds()
    assert (reckoned.pressed, reckoned.acknowledged, reckoned.stored) == (5, 5, 5)


def test_nothing_is_lost_while_the_broker_is_stopped(bench):
    box = bench.box()
    bench.press(box, 1, 2, 3)
    bench.group.hold("broker")
    bench.press(box, 4, 5, 4, 5)
    bench.group.release("broker")
    bench.press(box, 1)

    reckoned = bench.reckon()

    assert reckoned.holds()
    assert (reckoned.acknowledged, reckoned.stored, reckoned.gaps) == (8, 8, 0)


def test_nothing_is_lost_while_the_report_server_is_down(tmp_path):
    with Bench(tmp_path / "bench", with_server=True) as bench:
        box = bench.box()
        bench.press(box, 1, 2)
        bench.group.hold("server")
        bench.press(box, 3, 4, 5)

        reckoned = bench.reckon()

    assert reckoned.holds()
    assert reckoned.stored == 5


def test_nothing_is_lost_when_the_broker_is_killed(bench):
    box = bench.box()
    for _ in range(3):
        box.press(5)
        box.press(4)
        bench.group.kill("broker")
        bench.press(box, 3, 2)

    reckoned = bench.reckon()

    assert reckoned.holds()
    assert reckoned.stored == 12


@pytest.mark.parametrize(
    ("stage", "delivered_twice"), [("committing", False), ("committed", True), ("acknowledged", False)]
)
def test_nothing_is_lost_when_the_bridge_is_killed(bench, stage, delivered_twice):
    box = bench.box()
    let_bridge_die(bench, stage)
    bench.press(box, 1, 2)
    bench.wait_until(marker(bench).exists)
    bench.press(box, 3, 4, 5)

    reckoned = bench.reckon()

    assert reckoned.holds()
    assert reckoned.stored == 5
    assert reckoned.duplicates >= delivered_twice


def test_nothing_is_lost_when_a_box_loses_its_power(bench):
    box = bench.box()
    for _ in range(3):
        bench.press(box, 5, 4)
        box.press(3)  # nobody waits for this one: it may be thanked for, stored, both or neither
        box.kill()
        box.start()
        bench.press(box, 2)

    reckoned = bench.reckon()

    assert reckoned.holds()
    assert reckoned.acknowledged >= 9


def test_nothing_is_lost_when_everything_is_killed_at_once(bench):
    boxes = [bench.box("box-1"), bench.box("box-2")]
    for box in boxes:
        bench.press(box, 1, 2, 3)
    bench.group.kill("bridge")
    bench.group.kill("broker")
    for box in boxes:
        box.press(4)
        box.kill()
        box.start()
        bench.press(box, 5)

    reckoned = bench.reckon()

    assert reckoned.holds()
    assert reckoned.devices == 2


RIGHT = ("device.simulator",)
TRUSTS_PUBACK = ("tests.device.wrong_device", "--wrong", "trust-puback")
THANKS_EARLY = ("tests.device.wrong_device", "--wrong", "thank-early")


@pytest.mark.parametrize(("firmware", "lost"), [(RIGHT, 0), (TRUSTS_PUBACK, 4)])
def test_a_box_that_trusts_the_broker_is_caught(bench, firmware, lost):
    box = bench.box("box-1", *firmware)
    bench.press(box, 5)
    bench.wait_until(box.drained)
    bench.group.hold("bridge")
    bench.press(box, 1, 2, 3, 4)
    if lost:
        bench.wait_until(box.drained)
    bench.group.kill("broker")
    bench.wait_until(lambda: len(bench.said) == 1)
    bench.group.release("bridge")

    reckoned = bench.reckon()

    assert len(reckoned.lost) == lost
    assert reckoned.holds() == (not lost)


@pytest.mark.parametrize(("firmware", "lost"), [(RIGHT, 0), (THANKS_EARLY, 3)])
def test_a_box_that_thanks_before_it_writes_is_caught(bench, firmware, lost):
    box = bench.box("box-1", *firmware)
    bench.group.hold("broker")
    bench.press(box, 1, 2, 3)
    box.kill()
    box.start()
    bench.group.release("broker")

    reckoned = bench.reckon()

    assert len(reckoned.lost) == lost
    assert reckoned.holds() == (not lost)


def test_a_bridge_that_acknowledges_before_it_commits_is_caught(bench):
    box = bench.box()
    let_bridge_die(bench, "hasty")
    bench.press(box, 1, 2, 3)
    bench.wait_until(marker(bench).exists)

    reckoned = bench.reckon()

    assert len(reckoned.lost) >= 1
    assert not reckoned.holds()
