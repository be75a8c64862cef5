"""Files of older systems: by press and by count, how long a row lasts, and every mistake by row and column."""

import json
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from broker_bridge.database.invalid import Invalid
from server.imports.mapping import FORMAT, mapping
from server.imports.older import MOST_MISTAKES, read

WORDS = {"Very unhappy": 1, "Unhappy": 2, "Happy": 3, "Very happy": 4}
BY_PRESS = {
    "format": FORMAT,
    "system": "Older system",
    "survey": "reception@3",
    "question": "smiley",
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
    assert [(each.row, each.service_point, each.counts, each.is_press) for each in reading.given] == [
        (2, "salla-aula", ((4, 1),), True),
        (3, "salla-suu", ((2, 1),), True),
    ]
    noon_ms = helsinki_ms(2026, 11, 22, 12, 0, 5)
    assert (reading.given[0].from_ms, reading.given[0].to_ms) == (noon_ms, noon_ms + 1_000)


def test_counts_by_the_hour_know_between_which_moments():
    (row,) = taken(HOURS, BY_HOUR).given

    assert (row.counts, row.n, row.is_press) == (((2, 1), (4, 17)), 18, False)
    assert (row.from_ms, row.to_ms) == (helsinki_ms(2026, 11, 22, 12), helsinki_ms(2026, 11, 22, 13))


@pytest.mark.parametrize(
    ("at", "at_format", "lasts"),
    [
        ("22.11.2026 12:00", "%d.%m.%Y %H:%M", 60),
        ("22.11.2026 12", "%d.%m.%Y %H", 3600),
        ("22.11.2026", "%d.%m.%Y", 24 * 3600),
        ("25.10.2026", "%d.%m.%Y", 25 * 3600),
        ("29.3.2026", "%d.%m.%Y", 23 * 3600),
        ("2026-11", "%Y-%m", 30 * 24 * 3600),
        ("2026-11-22T12:00:00+0100", "%Y-%m-%dT%H:%M:%S%z", 1),
    ],
)
def test_a_row_lasts_as_long_as_its_format_is_fine(at, at_format, lasts):
    (row,) = taken(f"Time;Point;Smiley\n{at};Lobby;Happy\n", BY_PRESS | {"at_format": at_format}).given

    assert (row.to_ms - row.from_ms) / 1000 == lasts


def test_an_offset_in_the_file_goes_before_the_time_zone():
    given = BY_PRESS | {"at_format": "%Y-%m-%dT%H:%M:%S%z"}
    (row,) = taken("Time;Point;Smiley\n2026-11-22T12:00:00+0100;Lobby;Happy\n", given).given

    assert row.from_ms == helsinki_ms(2026, 11, 22, 13)


def test_a_moment_may_stand_in_two_columns():
    given = BY_PRESS | {"at": ["Date", "Clock"]}
    (row,) = taken("Date;Clock;Point;Smiley\n22.11.2026;12:00:05;Lobby;Happy\n", given).given

    assert row.from_ms == helsinki_ms(2026, 11, 22, 12, 0, 5)


def test_what_the_mapping_leaves_out_is_counted():
    given = BY_PRESS | {"places": {"Lobby": "a", "Dental": None}, "values": WORDS | {"": None}}
    reading = taken(PRESSES + "22.11.2026 12:01:00;Lobby;\n", given)

    assert (reading.rows, len(reading.given), reading.left_out, reading.refused) == (3, 1, 2, 0)
    assert reading.places == {"Lobby": 2, "Dental": 1}


def test_words_of_two_languages_may_mean_the_same():
    given = BY_PRESS | {"values": WORDS | {"Glad": 3}}

    assert taken("Time;Point;Smiley\n22.11.2026 12:00:05;Lobby;Glad\n", given).given[0].counts == ((3, 1),)


def test_a_byte_order_mark_and_other_encodings_are_read():
    assert taken("\N{ZERO WIDTH NO-BREAK SPACE}" + PRESSES).mistakes == []
    older = BY_PRESS | {"encoding": "cp1252", "places": {"Käytävä": "a", "Dental": "b"}}
    assert taken(PRESSES.replace("Lobby", "Käytävä"), older, "cp1252").mistakes == []


def test_an_hour_that_the_clock_shows_twice_may_be_either():
    (row,) = taken("Time;Point;Smiley\n25.10.2026 03:30:00;Lobby;Happy\n").given

    assert row.to_ms - row.from_ms == 3_601_000


def test_an_hour_that_no_clock_showed_is_a_mistake():
    reading = taken("Time;Point;Smiley\n29.03.2026 03:30:00;Lobby;Happy\n")

    assert (reading.given, reading.mistakes[0].where) == ([], "row 2, column Time")
    assert reading.mistakes[0].allowed == "a moment that the clocks of Europe/Helsinki showed"


def test_every_mistake_is_named_by_row_and_column():
    reading = taken(
        "Time;Point;Smiley\n22.11.2026 12:00:05;Roof;Happy\n2026-11-22;Lobby;Happy\n22.11.2026 12:00:05;Lobby;So so\n"
    )

    assert [mistake.where for mistake in reading.mistakes] == [
        "row 2, column Point",
        "row 3, column Time",
        "row 4, column Smiley",
    ]
    assert reading.mistakes[2].allowed == "one that the mapping has: Very unhappy, Unhappy, Happy, Very happy"


def test_a_short_row_is_a_mistake_and_no_crash():
    assert taken("Time;Point;Smiley\n22.11.2026 12:00:05;Lobby\n").mistakes[0].where == "row 2, column Smiley"
    assert taken("Point;Smiley;Time\nLobby;Happy\n").mistakes[0].where == "row 2, column Time"


@pytest.mark.parametrize("count", ["", "-1", "1.5", "x", "²", "9" * 10])
def test_a_count_that_is_no_number_is_a_mistake(count):
    reading = taken(HOURS.replace("17", count), BY_HOUR)

    assert (reading.mistakes[0].where, reading.given) == ("row 2, column Very happy", [])
    assert "a whole number" in str(reading.mistakes[0])


def test_a_file_of_mistakes_is_not_told_in_full():
    reading = taken("Time;Point;Smiley\n" + "x;Roof;y\n" * 500)

    assert (len(reading.mistakes), reading.refused, reading.rows) == (MOST_MISTAKES, 500, 500)


def test_a_file_without_the_columns_is_refused():
    with pytest.raises(Invalid, match=r"row 1: .* a header with Smiley too"):
        taken("Time;Point;Answer\n")


def test_a_file_in_another_encoding_is_refused():
    with pytest.raises(Invalid, match=r"row 2: .* text in utf-8-sig, the encoding of the mapping"):
        taken(PRESSES.replace("Lobby", "Käytävä"), encoding="cp1252")


def test_a_file_that_breaks_off_inside_a_cell_is_refused():
    with pytest.raises(Invalid, match=r"row .*CSV with ';' between cells"):
        taken(PRESSES + '"22.11.2026')


def test_a_file_that_is_too_large_is_refused():
    with pytest.raises(Invalid, match=r"file: .*at most 8000000 bytes"):
        taken(PRESSES + "x" * 8_000_000)
