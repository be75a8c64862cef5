"""Many boxes in one process: `python -m device.fleet PLAN`, commands in, JSON lines out; `hymio simulate` starts it.

Each is the firmware as it is: app, press path, outbox, link, back-off and MQTT connection. Only these differ from a
board: flash is in memory and small, buttons are pressed by a call, lamps and watchdog are nobody's, and a timeout of
the link is noticed later, because a process that looks after 5,000 boxes five times a second does nothing else.
"""

import asyncio
import gc
import hashlib
import json
import os
import select
import sys
import time

from device import seldom
from device.app import App
from device.flash import MemoryFlash
from device.settings import DEFAULTS, Settings
from device.simulated_hal import SimulatedHal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TextIO

USAGE = "usage: python -m device.fleet PLAN"
MODEL, BUTTONS = "button-5", 5
LOOK_AGAIN_MS = 5000
LONG_AWAY = 20  # failures in a row, after which a box waits as long as it ever does
TICK_S = 0.05
TELLS_EVERY_MS = 1000


def nothing() -> None:
    """The machine that simulates is not short of memory, and collecting it takes a second with 5,000 boxes in it."""


class Chance:
    """Random numbers of one box: the same seed and name give the same ones, on both Pythons."""

    def __init__(self, seed: str) -> None:
        self._state = hashlib.sha256(seed.encode()).digest()

    def urandom(self, size: int) -> bytes:
        """Return up to 32 random bytes."""
        self._state = hashlib.sha256(self._state).digest()
        return self._state[-size:]

    def below(self, limit: int) -> int:
        """Return a number from 0 to below the limit."""
        return int.from_bytes(self.urandom(6), "big") % limit


def presses(mean: int, chance: Chance) -> int:
    """Return how many visitors a box has in a day: a quarter of the boxes has more than half of them."""
    return chance.below(1 + (mean << chance.below(4)) * 8 // 15)


class Board(SimulatedHal):
    """A board of which there are thousands: what it tells goes into the log that it shares."""

    sleeps = False
    _reset_cause = "power on"

    def __init__(self, device_id: str, log: "TextIO", chance: Chance) -> None:
        self.flash = MemoryFlash()  # type: ignore[assignment]  # the same calls
        self.is_answered = False
        self._device_id = device_id
        self._started_ns = time.time_ns()
        self._shared_log = log
        self._chance = chance
        self.said = {"thanked": 0, "refused": 0}

    def urandom(self, size: int) -> bytes:
        return self._chance.urandom(size)

    def report(self, event: str, fields: "dict[str, Any]") -> None:
        """Note what a visitor sees, and how the link fares; the rest nobody asks for."""
        if event == "link":
            self.is_answered = fields["state"] == "answered"
        elif event in self.said:
            self.said[event] += 1
        else:
            return
        told = fields | {"event": event, "device_id": self._device_id, "at_ms": time.time_ns() // 1000000}
        self._shared_log.write(json.dumps(told) + "\n")

    def light(self, _lamps: int, _service: bool, _hertz: int) -> None:
        """Nobody looks at the lamps of thousands of boxes."""


class Box:
    """One box and the visitors of its day."""

    def __init__(self, number: int, plan: "dict[str, Any]", log: "TextIO", app_class: "type[App]") -> None:
        device_id = "box-" + f"{number:06}"
        chance = Chance(str(plan["seed"]) + device_id)
        directory = plan["folder"] + "/" + device_id
        os.mkdir(directory)
        named = {"device_id": device_id, "model": MODEL, "host": "127.0.0.1", "port": plan["port"]}
        self.board = Board(device_id, log, chance)
        self.app = app_class(self.board, Settings(**(DEFAULTS | plan["settings"] | named)), directory)
        self.starts_ms = chance.below(1 + plan["starts_ms"])
        self.presses = presses(plan["presses"], chance)
        self._chance = chance

    async def live(self) -> None:
        """Switch the box on at its moment, and let it hold its connection."""
        await asyncio.sleep(self.starts_ms / 1000)
        await self.app.stay_connected()

    def moments(self, duration_ms: int) -> "list[int]":
        """Return when its visitors come."""
        return [self._chance.below(duration_ms) for _ in range(self.presses)]

    def press(self) -> None:
        """Let a visitor press a button."""
        self.app.press(1 + self._chance.below(BUTTONS))

    @property
    def waiting(self) -> int:
        """How many presses the bridge has not acknowledged."""
        return self.app.outbox.next_seq - 1 - self.app.outbox.acked_seq


class Fleet:
    """The boxes of this process."""

    def __init__(self, plan: "dict[str, Any]", log: "TextIO", app_class: "type[App]") -> None:
        numbers = range(plan["first"], plan["first"] + plan["count"])
        self._log = log
        self._boxes = [Box(number, plan, log, app_class) for number in numbers]
        self._visits: list[tuple[int, int]] = []  # when, and at which box; the next is the last
        self._began_ms = 0
        waits_ms = [box.app.wait_ms(LONG_AWAY) for box in self._boxes]
        self._longest_wait_ms = sum(waits_ms) // len(waits_ms)

    async def run(self) -> None:
        """Live until `quit` or the end of standard input."""
        tasks = [asyncio.create_task(box.live()) for box in self._boxes]
        stdin = select.poll()
        stdin.register(sys.stdin, select.POLLIN)
        told_ms = 0
        while True:
            if stdin.poll(0):
                words = sys.stdin.readline().split()
                if words[:1] == ["day"]:
                    self._begin_day(int(words[1]))
                else:
                    break
            self._receive_visitors()
            if now_ms() - told_ms >= TELLS_EVERY_MS:
                told_ms = now_ms()
                self._tell()
            await asyncio.sleep(TICK_S)
        for task in tasks:
            task.cancel()

    def _begin_day(self, duration_ms: int) -> None:
        for index, box in enumerate(self._boxes):
            self._visits += [(moment, index) for moment in box.moments(duration_ms)]
        self._visits.sort(reverse=True)
        self._began_ms = now_ms()

    def _receive_visitors(self) -> None:
        passed_ms = now_ms() - self._began_ms
        while self._visits and self._visits[-1][0] <= passed_ms:
            self._boxes[self._visits.pop()[1]].press()

    def _tell(self) -> None:
        """Print how the fleet is doing."""
        boxes = self._boxes
        waiting = [box.waiting for box in boxes]
        fields: dict[str, Any] = {
            "event": "fleet",
            "answered": sum([box.board.is_answered for box in boxes]),
            "ready": sum([box.app.surveys.current is not None for box in boxes]),
            "waiting": sum(waiting),
            "behind": sum([count > 0 for count in waiting]),
            "visitors_to_come": len(self._visits),
            "longest_wait_ms": self._longest_wait_ms,
        }
        for name in ("thanked", "refused"):
            fields[name] = sum([box.board.said[name] for box in boxes])
        self._log.flush()
        print(json.dumps(fields))


def now_ms() -> int:
    return time.time_ns() // 1000000


def main(arguments: "list[str]", app_class: "type[App]" = App) -> int:
    """Run the boxes of a plan, a JSON file; return the exit status."""
    if len(arguments) != 1:
        print(USAGE, file=sys.stderr)
        return 2
    with open(arguments[0]) as file:
        plan = json.loads(file.read())
    seldom.forget = nothing
    gc.disable()  # as above
    app_class.look_again_ms = LOOK_AGAIN_MS
    with open(plan["folder"] + "/log.jsonl", "a") as log:
        asyncio.run(Fleet(plan, log, app_class).run())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
