"""A box whose real tasks run in virtual time is cut off at its awaits: some here, all in `make simulate-faults`."""

import ast
import json
from pathlib import Path

import pytest

from tests.faults.simulation.__main__ import main
from tests.faults.simulation.living import DEVICE, PRESSES_MS, life
from tests.faults.simulation.wrong_devices import CountsInMemory, ThanksEarly

EVERY = 5
MODULES = ("app.py", "connection.py", "press_path.py")
# What a box on the mains that nobody switches off never waits for, and what this box has instead of sockets.
ELSEWHERE = {
    "self.hal.sleep(until_ms - self.clock.uptime_ms(), wake_buttons)",
    "self._sleep(due_ms, plan.wake_buttons)",
    "connection.connect(self.settings, self.clock.uptime_ms, ANSWER_S)",
    "before(timeout_s, opening, 'the broker cannot be reached')",
    "asyncio.wait_for(self._parted.wait(), PARTING_S)",
    "connected.stop()",
    "self.flush()",  # of `stop`
    "panel.next_edge(FEEDS_MS)",  # of a box that is out of service
}


@pytest.fixture(scope="module")
def whole():
    return life()


def test_a_box_that_keeps_its_power_delivers_everything(whole):
    assert str(whole.verdict) == "all well"
    assert whole.thanked == len(PRESSES_MS)


def test_a_power_cut_at_an_await_loses_and_doubles_nothing(whole):
    cut = range(1, whole.awaits + 1, EVERY)

    assert [(number, str(found)) for number in cut if not (found := life([number]).verdict).holds] == []


def test_a_second_cut_while_the_box_comes_back_loses_and_doubles_nothing(whole):
    cut = range(1, whole.awaits + 1, EVERY**2)

    assert [(number, str(found)) for number in cut if not (found := life([number, number + 9]).verdict).holds] == []


def test_every_await_of_a_box_on_the_mains_is_among_them(whole):
    found = {text for name in MODULES for line, text in awaits(name) if (name, line) not in whole.places}

    assert found == ELSEWHERE


def awaits(name):
    """Yield line and text of every await of a module of the device."""
    tree = ast.parse(Path(DEVICE, name).read_text(encoding="utf-8"))
    yield from ((node.lineno, ast.unparse(node.value)) for node in ast.walk(tree) if isinstance(node, ast.Await))


@pytest.mark.parametrize("wrong", [ThanksEarly, CountsInMemory])
def test_a_wrong_box_is_caught_at_some_await(whole, wrong):
    assert any(not life([number], wrong).verdict.holds for number in range(1, whole.awaits + 1, EVERY))


def test_a_cut_is_replayed_by_its_number(capsys):
    status = main(["--awaits", "17,40"])

    line = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert status == 0
    assert (line["lost"], line["doubled"], line["misattached"], line["stuck"]) == (0, 0, 0, 0)
