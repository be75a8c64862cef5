"""A group of real processes: started in order, restarted when they die, gone when their parent is gone."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from server.trial.processes import ROOT, Child, Group
from server.trial.unstartable import Unstartable

SLEEPER = "import pathlib, sys, time; pathlib.Path(sys.argv[1]).touch(); time.sleep(600)"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + SLEEPER


def child(tmp_path: Path, source: str = SLEEPER, name: str = "sleeper") -> Child:
    ready = tmp_path / f"{name}.ready"
    return Child(name, [sys.executable, "-c", source, str(ready)], tmp_path / f"{name}.log", ready.exists)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_until(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def tend_until(group: Group, condition: Callable[[], bool]) -> None:
    def tended() -> bool:
        group.tend()
        return condition()

    wait_until(tended)


def test_a_group_starts_and_stops_its_processes(tmp_path):
    first, second = child(tmp_path, name="first"), child(tmp_path, name="second")

    with Group([first, second], print):
        pids = [first.process.pid, second.process.pid]
        running = [alive(pid) for pid in pids]

    assert running == [True, True]
    assert [alive(pid) for pid in pids] == [False, False]


def test_a_killed_process_is_started_again_and_that_is_said(tmp_path):
    said = []
    one = child(tmp_path)
    with Group([one], said.append) as group:
        before = one.process.pid
        group.kill("sleeper")
        tend_until(group, lambda: one.running() and one.process.pid != before)

    assert said == ["The sleeper has ended; starting it again in 0.2 s."]


def test_the_pause_grows_while_a_process_keeps_dying(tmp_path):
    said = []
    one = child(tmp_path)
    with Group([one], said.append) as group:
        one.command = [sys.executable, "-c", "raise SystemExit(1)"]
        group.kill("sleeper")
        tend_until(group, lambda: len(said) == 3)

    assert [line.split()[-2] for line in said] == ["0.2", "0.4", "0.8"]


def test_the_pause_is_short_again_after_a_steady_time(tmp_path):
    one = child(tmp_path)
    one.pause_s, one.started_s = 5.0, time.monotonic() - 11

    assert one.next_pause_s() == 0.2


def test_the_pause_has_an_upper_limit(tmp_path):
    one = child(tmp_path)
    one.started_s = time.monotonic()

    assert [one.next_pause_s() for _ in range(7)] == [0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0]


def test_a_held_process_stays_away_until_it_is_released(tmp_path):
    one = child(tmp_path)
    with Group([one], print) as group:
        group.hold("sleeper")
        group.tend()
        group.tend()
        held = one.running()
        group.release("sleeper")
        released = one.running()

    assert (held, released) == (False, True)


def test_a_process_that_does_not_listen_is_killed(tmp_path, monkeypatch):
    monkeypatch.setattr("server.trial.processes.STOP_TIMEOUT_S", 0.2)
    one = child(tmp_path, STUBBORN)
    with Group([one], print):
        pass

    assert one.process.returncode == -signal.SIGKILL


def test_a_process_that_cannot_start_is_explained_by_its_last_words(tmp_path):
    good, bad = child(tmp_path, name="good"), child(tmp_path, "raise SystemExit('No ink.')", "printer")

    with pytest.raises(Unstartable, match=r"^The printer ended while starting: No ink\. \(more in .*printer\.log\)$"):
        Group([good, bad], print).__enter__()

    assert not good.running()


def test_a_process_that_is_never_ready_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr("server.trial.processes.READY_TIMEOUT_S", 0.1)

    with pytest.raises(Unstartable, match="The mute is not ready after 0 s"):
        Group([child(tmp_path, "import time; time.sleep(600)", "mute")], print).__enter__()


def test_processes_do_not_outlive_a_killed_parent(tmp_path):
    source = f"""
import sys, time
from pathlib import Path
sys.path.insert(0, {str(ROOT)!r})
from server.trial.processes import Child, Group
ready = Path({str(tmp_path / "ready")!r})
one = Child("one", [sys.executable, "-c", {SLEEPER!r}, str(ready)], Path({str(tmp_path / "log")!r}), ready.exists)
with Group([one], print):
    print(one.process.pid, flush=True)
    time.sleep(600)
"""
    with subprocess.Popen([sys.executable, "-c", source], stdout=subprocess.PIPE, text=True) as parent:
        pid = int(parent.stdout.readline())
        os.kill(parent.pid, signal.SIGKILL)

    wait_until(lambda: not alive(pid))
