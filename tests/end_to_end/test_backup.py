"""A backup, an hour of presses lost with the database, a restore: the boxes bring the hour back."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from server.trial import reckoning
from tests.end_to_end.conftest import Bench

BEFORE, AFTER = (1, 2, 3, 4, 5), (5, 4, 3, 2, 1, 5, 4)


def command(*words: object) -> dict[str, object]:
    """Run a verb of the command as an operator would; return its figures."""
    done = subprocess.run(
        [sys.executable, "-m", "hymio", *map(str, words), "--json"], check=True, stdout=subprocess.PIPE
    )
    return json.loads(done.stdout)


class Operator:
    """Backs up, loses and restores the database of a bench."""

    def __init__(self, bench: Bench, fresh_database: str) -> None:
        self.bench = bench
        self.fresh_database = fresh_database
        self.copy = bench.data / "backup"

    @property
    def where(self) -> tuple[object, ...]:
        return ("--data", self.bench.data, "--database", self.bench.trial.database)

    def back_up(self) -> None:
        assert command("backup", self.copy, *self.where)["bytes"] > 0

    def lose_and_restore(self) -> int:
        """Put the copy into another database, and let the bridge go on with that."""
        self.bench.group.hold("bridge")
        bridge = self.bench.group.children["bridge"]
        bridge.command[-1] = self.fresh_database
        self.bench.trial = replace(self.bench.trial, database_url=self.fresh_database)
        asked = command("restore", self.copy, *self.where)["journals"]
        self.bench.group.release("bridge")
        return asked


@pytest.fixture
def operator(database, tmp_path, request):
    with Bench(tmp_path / "bench", database=database) as bench:
        if not database.startswith("postgresql"):
            yield Operator(bench, str(tmp_path / "restored.db"))
            return
        with request.getfixturevalue("postgresql").database("template0") as fresh:
            yield Operator(bench, fresh)
            bench.group.hold("bridge")


def stored(bench: Bench) -> int:
    return len(bench.rows())


def reckoned(bench: Bench) -> reckoning.Reckoning:
    bench.wait_until(lambda: all(box.drained() for box in bench.boxes))
    said = reckoning.read_logs({box.device_id: box.log for box in bench.boxes})
    return reckoning.reckon(said, bench.rows(), reckoning.read_journals(bench.trial.database))


def test_a_box_that_stays_connected_is_asked_for_the_lost_hour(operator):
    bench = operator.bench
    box = bench.box()
    bench.press(box, *BEFORE)
    bench.wait_until(box.drained)
    operator.back_up()
    bench.press(box, *AFTER)
    bench.wait_until(box.drained)

    asked = operator.lose_and_restore()
    bench.wait_until(lambda: stored(bench) == len(BEFORE + AFTER))

    assert asked == 1
    assert reckoned(bench).holds()
    assert (reckoned(bench).stored, reckoned(bench).gaps) == (len(BEFORE + AFTER), 0)


def test_a_box_of_which_the_backup_knows_nothing_is_asked_when_it_says_hello(operator):
    bench = operator.bench
    bench.register("box-1")
    operator.back_up()
    box = bench.switch_on("box-1")
    bench.press(box, *AFTER)
    bench.wait_until(box.drained)

    asked = operator.lose_and_restore()
    bench.group.hold("broker")
    bench.group.release("broker")
    bench.wait_until(lambda: stored(bench) == len(AFTER))

    assert asked == 0
    assert reckoned(bench).holds()
    assert (reckoned(bench).stored, reckoned(bench).gaps) == (len(AFTER), 0)


def test_a_restore_that_asks_nobody_would_be_seen(operator):
    bench = operator.bench
    box = bench.box()
    bench.press(box, *BEFORE)
    bench.wait_until(box.drained)
    operator.back_up()
    bench.press(box, *AFTER)
    bench.wait_until(box.drained)
    box.stop()

    operator.lose_and_restore()

    said = reckoning.read_logs({box.device_id: Path(box.log)})
    found = reckoning.reckon(said, bench.rows(), reckoning.read_journals(bench.trial.database))
    assert not found.holds()
    assert len(found.lost) == len(AFTER)
