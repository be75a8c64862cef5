"""The processes in which boxes live: each holds a share of the fleet, is told what to do, and says how it fares."""

import json
import subprocess
import sys
import threading
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import Any

from server.trial.processes import ROOT, STOP_TIMEOUT_S, WITH_US, environment

FLEET = ("-m", "device.fleet")
SUMMED = ("answered", "ready", "waiting", "behind", "visitors_to_come", "thanked", "refused")


class Host:
    """One process with a share of the boxes; `said` is its last word on them."""

    def __init__(self, folder: Path, plan: dict[str, Any], program: tuple[str, ...]) -> None:
        folder.mkdir(parents=True)
        (folder / "plan.json").write_text(json.dumps(plan | {"folder": str(folder)}), encoding="utf-8")
        self.log = folder / "log.jsonl"
        self.errors = folder / "stderr.log"
        self.said: dict[str, int] = {}
        with self.errors.open("ab") as errors:
            self.process = subprocess.Popen(
                [*WITH_US, sys.executable, *program, str(folder / "plan.json")],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                bufsize=1,
                start_new_session=True,
                env=environment(),
            )
        self.listener = threading.Thread(target=self.listen, daemon=True)
        self.listener.start()

    def listen(self) -> None:
        """Keep the last word until there is no more."""
        for line in self.process.stdout or ():
            self.said = json.loads(line)

    def write(self, line: str) -> None:
        """Give the process a line; one that has ended does not notice."""
        if self.process.stdin and not self.process.stdin.closed:
            with suppress(OSError):
                self.process.stdin.write(line + "\n")

    def end(self) -> None:
        """Switch its boxes off, unless they are, which closes its log."""
        self.write("quit")
        try:
            self.process.wait(4 * STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.listener.join()
        for pipe in filter(None, (self.process.stdin, self.process.stdout)):
            with suppress(OSError):
                pipe.close()


class Hosts:
    """All of them together."""

    def __init__(
        self, folder: Path, plan: dict[str, Any], devices: int, processes: int, program: tuple[str, ...]
    ) -> None:
        firsts = [devices * number // processes for number in range(processes + 1)]
        shares = [(first, end - first) for first, end in pairwise(firsts) if end > first]
        self.hosts = [
            Host(folder / f"host-{number}", plan | {"first": first, "count": count}, program)
            for number, (first, count) in enumerate(shares)
        ]

    @property
    def said(self) -> dict[str, int]:
        """Return the last words added up; nothing before each has spoken."""
        words = [host.said for host in self.hosts]
        return {name: sum(said[name] for said in words) for name in SUMMED} if all(words) else {}

    @property
    def longest_wait_ms(self) -> float:
        """Return how long a box waits on average between two attempts when the broker has long been away."""
        return sum(host.said["longest_wait_ms"] for host in self.hosts) / len(self.hosts)

    def died(self) -> str:
        """Return what a process last said that ended by itself, or nothing."""
        ended = [host for host in self.hosts if host.process.poll() is not None]
        if not ended:
            return ""
        lines = ended[0].errors.read_text(errors="replace").splitlines()
        return f"status {ended[0].process.returncode}, {lines[-1] if lines else 'it said nothing'}"

    def write(self, line: str) -> None:
        """Give each of them a line."""
        for host in self.hosts:
            host.write(line)

    def end(self) -> None:
        """Switch all boxes off."""
        for host in self.hosts:
            host.end()

    @property
    def logs(self) -> list[Path]:
        """What visitors saw, and how links fared, a file for each process."""
        return [host.log for host in self.hosts]
