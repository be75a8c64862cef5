"""Class lists from CSV files: all rows or none, every mistake named by row and column, doubts about a link said."""

import pytest

from broker_bridge.database import registry
from broker_bridge.database.invalid import Invalid, Unknown
from broker_bridge.database.ranges import Range, day_start_ms
from broker_bridge.database.service_classes import import_service_classes, service_classes

HEADER = "code,name_fi,short_fi_2021,level,parent_code,first_fiscal_year_seen,last_fiscal_year_seen_in_kunta_list,note"
ROWS = [
    "9010,Keksityt palvelut,keksityt,coarse,,2021,2022,",
    "9011,Keksitty vastaanotto,,exact,9010,2021,2022,made up",
    '9012,"Keksitty neuvola, pieni",,exact,9010,2022,,',
]


def file(*rows, header=HEADER, encoding="utf-8"):
    return "\n".join([header, *rows, ""]).encode(encoding)


def stored(connection, scheme="test"):
    return {each["code"]: each for each in service_classes(connection, scheme)}


def test_a_list_is_imported_with_its_validity(connection):
    done = import_service_classes(connection, "test", file(*ROWS))

    assert done == {"imported": 3, "new": 3, "changed": 0, "coarse": 1}
    assert stored(connection)["9011"] == {
        "scheme": "test", "code": "9011", "names": {"fi": "Keksitty vastaanotto"}, "level": "exact", "parent": "9010",
        "valid_from": "2021-01-01", "valid_to": "2023-01-01", "source": "file",
    }  # fmt: skip
    assert stored(connection)["9012"]["valid_to"] is None


@pytest.mark.parametrize(
    "content",
    [
        file(*ROWS, encoding="utf-8-sig"),
        file(*ROWS).replace(b"\n", b"\r\n"),
        file(*(row.replace('"', "").replace(", pieni", " pieni") for row in ROWS)).replace(b",", b";"),
        file(*ROWS) + b"\n,,,,,,,\n",
        file(*(f"{row},x" for row in ROWS), header=f"{HEADER},extra"),
    ],
    ids=["excel's mark", "windows lines", "semicolons", "empty rows", "unknown column"],
)
def test_files_of_all_kinds_of_programs_are_read(connection, content):
    assert import_service_classes(connection, "test", content)["imported"] == 3


def test_other_languages_and_exact_days_may_be_given(connection):
    header = f"{HEADER},name_sv,name_en,valid_from,valid_to"
    import_service_classes(connection, "test", file(f"{ROWS[1]},Svenska,,2021-03-01,2022-07-01", header=header))

    one = stored(connection)["9011"]
    assert (one["names"], one["valid_from"], one["valid_to"]) == (
        {"fi": "Keksitty vastaanotto", "sv": "Svenska"}, "2021-03-01", "2022-07-01"
    )  # fmt: skip


def test_a_second_import_reports_what_changed(connection):
    import_service_classes(connection, "test", file(*ROWS))

    rows = [ROWS[0], ROWS[1].replace("vastaanotto", "poliklinikka"), "9013,Uusi,,exact,,2022,,"]
    done = import_service_classes(connection, "test", file(*rows))

    assert done == {"imported": 3, "new": 1, "changed": 1, "coarse": 1}
    assert stored(connection)["9011"]["names"] == {"fi": "Keksitty poliklinikka"}
    assert "9012" in stored(connection)


@pytest.mark.parametrize(
    ("row", "where", "value"),
    [
        ("90a1,Nimi,,exact,,2021,2022,", "row 3, column code", "90a1"),
        ("901,Nimi,,exact,,2021,2022,", "row 3, column code", "901"),
        (",Nimi,,exact,,2021,2022,", "row 3, column code", ""),
        ("9012,,,exact,,2021,2022,", "row 3, column name_fi", ""),
        ("9012,Nimi,,roughly,,2021,2022,", "row 3, column level", "roughly"),
        ("9012,Nimi,,exact,90,2021,2022,", "row 3, column parent_code", "90"),
        ("9012,Nimi,,exact,,21,2022,", "row 3, column first_fiscal_year_seen", "21"),
        ("9012,Nimi,,exact,,2021,later,", "row 3, column last_fiscal_year_seen_in_kunta_list", "later"),
        ("9012,Nimi,,exact,,2023,2021,", "row 3, column last_fiscal_year_seen_in_kunta_list", "2021"),
        ("9010,Nimi,,exact,,2021,2022,", "row 3, column code", "9010"),
        ("9012,Nimi,,exact,,2021,2022,,,", "row 3", "10 cells"),
    ],
)
def test_a_bad_row_is_named_and_nothing_is_imported(connection, row, where, value):
    with pytest.raises(Invalid) as invalid:
        import_service_classes(connection, "test", file(ROWS[0], row))

    assert (invalid.value.where, invalid.value.value) == (where, value)
    assert invalid.value.allowed
    assert stored(connection) == {}


def test_rows_are_counted_as_a_spreadsheet_counts_them(connection):
    with pytest.raises(Invalid, match="row 5, column level"):
        import_service_classes(
            connection, "test", file(ROWS[0], '9011,Nimi,,exact,,,,"two\nlines"', "", "9012,x,,y,,,,")
        )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "column code"),
        (file(*ROWS, header=HEADER.replace("name_fi", "nimi")), "column name_fi"),
        (file(*ROWS, header=HEADER.replace("note", "code")), "each column once"),
        (file(), "at least one class"),
        (file("9012,Keksitty vastaanottö,,exact,,,,", encoding="latin-1"), "UTF-8"),
        (file('9012,"Keksitty'), "CSV"),
    ],
)
def test_what_is_no_such_file_is_refused(connection, content, said):
    with pytest.raises(Invalid, match=said):
        import_service_classes(connection, "test", content)


def test_a_coarse_class_for_a_unit_is_doubted(connection):
    import_service_classes(connection, "test", file(*ROWS))

    in_2021 = Range(day_start_ms("2021-01-01", "Europe/Helsinki"), day_start_ms("2022-01-01", "Europe/Helsinki"))
    written = registry.add_service_class_link(connection, "test", "9010", in_2021, unit="keskus")

    assert written.new
    assert ["coarse" in warning for warning in written.warnings] == [True]


@pytest.mark.parametrize(
    ("days", "doubted"),
    [
        (("2021-01-01", "2023-01-01"), False),
        (("2020-12-31", "2023-01-01"), True),
        (("2021-01-01", "2023-01-02"), True),
        (("2022-05-01", None), True),
    ],
)
def test_a_link_outside_the_listed_validity_is_doubted(connection, days, doubted):
    import_service_classes(connection, "test", file(*ROWS))

    valid = Range(*(day and day_start_ms(day, "Europe/Helsinki") for day in days))
    written = registry.add_service_class_link(connection, "test", "9011", valid, unit="keskus")

    assert ["listed in test" in warning for warning in written.warnings] == [True] * doubted


def test_an_unknown_class_is_told_with_the_schemes_that_there_are(connection):
    with pytest.raises(Unknown, match="aura"):
        registry.add_service_class_link(connection, "hva", "2540", Range(), unit="keskus")
