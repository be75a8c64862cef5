"""Runs a few processes as one group: starts them in order, restarts what dies, stops all of them together."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from server.trial.unstartable import Unstartable

ROOT = Path(__file__).parents[2]  # where `python -m hymio` and the boxes find the code, installed or not

READY_TIMEOUT_S = 60.0  # a small machine that is busy takes a while
STOP_TIMEOUT_S = 5.0
FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 5.0
STEADY_AFTER_S = 10.0

# The kernel ends our processes with us, even when we are killed. A session of their own keeps Ctrl-C from reaching them
# before we have said good-bye in order.
WITH_US = ("setpriv", "--pdeathsig", "TERM", "--")


@contextmanager
def interrupted_by_signals() -> Iterator[None]:
    """Let SIGTERM end us as Ctrl-C does: in order. And SIGINT, which a shell lets its background jobs ignore."""
    numbers = (signal.SIGTERM, signal.SIGINT)
    before = [signal.signal(number, signal.default_int_handler) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


def environment() -> dict[str, str]:
    """Return our environment, with our own code first in the path and output that does not wait in a buffer."""
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    return os.environ | {"PYTHONPATH": path, "PYTHONUNBUFFERED": "1"}


class Child:
    """One process of a group: its command, its log file, and how to tell that it is ready for use."""

    def __init__(self, name: str, command: list[str], log: Path, ready: Callable[[], bool]) -> None:
        self.name = name
        self.command = command
        self.log = log
        self.ready = ready
        self.held = False
        self.process: subprocess.Popen[bytes] | None = None
        self.started_s = 0.0
        self.pause_s = FIRST_PAUSE_S
        self.due_s: float | None = None

    def start(self) -> None:
        """Start the process; what it prints goes to its log."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*WITH_US, *self.command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                env=environment(),
            )
        self.started_s = time.monotonic()
        self.due_s = None

    def running(self) -> bool:
        """Tell whether the process is there."""
        return self.process is not None and self.process.poll() is None

    def send(self, number: signal.Signals) -> None:
        """Send a signal, if there is still somebody to receive it."""
        if self.process is not None and self.running():
            self.process.send_signal(number)

    def end(self) -> None:
        """Ask the process to end, insist after a few seconds, and wait until it is gone."""
        self.send(signal.SIGTERM)
        if self.process is None:
            return
        try:
            self.process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def last_words(self) -> str:
        """Return the last line of the log: usually the reason for an end."""
        lines = self.log.read_text(errors="replace").split("\n") if self.log.exists() else []
        return next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")

    def next_pause_s(self) -> float:
        """Return how long to wait before the next start: longer each time, unless it ran well for a while."""
        steady = time.monotonic() - self.started_s > STEADY_AFTER_S
        pause_s = FIRST_PAUSE_S if steady else self.pause_s
        self.pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
        return pause_s


class Group:
    """Processes that belong together; `tend` has to be called a few times a second while the group is up."""

    def __init__(self, children: list[Child], say: Callable[[str], None]) -> None:
        self.children = {child.name: child for child in children}
        self.say = say

    def __enter__(self) -> Self:
        try:
            for child in self.children.values():
                child.start()
                self.await_ready(child)
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def await_ready(self, child: Child) -> None:
        """Wait until a process can be used; raise Unstartable with its last words when it ends or takes too long."""
        deadline_s = time.monotonic() + READY_TIMEOUT_S
        while not child.ready():
            if not child.running():
                raise Unstartable(f"The {child.name} ended while starting: {child.last_words()} (more in {child.log})")
            if time.monotonic() > deadline_s:
                raise Unstartable(f"The {child.name} is not ready after {READY_TIMEOUT_S:.0f} s; see {child.log}")
            time.sleep(0.02)

    def tend(self) -> None:
        """Start again what has died, each after its pause."""
        for child in self.children.values():
            if not child.held and not child.running():
                self.revive(child)

    def revive(self, child: Child) -> None:
        """Say that a process has died, or start it again when its pause is over."""
        if child.due_s is None:
            pause_s = child.next_pause_s()
            child.due_s = time.monotonic() + pause_s
            self.say(f"The {child.name} has ended; starting it again in {pause_s:.1f} s.")
        elif time.monotonic() >= child.due_s:
            child.start()

    def hold(self, name: str) -> None:
        """Stop one process and leave it stopped."""
        self.children[name].held = True
        self.children[name].end()

    def release(self, name: str) -> None:
        """Start a process that was held."""
        self.children[name].held = False
        self.children[name].start()

    def kill(self, name: str) -> None:
        """Kill one process without warning, as a crash would; `tend` starts it again."""
        self.children[name].send(signal.SIGKILL)

    def stop(self) -> None:
        """Stop everything, the last started first, so that nobody is left talking to nobody."""
        for child in reversed(self.children.values()):
            child.end()
