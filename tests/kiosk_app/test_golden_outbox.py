"""Outboxes of every format that was ever on a kiosk are read, and what is written today is what that program reads."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from kiosk_app.envelope import Envelope
from kiosk_app.outbox import FORMAT, Outbox

GOLDEN = Path(__file__).parent / "golden"
FORMATS = (1,)  # older ones first
ANSWERS = {"smiley": 4, "reason": ["waiting"], "text": "Kiitos, että kysytte!"}
CONTENTS = (
    {"boot": 1, "uptime_s": 5, "at": None, "survey": "reception@3", "language": "fi", "answers": ANSWERS},
    {"boot": 1, "uptime_s": 61, "at": 1795325101, "survey": "reception@3", "language": "sv", "answers": {"smiley": 1}},
    {"boot": 1, "uptime_s": 70, "at": 1795325110, "undoes": 2},
    {"boot": 1, "uptime_s": 90, "at": 1795325130, "survey": "reception@3", "language": "en", "answers": {"smiley": 5}},
)


def golden(path, number):
    """Put the outbox of a format into a file."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((GOLDEN / f"outbox-{number}.sql").read_text(encoding="utf-8"))


def whole(path):
    """Return how the tables of a file are made, and all that is in them."""
    with closing(sqlite3.connect(path)) as connection:
        made = dict(connection.execute("SELECT name, sql FROM sqlite_master ORDER BY name"))
        return made, {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in made}


@pytest.mark.parametrize("number", FORMATS)
def test_a_new_program_reads_an_old_outbox_and_goes_on(tmp_path, number):
    golden(tmp_path / "outbox.db", number)

    with closing(Outbox(tmp_path, Envelope())) as outbox:
        assert (outbox.epoch, outbox.boot, outbox.acked_seq) == ("00010203040506070809", 2, 2)
        assert outbox.peek_from(1, 9) == [{"seq": 1 + place, **said} for place, said in enumerate(CONTENTS)]
        outbox.acknowledge(4)
        assert outbox.put({"boot": 2, **CONTENTS[1]})["seq"] == 5


def test_an_old_program_reads_what_a_new_one_wrote_because_it_is_the_same(tmp_path, monkeypatch):
    # Where this fails the format is another one: it needs a number of its own, which an older program refuses and
    # leaves alone, and a golden outbox beside the old ones.
    monkeypatch.setattr("kiosk_app.outbox.os.urandom", lambda size: bytes(range(size)))
    with closing(Outbox(tmp_path, Envelope())) as outbox:
        for said in CONTENTS:
            outbox.put(said)
            if outbox.next_seq == 3:
                outbox.acknowledge(2)
        outbox.tidy(1795325200)
    golden(tmp_path / "golden.db", FORMATS[-1])

    assert whole(tmp_path / "outbox.db") == whole(tmp_path / "golden.db")
    assert FORMATS[-1] == FORMAT
