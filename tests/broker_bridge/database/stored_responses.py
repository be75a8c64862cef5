"""Puts made-up responses into the tables as they are, for tests that are about what is stored and not about ingest."""

from broker_bridge.database.rows import insert
from tests.broker_bridge.conftest import BOX, EPOCH, JUNE_MS

FLAGS = ("", "", "", "", "repeat", "cleaning,test")
QUALITIES = ("clock", "clock", "reconstructed", "bounded")
PLACE = {"service_point": "aula", "unit": "keskus", "scheme": "aura"}
AROUND_MS = 170 * 86_400_000


def some_answers(chance):
    """Return the rows of one response's answers, without its id."""
    given = {
        "smiley": [{"value": chance.randint(1, 5)}],
        "nps": [{"value": chance.randint(0, 10)}],
        "reason": [{"option": option} for option in chance.sample(["waiting", "staff"], chance.randint(1, 2))],
        "text": [{"text": "Kiitos!"}],
    }
    chosen = chance.sample(sorted(given), chance.randint(0, 4))
    return [{"question": question, "n": 1} | row for question in chosen for row in given[question]]


def some_counters(chance):
    """Return the answers of a counters record."""
    return [
        {"question": "smiley", "value": 1, "n": chance.randint(1, 4)},
        {"question": "smiley", "value": 5, "n": chance.randint(1, 40)},
        {"question": "nps", "value": 0, "n": 2},
    ]


def put(connection, seq, answers, **columns):
    """Insert one response of the box that stands in the hall, with its answers."""
    at_ms = columns.get("at_ms", JUNE_MS)
    row = {
        "device_id": BOX,
        "epoch": EPOCH,
        "hash": str(seq),
        "kind": "response",
        "boot": 1,
        "uptime_s": seq,
        "at_ms": at_ms,
        "earliest_ms": at_ms,
        "latest_ms": at_ms,
        "time_quality": "clock",
        "received_ms": at_ms,
        "survey": "reception@3",
        "language": "fi",
        "channel": "button",
        "flags": "",
        "undone": 0,
        "n": 1,
    }
    row |= PLACE | {"service_class": "2540" if at_ms < JUNE_MS else "2545"}
    insert(connection, "responses", row | {"id": seq, "seq": seq} | columns)
    for position, answer in enumerate(answers):
        insert(connection, "answers", {"response_id": seq, "position": position} | answer)


def put_many(connection, count, chance):
    """Insert responses of all kinds, from half a year before to half a year after the reclassification of June."""
    for seq in range(1, count + 1):
        counters = chance.random() < 0.1
        answers = some_counters(chance) if counters else some_answers(chance)
        put(
            connection,
            seq,
            answers,
            kind="counters" if counters else "response",
            n=sum(answer["n"] for answer in answers) if counters else 1,
            at_ms=JUNE_MS + chance.randint(-AROUND_MS, AROUND_MS),
            language=chance.choice(["fi", "sv", None]),
            channel=chance.choice(["button", "kiosk"]),
            flags=chance.choice(FLAGS),
            undone=int(chance.random() < 0.1),
            time_quality=chance.choice(QUALITIES),
        )
