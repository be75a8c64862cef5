"""The demo as a person starts it: it ends by itself or by Ctrl-C, and always with a reckoning that holds."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.end_to_end.wire import wait_for


def demo(repository: Path, *words: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "hymio", "demo", "--json", *map(str, words)],
        cwd=repository,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_the_demo_loses_nothing_to_its_faults(repository):
    out, err = demo(repository, "--seconds", 12, "--faults").communicate(timeout=120)

    figures = json.loads(out.splitlines()[-1])
    assert (figures["lost"], figures["doubled"], figures["unpressed"], figures["drained"]) == (0, 0, 0, True), err
    assert figures["acknowledged"] >= 16
    assert figures["devices"] >= 3
    assert figures["service_classes"] >= 3
    assert figures["faults"] == 4
    assert err.startswith("The page is at http://127.0.0.1:")
    for fault in ("broker is stopped", "bridge is killed", "power of box", "broker is killed"):
        assert fault in err


def test_ctrl_c_ends_the_demo_with_its_reckoning(repository, tmp_path):
    process = demo(repository, "--seconds", 0, "--data", tmp_path)
    logs = tmp_path / "boxes"
    wait_for(lambda: any("thanked" in log.read_text() for log in logs.glob("*/log.jsonl")))
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=120)

    assert process.returncode == 0
    assert json.loads(out.splitlines()[-1])["acknowledged"] >= 1


def test_a_folder_can_be_used_again(repository, tmp_path):
    words = ("--seconds", 2, "--data", tmp_path, "--boxes")
    first, second = (json.loads(demo(repository, *words, boxes).communicate(timeout=120)[0]) for boxes in (5, 3))

    assert second["lost"] == second["doubled"] == 0
    assert second["acknowledged"] > first["acknowledged"]


def test_a_demo_that_is_killed_leaves_no_process_behind(repository, tmp_path):
    process = demo(repository, "--seconds", 0, "--data", tmp_path)
    wait_for(lambda: len(list((tmp_path / "boxes").glob("*/log.jsonl"))) == 4)
    started = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()

    assert len(started) == 7
    wait_for(lambda: not any(Path(f"/proc/{pid}/cmdline").exists() and running(pid) for pid in started))


def running(pid: str) -> bool:
    """Tell whether a process is more than a name that nobody has collected yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_ctrl_c_ends_a_demo_that_a_script_started_in_the_background(repository, tmp_path):
    words = [sys.executable, "-m", "hymio", "demo", "--json", "--seconds", "0", "--data", str(tmp_path)]
    shell = ["sh", "-c", 'trap "" INT; exec "$@"', "sh", *words]  # as a shell does for what it puts behind it
    process = subprocess.Popen(shell, cwd=repository, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    logs = tmp_path / "boxes"
    wait_for(lambda: any("thanked" in log.read_text() for log in logs.glob("*/log.jsonl")))
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=120)

    assert (process.returncode, json.loads(out.splitlines()[-1])["lost"]) == (0, 0)
