"""A kiosk's day with its outbox, which can end at any step on the disk; and what has to be there afterwards.

`python -m tests.kiosk_app.crash FOLDER DESIGN EVERY` with steps.c preloaded goes through all steps, each in a process
forked for it, and prints what it found.
"""

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kiosk_app import outbox as module
from kiosk_app import surveys
from kiosk_app.envelope import Envelope
from kiosk_app.outbox import Outbox
from kiosk_app.survey import Limits
from kiosk_app.surveys import Surveys
from tests.kiosk_app.parts import settings
from tests.kiosk_app.steps import Steps

NOW_AT = 1_795_325_000
LATER_AT = NOW_AT + module.REPLAY_S + module.MARK_EVERY_S
RESPONSES = 12

Thank = Callable[[str], None]


def content(number: int) -> dict[str, Any]:
    said = {"survey": "reception@3", "language": "fi", "answers": {"text": f"response {number} " + "x" * 900}}
    return {"boot": 1, "uptime_s": number, "at": None} | said


class RightOutbox(Outbox):
    """The kiosk's own, with a line to who keeps the account."""

    keep_survey = staticmethod(surveys.write)

    def give(self, number: int, thank: Thank) -> None:
        """Store a response, and then thank."""
        thank(json.dumps(self.put(content(number))))


class ThanksFirst(RightOutbox):
    """Thanks, and then stores."""

    def give(self, number: int, thank: Thank) -> None:
        thank(json.dumps({"seq": self.next_seq} | content(number)))
        self.put(content(number))


class SyncsSometimes(RightOutbox):
    """Leaves it to the system when the log reaches the disk."""

    def _open(self) -> None:
        super()._open()
        if self._connection:
            self._connection.execute("PRAGMA synchronous = NORMAL")


class ForgetsAtOnce(RightOutbox):
    """Removes what is acknowledged, though a server restored from a backup may ask for it."""

    def acknowledge(self, seq: int) -> None:
        super().acknowledge(seq)
        if self._connection:
            self._connection.execute("DELETE FROM records WHERE seq <= ?", (seq,))


def left_to_the_system(path: Path, content: bytes) -> None:
    fresh = path.with_name(path.name + ".new")
    fresh.write_bytes(content)
    fresh.replace(path)


class KeepsNoSurvey(RightOutbox):
    """Leaves it to the system when a new survey reaches the disk."""

    keep_survey = staticmethod(left_to_the_system)


DESIGNS: Mapping[str, type[RightOutbox]] = {
    design.__name__: design for design in (RightOutbox, ThanksFirst, SyncsSometimes, ForgetsAtOnce, KeepsNoSurvey)
}


def day(folder: Path, design: type[RightOutbox], thank: Thank) -> None:
    """Live through everything that writes: creation, responses, acknowledgements, a start, the end of a window."""
    surveys.write = design.keep_survey  # this process is forked for this one day
    kiosk = design(folder, Envelope())
    for number in range(RESPONSES // 2):
        kiosk.give(number, thank)
    take(folder, 1, thank)
    take(folder, 2, thank)
    kiosk.acknowledge(2)
    kiosk.tidy(NOW_AT)
    kiosk.close()
    kiosk = design(folder, Envelope())
    thank(json.dumps({"gone": 2}))  # from here on the window may end
    kiosk.acknowledge(4)
    kiosk.tidy(LATER_AT)
    for number in range(RESPONSES // 2, RESPONSES):
        kiosk.give(number, thank)
    kiosk.close()


def take(folder: Path, number: int, thank: Thank) -> None:
    """Take another version of the survey, and say so to the bridge."""
    kept = Surveys(folder, Limits())
    kept.offer(json.dumps(settings(version=f"reception@{number}") | {"v": 1}).encode())
    kept.take()
    thank(json.dumps({"survey": number}))


def wrong(folder: Path, thanked: list[dict[str, Any]]) -> list[str]:
    """Return what the next start lacks of what visitors were thanked for, or has too much."""
    gone_seq = max((line["gone"] for line in thanked if "gone" in line), default=0)
    responses = {line["seq"]: line for line in thanked if "seq" in line}
    outbox = Outbox(folder, Envelope())
    found = [outbox.trouble()] if outbox.trouble() else []
    held = {record["seq"]: record for record in outbox.peek_from(1, 1_000)} if not found else {}
    kept = {seq: record for seq, record in responses.items() if seq > gone_seq}
    found += [f"lost {seq}" for seq, record in kept.items() if held.get(seq) != record]
    if len(held.keys() - responses.keys()) > 1:
        found.append("more than one response that nobody was thanked for")
    told = max((line["survey"] for line in thanked if "survey" in line if isinstance(line["survey"], int)), default=0)
    asked = int(Surveys(folder, Limits()).version.partition("@")[2] or 0)
    found += [f"survey {asked} after {told}"] if asked not in (told, told + 1) else []
    if not found:
        seq = outbox.put(content(99))["seq"]
        found += [f"{seq} given twice"] if seq in responses else []
    outbox.close()
    return found


# Ends of a process


@contextmanager
def account(path: Path):
    """Give a function that writes lines which outlive the process."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    try:
        yield lambda line: os.write(descriptor, line.encode() + b"\n")
    finally:
        os.close(descriptor)


class Death:
    """One way to end: at a step, before it or half-way through it, by a kill or by a power cut."""

    def __init__(self, folder: Path, step: int, half_way: bool) -> None:
        self.step, self.half_way = step, half_way
        self.place = folder / f"{step}-{half_way}"
        self.seen, self.disk, self.told = self.place / "seen", self.place / "disk", self.place / "told"
        for made in (self.seen, self.disk):
            made.mkdir(parents=True)

    def happens(self, design: type[RightOutbox]) -> bool:
        """Let a forked process live the day and die in it; tell whether it died."""
        process = os.fork()
        if not process:
            Steps().sync_to(self.disk)
            Steps().watch(self.seen, self.step, self.half_way)
            with account(self.told) as thank:
                day(self.seen, design, thank)
            os._exit(0)
        _, status = os.waitpid(process, 0)
        return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL

    def complaints(self) -> list[str]:
        """Return what is wrong after a kill, with all that was written, and after a cut, with what was synchronised."""
        thanked = read(self.told)
        found = [f"killed: {what}" for what in wrong(self.seen, thanked)]
        found += [f"cut: {what}" for what in wrong(self.disk, thanked)]
        shutil.rmtree(self.place)
        return [f"step {self.step}{' half-way' * self.half_way}, {what}" for what in found]


def read(told: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in told.read_text().splitlines()] if told.exists() else []


def sweep(folder: Path, design: type[RightOutbox], every: int) -> dict[str, Any]:
    """Die at each step and look; return how often, and what was wrong."""
    deaths, found, step, died = 0, [], 1, True
    while died:
        both = [Death(folder, step, half_way) for half_way in (False, True)]
        happened = [death.happens(design) for death in both]
        found += [what for death in both for what in death.complaints()]
        died, deaths, step = any(happened), deaths + sum(happened), step + every
    return {"deaths": deaths, "wrong": found[:10]}


if __name__ == "__main__":
    where, name, each = sys.argv[1:]
    print(json.dumps(sweep(Path(where), DESIGNS[name], int(each))))
