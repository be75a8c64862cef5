"""MQTT may deliver twice and, over reconnects, in another order; neither changes what is counted."""

import json
import random

import pytest

from server.trial import reckoning
from tests.end_to_end import wire
from tests.end_to_end.conftest import Bench

PRESSES = 12


@pytest.fixture
def journal(bench) -> tuple[list[wire.Message], reckoning.Said]:
    """What a real box sent, one batch a press, and what its log says of it."""
    box = bench.box()
    with wire.overheard(bench.data, bench.trial.mqtt_port, box.device_id) as heard:
        for press in range(PRESSES):
            bench.press(box, 1 + press % 5)
            bench.wait_until(box.drained)
        bench.wait_until(lambda: seqs(heard) == set(range(1, PRESSES + 1)))
    return list(heard), reckoning.read_logs({box.device_id: box.log})


def seqs(messages: list[wire.Message]) -> set[int]:
    return {record["seq"] for _, payload in messages for record in json.loads(payload).get("responses", [])}


def journal_row(bench) -> dict:
    rows = reckoning.read_journals(bench.trial.database)
    return rows[0] if rows else {"acknowledged_seq": 0, "duplicates": 0}


def reckoned(bench, said: reckoning.Said) -> reckoning.Reckoning:
    return reckoning.reckon(said, bench.rows(), reckoning.read_journals(bench.trial.database))


@pytest.fixture
def fresh(tmp_path, bench):
    """A second chain, whose database has heard nothing of the box yet."""
    with Bench(tmp_path / "fresh") as fresh:
        fresh.register("box-1")
        yield fresh


def test_what_is_delivered_again_is_counted_once(bench, journal):
    messages, said = journal

    wire.say("box-1", bench.trial.mqtt_port, messages * 3)
    bench.wait_until(lambda: journal_row(bench)["duplicates"] >= 3 * PRESSES)

    assert reckoned(bench, said).holds()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_is_delivered_in_any_order_is_counted_once(fresh, journal, seed):
    messages, said = journal
    shuffled = messages * 2
    random.Random(seed).shuffle(shuffled)

    wire.say("box-1", fresh.trial.mqtt_port, shuffled)
    fresh.wait_until(lambda: journal_row(fresh)["acknowledged_seq"] == PRESSES)
    fresh.wait_until(lambda: journal_row(fresh)["duplicates"] >= PRESSES)

    assert reckoned(fresh, said).holds()


def test_what_overtakes_leaves_a_gap_until_the_rest_comes(fresh, journal):
    messages, said = journal
    late = [each for each in messages if min(seqs([each]), default=0) > PRESSES // 2]
    early = [each for each in messages if each not in late]  # what was said twice, too: a busy bridge answers late
    first_late = min(seqs(late))

    wire.say("box-1", fresh.trial.mqtt_port, late)
    fresh.wait_until(lambda: len(fresh.rows()) == PRESSES + 1 - first_late)
    before = journal_row(fresh)
    wire.say("box-1", fresh.trial.mqtt_port, early)
    fresh.wait_until(lambda: journal_row(fresh)["acknowledged_seq"] == PRESSES)

    assert (before["acknowledged_seq"], before["gaps"]) == (0, [[1, first_late - 1]])
    assert journal_row(fresh)["gaps"] == []
    assert reckoned(fresh, said).holds()
