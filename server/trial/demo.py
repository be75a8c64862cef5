"""The demo: a county, a few boxes, visitors with moods, and faults on request; then the reckoning."""

import math
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from server.trial import chain, county, ports, reckoning
from server.trial.boxes import Box, interpreter
from server.trial.faults import Faults
from server.trial.processes import Group, interrupted_by_signals
from server.trial.visitors import Visitors

PATIENCE_S = 60.0
TICK_S = 0.05

# Boxes of a demo are impatient, so that a fault is over while people watch.
IMPATIENT = {"ack_timeout_ms": 3000, "retry_ms": 200, "longest_retry_ms": 1500}

Say = Callable[[str], None]


@dataclass(frozen=True)
class Plan:
    """What the demo is asked to do; `seconds` 0 means until Ctrl-C."""

    seconds: int = 60
    faults: bool = False
    brisk: bool = False
    data: Path | None = None
    http_port: int | None = None
    mqtt_port: int | None = None
    boxes: int = 4
    seed: int = 1


def run(plan: Plan, say: Say) -> reckoning.Reckoning:
    """Run the demo and return what came of it; Ctrl-C ends the pressing early, a second one everything."""
    with ExitStack() as stack:
        data = plan.data or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hymio-demo-")))
        trial = chain.Trial(data, plan.http_port or ports.free_port(), plan.mqtt_port or ports.free_port())
        chain.check(trial)
        interpreter()
        stack.enter_context(chain.locked(data))
        stack.enter_context(interrupted_by_signals())
        group = stack.enter_context(Group(chain.children(trial), say))
        say(f"The page is at {trial.page}")
        boxes = stack.enter_context(placed_boxes(trial, plan.boxes))
        faults = Faults(group, boxes, plan.seconds, say) if plan.faults else None
        press(plan, group, boxes, faults)
        say("No more presses; waiting until every box has got rid of what it holds.")
        drained = await_all(Box.drained, group, boxes)
        return reckoned(trial, drained, faults.done if faults else 0)


def home(trial: chain.Trial) -> Path:
    """Return the folder in which each box has one, by the name of its device_id."""
    return trial.data / "boxes"


@contextmanager
def placed_boxes(trial: chain.Trial, count: int) -> Iterator[list[Box]]:
    """Create the county and switch its first boxes on; afterwards they are switched off."""
    placed = county.boxes(count)
    county.create(trial.page, placed)
    boxes = [
        Box(home(trial) / box["device_id"], box["device_id"], box["model"], trial.mqtt_port, **IMPATIENT)
        for box in placed
    ]
    try:
        for box in boxes:
            box.start()
        yield boxes
    finally:
        for box in boxes:
            box.stop()


def press(plan: Plan, group: Group, boxes: list[Box], faults: Faults | None) -> None:
    """Let visitors press from when the boxes know what to ask until the time is over, or until Ctrl-C."""
    visitors = [Visitors(box.buttons, random.Random(plan.seed * 100 + n), plan.brisk) for n, box in enumerate(boxes)]
    try:
        await_all(Box.has_survey, group, boxes)
        began_s = time.monotonic()
        while (now_s := time.monotonic() - began_s) < (plan.seconds or math.inf):
            group.tend()
            if faults:
                faults.tend(now_s)
            for box, visitor in zip(boxes, visitors, strict=True):
                if button := visitor.button(now_s):
                    box.press(button)
            time.sleep(TICK_S)
    except KeyboardInterrupt:
        pass
    if faults:
        faults.end()


def await_all(done: Callable[[Box], bool], group: Group, boxes: list[Box]) -> bool:
    """Wait until something is true of every box, for a bounded time; tell whether it came true."""
    deadline_s = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline_s:
        group.tend()
        if all(map(done, boxes)):
            return True
        time.sleep(TICK_S)
    return False


def reckoned(trial: chain.Trial, drained: bool, faults: int) -> reckoning.Reckoning:
    """Return the reckoning of all boxes that ever pressed in this folder: their logs against the database."""
    said = reckoning.read_logs({log.parent.name: log for log in home(trial).glob("*/log.jsonl")})
    found = reckoning.reckon(said, reckoning.read_rows(trial.database), reckoning.read_journals(trial.database))
    found.drained, found.faults = drained, faults
    return found
