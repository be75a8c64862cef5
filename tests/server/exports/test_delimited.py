"""CSV for Excel in Finnish and for programs: bytes by hand, and any text there and back."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.exports.columns import BOOLEAN, INTEGER, MOMENT, NUMBER, Column
from server.exports.delimited import FORMULA_SIGNS, PLAIN, delimited, finnish

COLUMNS = [
    Column("yksikkö"),
    Column("n", INTEGER),
    Column("nps", NUMBER),
    Column("merkitty", BOOLEAN),
    Column("aika", MOMENT),
]
ROW = {"yksikkö": "Sallan; asema", "n": 1234, "nps": -31.25, "merkitty": True, "aika": 1_795_341_600_250}
FINNISH = finnish("Europe/Helsinki")


def written(rows, dialect=PLAIN, columns=COLUMNS):
    return b"".join(delimited(columns, rows, dialect))


def test_excel_in_finnish_gets_its_mark_semicolons_commas_and_wall_clock():
    assert written([ROW], FINNISH) == (
        b'\xef\xbb\xbfyksikk\xc3\xb6;n;nps;merkitty;aika\r\n"Sallan; asema";1234;-31,25;true;22.11.2026 12:00:00\r\n'
    )


def test_programs_get_points_and_utc():
    assert written([ROW]) == (
        b"yksikk\xc3\xb6,n,nps,merkitty,aika\r\nSallan; asema,1234,-31.25,true,2026-11-22T10:00:00.250Z\r\n"
    )


def test_a_missing_value_is_empty_and_no_rows_leave_the_header():
    assert written([{"n": 0}]).splitlines()[1] == b",0,,,"
    assert written([], FINNISH).count(b"\r\n") == 1


@pytest.mark.parametrize("text", ["=1+1", "+358 40 1", "-ei", "@SUM(A1)", "\t=1", " =cmd|' /C calc'!A0", "＝1"])  # noqa: RUF001
def test_a_formula_is_neutralised_in_excel_and_left_to_programs(text):
    column = [Column("teksti")]

    (_, excel), (_, plain) = (
        list(csv.reader(io.StringIO(written([{"teksti": text}], dialect, column).decode("utf-8-sig"), newline="")))
        for dialect in (FINNISH, PLAIN)
    )

    assert excel == [f"'{text}"]
    assert plain == [text]


def test_negative_numbers_stay_numbers():
    assert b";-5;-0,5;" in written([{"n": -5, "nps": -0.5}], FINNISH)


@pytest.mark.parametrize(("value", "expected"), [(1e-7, "0.0000001"), (1e21, "1000000000000000000000"), (0.1, "0.1")])
def test_a_number_is_written_without_an_exponent(value, expected):
    assert written([{"nps": value}]).decode().splitlines()[1] == f",,{expected},,"


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@given(st.lists(TEXTS))
def test_any_text_comes_back_from_the_plain_file(texts):
    read = list(csv.reader(io.StringIO(written([{"t": t} for t in texts], PLAIN, [Column("t")]).decode(), newline="")))

    assert [row[0] if row else "" for row in read[1:]] == texts


@given(st.lists(TEXTS, min_size=1))
def test_no_text_begins_a_formula_in_excel(texts):
    content = written([{"t": t} for t in texts], FINNISH, [Column("t")]).decode("utf-8-sig")
    read = list(csv.reader(io.StringIO(content, newline=""), delimiter=";"))[1:]

    assert [row[0].removeprefix("'") if row else "" for row in read] == [text.removeprefix("'") for text in texts]
    assert [row for row in read if row and row[0].startswith(FORMULA_SIGNS)] == []


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_any_number_comes_back_exactly(number):
    cell = written([{"x": number}], FINNISH, [Column("x", NUMBER)]).decode().splitlines()[1]

    assert float(cell.replace(",", ".")) == number


def test_a_large_export_comes_in_pieces():
    pieces = list(delimited(COLUMNS, (ROW for _ in range(2000)), PLAIN))

    assert len(pieces) > 3
    assert b"".join(pieces).count(b"\r\n") == 2001


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"n": "5"}, "row 2, column n: '5' is no integer"),
        ({"n": True}, "row 2, column n: True is no integer"),
        ({"nps": "x"}, "row 2, column nps: 'x' is no number"),
        ({"other": 1}, "row 2: other is no column of this export"),
    ],
)
def test_a_row_that_does_not_fit_is_an_error(row, told):
    with pytest.raises(ValueError, match=told):
        written([ROW, row])
