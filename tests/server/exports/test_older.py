"""Exports of older systems: by press and by count, and every mistake by row and column."""

import json
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from broker_bridge.database.invalid import Invalid
from server.exports.older import FORMAT, MOST_MISTAKES, mapping, read

WORDS = {"Very unhappy": 1, "Unhappy": 2, "Happy": 3, "Very happy": 4}
BY_PRESS = {
    "format": FORMAT,
    "at": "Time",
    "at_format": "%d.%m.%Y %H:%M:%S",
    "time_zone": "Europe/Helsinki",
    "place": "Point",
    "places": {"Lobby": "salla-aula", "Dental": "salla-suu"},
    "answer": "Smiley",
    "values": WORDS,
}
BY_HOUR = {name: value for name, value in BY_PRESS.items() if name != "answer"} | {"delimiter": ",", "minutes": 60}
PRESSES = "Time;Point;Smiley\n22.11.2026 12:00:05;Lobby;Very happy\n22.11.2026 12:01:00;Dental;Unhappy\n"
HOURS = "Time,Point,Very unhappy,Unhappy,Happy,Very happy\n22.11.2026 12:00:00,Lobby,0,1,0,17\n"


def mapped(given):
    return mapping(json.dumps(given).encode())


def taken(text, given=BY_PRESS, encoding="utf-8"):
    return read(text.encode(encoding), mapped(given))


def helsinki_ms(*moment, fold=0):
    return round(datetime(*moment, tzinfo=ZoneInfo("Europe/Helsinki"), fold=fold).timestamp() * 1000)


def test_one_press_a_row():
    reading = taken(PRESSES)

    assert reading.mistakes == []
    assert [(each.row, each.service_point, each.value, each.n) for each in reading.answers] == [
        (2, "salla-aula", 4, 1),
        (3, "salla-suu", 2, 1),
    ]
    assert reading.answers[0].earliest_ms == reading.answers[0].latest_ms == helsinki_ms(2026, 11, 22, 12, 0, 5)


def test_counts_by_the_hour_know_between_which_moments():
    reading = taken(HOURS, BY_HOUR)

    assert [(each.value, each.n) for each in reading.answers] == [(2, 1), (4, 17)]
    assert reading.answers[0].earliest_ms == helsinki_ms(2026, 11, 22, 12)
    assert reading.answers[0].latest_ms == helsinki_ms(2026, 11, 22, 13)


def test_a_byte_order_mark_and_other_encodings_are_read():
    assert taken("\N{ZERO WIDTH NO-BREAK SPACE}" + PRESSES).mistakes == []
    older = BY_PRESS | {"encoding": "cp1252", "places": {"Käytävä": "a", "Dental": "b"}}
    assert taken(PRESSES.replace("Lobby", "Käytävä"), older, "cp1252").mistakes == []


def test_an_hour_that_the_clock_shows_twice_may_be_either():
    answer = taken("Time;Point;Smiley\n25.10.2026 03:30:00;Lobby;Happy\n").answers[0]

    assert answer.latest_ms - answer.earliest_ms == 3_600_000


def test_an_hour_that_no_clock_showed_is_a_mistake():
    reading = taken("Time;Point;Smiley\n29.03.2026 03:30:00;Lobby;Happy\n")

    assert reading.answers == []
    assert "row 2, column Time" in reading.mistakes[0]
    assert "a moment that the clocks of Europe/Helsinki showed" in reading.mistakes[0]


def test_every_mistake_is_named_by_row_and_column():
    reading = taken(
        "Time;Point;Smiley\n22.11.2026 12:00:05;Roof;Happy\n2026-11-22;Lobby;Happy\n22.11.2026 12:00:05;Lobby;So so\n"
    )

    assert [text.partition(":")[0] for text in reading.mistakes] == [
        "row 2, column Point",
        "row 3, column Time",
        "row 4, column Smiley",
    ]
    assert "one of Very unhappy, Unhappy, Happy, Very happy" in reading.mistakes[2]


def test_a_short_row_is_a_mistake_and_no_crash():
    assert "row 2, column Smiley" in taken("Time;Point;Smiley\n22.11.2026 12:00:05;Lobby\n").mistakes[0]
    assert "row 2, column Time" in taken("Point;Smiley;Time\nLobby;Happy\n").mistakes[0]


@pytest.mark.parametrize("count", ["", "-1", "1.5", "x"])
def test_a_count_that_is_no_number_is_a_mistake(count):
    reading = taken(HOURS.replace("17", count), BY_HOUR)

    assert "row 2, column Very happy" in reading.mistakes[0]
    assert "a whole number" in reading.mistakes[0]


def test_a_file_of_mistakes_is_not_told_in_full():
    reading = taken("Time;Point;Smiley\n" + "x;Roof;y\n" * 500)

    assert len(reading.mistakes) == MOST_MISTAKES + 1
    assert reading.mistakes[-1].startswith("and maybe more")


def test_a_file_without_the_columns_is_refused():
    with pytest.raises(Invalid, match="a header with Smiley"):
        taken("Time;Point;Answer\n")


def test_a_file_in_another_encoding_is_refused():
    with pytest.raises(Invalid, match="text in the encoding of the mapping"):
        taken(PRESSES.replace("Lobby", "Käytävä"), encoding="cp1252")


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"format": "other/1"}, "mapping.format"),
        ({"time_zone": "Helsinki"}, "mapping.time_zone"),
        ({"values": {"Happy": 1, "Very happy": 1}}, "mapping.values"),
        ({"colour": "green"}, "mapping"),
    ],
)
def test_a_mapping_that_cannot_be_meant_is_refused(change, where):
    with pytest.raises(Invalid, match=f"^{where}: ") as error:
        mapped(BY_PRESS | change)
    assert "allowed is" in str(error.value)


def test_a_mapping_that_lacks_something_says_what():
    with pytest.raises(Invalid, match="missing 1 required positional argument: 'place'"):
        mapped({name: value for name, value in BY_PRESS.items() if name != "place"})


def test_a_mapping_that_is_no_json_is_refused():
    with pytest.raises(Invalid, match=r"mapping: .*JSON"):
        mapping(b"at: Time")
