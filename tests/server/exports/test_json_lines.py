"""JSON Lines there and back."""

import json

import pytest

from server.exports.columns import BOOLEAN, INTEGER, MOMENT, NUMBER, Column
from server.exports.json_lines import json_lines

COLUMNS = [Column("unit"), Column("n", INTEGER), Column("nps", NUMBER), Column("ok", BOOLEAN), Column("at", MOMENT)]


def test_every_row_is_a_line_with_every_column():
    rows = [{"unit": "Länsi\n=1", "n": 3, "nps": -1.5, "ok": False, "at": 1_795_341_600_250}, {}]

    lines = b"".join(json_lines(COLUMNS, rows)).splitlines()

    assert [json.loads(line) for line in lines] == [
        {"unit": "Länsi\n=1", "n": 3, "nps": -1.5, "ok": False, "at": "2026-11-22T10:00:00.250Z"},
        dict.fromkeys(["unit", "n", "nps", "ok", "at"]),
    ]


def test_what_json_does_not_have_is_an_error():
    with pytest.raises(ValueError, match="not JSON compliant"):
        list(json_lines(COLUMNS, [{"nps": float("nan")}]))
