"""What staff and maintainers do to a real simulated box: hold, restart in a loop, save what it holds."""

import binascii
import subprocess

import pytest

from device import survey
from device.limits import DEFAULT_SCHEDULE, Limits
from device.protocol import canonical
from tests.device.cpython.boxes import MICROPYTHON, MOSQUITTO, ROOT, Box, until

pytestmark = pytest.mark.skipif(not MOSQUITTO, reason="needs mosquitto")


class CrashedBox(Box):
    """A box that believes that its watchdog has started it."""

    options = ("--watchdog",)


@pytest.fixture
def ended():
    """Boxes to be ended after the test."""
    boxes = []
    yield boxes
    for box in boxes:
        if box.process.poll() is None:
            box.kill()


def write_survey(folder):
    known = survey.Survey("reception@3", "smiley", 1, "fi", Limits(0, 0, 300, 120), DEFAULT_SCHEDULE)
    (folder / "survey.json").write_text(survey.encode(known, 5))


def test_a_box_that_crashes_again_and_again_counts_on_without_a_network_until_staff_hold(tmp_path, ended):
    write_survey(tmp_path)
    box = CrashedBox(tmp_path, 1)  # nobody listens there: nothing ever answers
    ended.append(box)
    for _ in range(5):
        until(lambda: box.newest("link"), "a try")
        box.kill()
        box.start()
    box.state()
    box.press(3)
    tried = box.newest("link")
    alarms = box.state()["alarms"]
    box.order("hold 600")
    until(lambda: box.newest("link"), "a try after the hold")

    assert not tried
    assert alarms == ["safe_mode"]
    assert box.logged("thanked")[0]["content"]["answers"] == {"smiley": 3}


def test_pulling_the_plug_again_and_again_is_no_safe_mode(tmp_path, ended):
    write_survey(tmp_path)
    box = Box(tmp_path, 1)
    ended.append(box)
    for _ in range(7):
        until(lambda: box.newest("link"), "a try")
        box.kill()
        box.start()

    until(lambda: box.newest("link"), "a try")


def test_presses_while_somebody_cleans_arrive_with_their_label(tmp_path, broker, bridge, ended):
    write_survey(tmp_path)
    box = Box(tmp_path, broker.port)
    ended.append(box)
    box.press(2)
    box.order("hold 600")
    until(lambda: len(box.logged("thanked")) == 3, "the hold's first press, taken back")
    box.press(4)
    until(lambda: len(bridge.stored) == 4, "the records")
    records = [record for _, record in sorted(bridge.stored.items())]

    assert [record.get("undoes") for record in records] == [None, None, 2, None]
    assert [record.get("flags") for record in records] == [None, None, None, ["cleaning"]]


def test_what_a_box_holds_can_be_saved_over_its_serial_line(tmp_path, ended):
    write_survey(tmp_path)
    box = Box(tmp_path, 1)
    ended.append(box)
    for button in (1, 2, 3):
        box.press(button)
    box.order("export")
    until(lambda: [line for line in box.events if "records" in line], "the end of the export")
    saved = [line for line in box.events if "record" in line]
    contents = [thanked["content"] | {"seq": thanked["seq"]} for thanked in box.logged("thanked")]

    assert [line["record"] for line in saved] == contents
    for line in saved:
        crc = line.pop("crc")
        assert crc == binascii.crc32(canonical.dumps(line).encode())


def test_a_box_on_batteries_says_goodbye_and_sleeps_between_connections(tmp_path, broker, bridge, ended):
    class BatteryBox(Box):
        options = ("--battery",)

    write_survey(tmp_path)
    box = BatteryBox(tmp_path, broker.port)
    ended.append(box)
    until(lambda: bridge.said and bridge.said[-1][0] == "up/bye", "the goodbye")
    box.press(2)

    assert bridge.said[-1][1]["reason"] == "sleep"


def test_an_option_that_is_none_is_told_in_one_line(tmp_path):
    command = [MICROPYTHON, "-m", "device.simulator", "--dir", str(tmp_path), "--solar"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 2
    assert done.stderr.startswith("usage: ")
