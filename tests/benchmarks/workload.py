"""The input that every candidate is given: a county of boxes, and what they said while nobody listened."""

import json
from dataclasses import dataclass
from itertools import count

from broker_bridge.database.connect import Connection, transaction
from broker_bridge.database.migrate import open_database
from broker_bridge.database.rows import insert
from broker_bridge.database.survey_versions import add_survey
from device.protocol import topics

DEVICES = 100
POINTS_A_UNIT = 3
NOW_MS = 1_795_325_090_000  # 2026-11-22
SCHEME = "bench"
FIRST_ID = 1_000_000_000  # of links: above those of a past that was made up
STEP_S = 97  # between two presses of one box: 10,000 of them are a week and a half
SURVEY = {
    "survey": "bench@1",
    "languages": ["fi", "sv"],
    "questions": [{"id": "smiley", "kind": "smiley5", "text": {"fi": "Millainen?", "sv": "Hurdan?"}}],
}


@dataclass(frozen=True)
class Said:
    """One message as it is published, and how many responses are in it."""

    topic: str
    payload: bytes
    responses: int


def device_id(number: int) -> str:
    return f"bench-{number:04d}"


def messages(total: int, batch: int) -> list[Said]:
    """Return messages of `batch` responses each, box after box in turn, `total` responses together."""
    rounds = total // batch // DEVICES
    return [said(number, place * batch, batch, rounds * batch) for place in range(rounds) for number in range(DEVICES)]


def said(device: int, first: int, batch: int, of: int) -> Said:
    """Return one message of a box, with its responses from number `first` + 1 on."""
    start_s = NOW_MS // 1000 - (of + 1) * STEP_S
    records = [
        {
            "seq": seq + 1,
            "boot": 1,
            "uptime_s": seq * STEP_S,
            "at": start_s + seq * STEP_S,
            "survey": "bench@1",
            "language": "sv" if (seq + device) % 5 == 0 else "fi",
            "answers": {"smiley": 1 + (seq * 7 + device * 3 + seq // 11) % 5},
        }
        for seq in range(first, first + batch)
    ]
    uptime_s = (first + batch) * STEP_S
    envelope = {"v": 1, "epoch": f"e{device:04d}", "boot": 1, "uptime_s": uptime_s, "clock_at": start_s + uptime_s}
    payload = json.dumps(envelope | {"responses": records}, separators=(",", ":")).encode()
    return Said(topics.topic(device_id(device), "up/responses"), payload, batch)


def opened(url: str) -> Connection:
    """Return a connection to a database, new or not, with the county in it."""
    connection = open_database(url)
    add_survey(connection, SURVEY)
    numbers = count(FIRST_ID)
    with transaction(connection):
        classed = {"scheme": SCHEME, "names": "{}", "level": "exact", "source": "benchmark"}
        insert(connection, "service_classes", classed | {"code": "2540"})
        for number in range(DEVICES):
            add_box(connection, number, numbers)
    return connection


def add_box(connection: Connection, number: int, ids: "count[int]") -> None:
    """Add a box at a service point of its own; every third point begins a unit."""
    point, unit = f"bench-point-{number:04d}", f"bench-unit-{number // POINTS_A_UNIT:04d}"
    if number % POINTS_A_UNIT == 0:
        insert(connection, "units", {"code": unit, "names": "{}", "time_zone": "Europe/Helsinki"})
        link = {"unit": unit, "scheme": SCHEME, "code": "2540", "valid_from_ms": 0}
        insert(connection, "service_class_links", link | {"id": next(ids)})
    insert(connection, "service_points", {"code": point, "names": "{}"})
    insert(
        connection, "service_point_units", {"id": next(ids), "service_point": point, "unit": unit, "valid_from_ms": 0}
    )
    device = {"device_id": device_id(number), "model": "button-5", "channel": "button", "status": "registered"}
    insert(connection, "devices", device | {"languages": "[]", "registered_ms": 0})
    placed = {"id": next(ids), "device_id": device_id(number), "service_point": point, "valid_from_ms": 0}
    insert(connection, "placements", placed)
