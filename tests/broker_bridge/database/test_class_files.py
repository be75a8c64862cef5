"""Lists of service classes from whatever program or service they come."""

import io
import json
from datetime import date

import pytest
from openpyxl import Workbook

from broker_bridge.database.class_files import read
from broker_bridge.database.invalid import Invalid

CODE = {
    "codeValue": "9011",
    "prefLabel": {"fi": "Keksitty vastaanotto", "sv": "Påhittad mottagning"},
    "status": "VALID",
    "startDate": "2023-01-01",
    "endDate": "2025-12-31",
}


def service(*codes, wrapped=True):
    return json.dumps({"results": list(codes)} if wrapped else list(codes)).encode()


def workbook(*rows):
    book, content = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(content)
    return content.getvalue()


@pytest.mark.parametrize("wrapped", [True, False])
def test_the_code_services_json_is_read_with_its_last_day(wrapped):
    (one,) = read("hva", service(CODE, wrapped=wrapped), "file")

    assert (one.code, json.loads(one.names), one.level) == ("9011", CODE["prefLabel"], "exact")
    assert (one.valid_from, one.valid_to) == ("2023-01-01", "2026-01-01")


def test_drafts_of_the_code_service_are_left_out():
    found = read("hva", service(CODE, CODE | {"codeValue": "9012", "status": "DRAFT"}), "file")

    assert [each.code for each in found] == ["9011"]


def test_a_list_without_levels_has_coarse_codes_that_end_in_zero():
    found = read("hva", service(CODE, CODE | {"codeValue": "9010"}), "file")

    assert [(each.code, each.level) for each in found] == [("9011", "exact"), ("9010", "coarse")]


def test_the_code_services_table_is_read():
    header = "CODEVALUE;BROADER;STATUS;PREFLABEL_FI;PREFLABEL_SV;STARTDATE;ENDDATE"

    (one,) = read("hva", f"{header}\n9011;9010;VALID;Vastaanotto;;2023-01-01;\n".encode("utf-8-sig"), "file")

    assert (one.code, one.parent, one.valid_from, one.valid_to) == ("9011", "9010", "2023-01-01", None)


def test_an_excel_workbook_is_read_with_its_numbers_and_days():
    content = workbook(["code", "name_fi", "level", "valid_from"], [9011.0, "Vastaanotto", "exact", date(2023, 1, 1)])

    (one,) = read("hva", content, "file")

    assert (one.code, one.level, one.valid_from) == ("9011", "exact", "2023-01-01")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{", "JSON"),
        (b'{"results": 1}', "a list of codes"),
        (b"[1]", "a list of codes"),
        (service(CODE | {"codeValue": "91"}), "row 2, column code"),
        (service(CODE, CODE), "row 3, column code"),
        (service(CODE | {"endDate": "2022-12-31"}), "row 2, column last_day"),
        (service(CODE | {"status": "DRAFT"}), "at least one class"),
        (b"PK\x03\x04 and no workbook", "an Excel workbook"),
        (workbook(["code", "nimi"]), "column name_fi"),
    ],
)
def test_what_cannot_be_read_is_named(content, said):
    with pytest.raises(Invalid, match=said):
        read("hva", content, "file")
