"""Logs of boxes, read."""

import json

from server.trial.fleet.storm import Storm, busiest, said, storm
from server.trial.reckoning import Identity, content_hash


def written(path, *events):
    path.write_text("".join(json.dumps(event) + "\n" for event in events))
    return path


def link(at_ms, state, **more):
    return {"event": "link", "device_id": "box-1", "at_ms": at_ms, "state": state} | more


def test_the_worst_second_is_found_wherever_it_begins():
    assert busiest([]) == 0
    assert busiest([0, 999, 1000, 1001, 1998, 2500]) == 4


def test_a_storm_is_what_happened_after_the_broker_went(tmp_path):
    first = written(
        tmp_path / "0",
        *(link(900, "connecting"), link(950, "answered")),
        *(link(1000, "offline", wait_ms=500, reason="gone"), link(3000, "connecting"), link(3100, "answered")),
    )
    second = written(
        tmp_path / "1", link(1001, "offline", wait_ms=500), link(3010, "connecting"), link(3400, "answered")
    )

    assert storm([first, second], 1000) == Storm(2, 2, 2, 2.4)


def test_who_was_thanked_for_what_is_read_and_a_refusal_is_a_press_too(tmp_path):
    content = {"answers": {"smiley": 4}, "boot": 1}
    thanks = {"event": "thanked", "device_id": "box-1", "epoch": "e", "seq": 7, "content": content, "at_ms": 5}
    refusal = {"event": "refused", "device_id": "box-1", "reason": "full", "at_ms": 6}

    told = said([written(tmp_path / "0", thanks, refusal, link(7, "answered"))])

    assert told.pressed == {"box-1": 2}
    assert told.thanked == {Identity("box-1", "e", 7): content_hash(content)}
