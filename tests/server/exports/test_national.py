"""The national profile: what it holds, and that it refuses itself when it is wrong."""

import json

import pytest
from jsonschema import Draft202012Validator

from server.exports.national import PROFILE, SCHEMA, document, record, validated

GROUP = {
    "month": "2026-10",
    "unit_oid": "1.2.246.10.12345678.10.5",
    "scheme": "hva-aura-2026",
    "service_class": "2536",
    "language": "sv",
    "respondent_role": "patient",
    "question": "nps",
    "kind": "nps",
}
MONTHS = ("2026-10", "2026-12")


def made(*records, provider="1234567-8", suppressed_below=5):
    return json.loads(document(provider, MONTHS, records, suppressed_below))


def test_a_document_says_whose_format_it_is():
    told = made(record(GROUP, {9: 4, 10: 2, 0: 1}))

    assert told["profile"] == PROFILE == "hymio-national/1"
    assert told["status"] == "own format; no official one is established"
    assert told["records"] == [GROUP | {"n": 7, "distribution": {"0": 1, "9": 4, "10": 2}, "figure": 71.4286}]


def test_hidden_groups_are_there_without_numbers_and_empty_ones_are_not():
    told = made(record(GROUP, None), record(GROUP | {"month": "2026-11"}, {}))

    assert [(row["month"], row["n"], row["distribution"]) for row in told["records"]] == [("2026-10", None, None)]


def test_the_same_records_make_the_same_bytes():
    one, other = record(GROUP, {10: 5}), record(GROUP | {"language": "fi"}, {10: 6})

    assert document("1234567-8", MONTHS, [one, other], 5) == document("1234567-8", MONTHS, [other, one], 5)


def test_the_schema_is_one():
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"language": "Finnish"}, "language: 'Finnish' does not match"),
        ({"unit_oid": "1.2.3"}, "unit_oid"),
        ({"unit_oid": None}, "unit_oid: None is not of type 'string'"),
        ({"language": None, "service_class": None, "respondent_role": None}, None),
        ({"service_class": "25"}, "service_class: '25' does not match"),
        ({"respondent_role": "staff"}, "respondent_role: 'staff' is not one of"),
        ({"kind": "text"}, "kind: 'text' is not one of"),
        ({"kind": "agree5"}, "'10' does not match"),
        ({"month": "2026-13"}, "month: '2026-13' does not match"),
        ({"month": "2026-09"}, "2026-09 is not from 2026-10 to 2026-12"),
    ],
)
def test_a_record_that_is_wrong_is_refused_with_its_place(change, told):
    wrong = record(GROUP | change, {10: 5})

    if told is None:
        assert made(wrong)
        return
    with pytest.raises(ValueError, match=r"hymio-national/1: \$\.records\[0\]") as error:
        made(wrong)
    assert told in str(error.value)


def test_a_small_group_is_refused():
    with pytest.raises(ValueError, match="4 is below 5 and must be hidden"):
        made(record(GROUP, {10: 4}))
    assert made(record(GROUP, {10: 4}), suppressed_below=4)


def test_a_group_that_is_there_twice_is_refused():
    with pytest.raises(ValueError, match="a second record of 2026-10"):
        made(record(GROUP, {10: 5}), record(GROUP, {9: 5}))


def test_a_sum_that_does_not_fit_is_found():
    told = made(record(GROUP, {10: 5}))
    told["records"][0]["n"] = 6

    assert list(validated(told)) == ["$.records[0].n: 6 is not the sum of the distribution, 5"]


def test_a_figure_that_does_not_fit_is_found():
    told = made(record(GROUP, {10: 5}), record(GROUP | {"question": "helped", "kind": "agree5"}, {4: 5, 5: 5}))
    told["records"][0]["figure"] = 4.0

    assert list(validated(told)) == ["$.records[0].figure: 4.0 is not what the distribution says, 4.5"]


@pytest.mark.parametrize("field", ["at", "device_id", "text", "seq"])
def test_nothing_about_a_single_visitor_fits_in(field):
    told = made(record(GROUP, {10: 5}))
    told["records"][0][field] = "x"

    assert "Additional properties are not allowed" in next(validated(told))


def test_a_provider_without_a_business_id_is_refused():
    with pytest.raises(ValueError, match=r"\$\.provider"):
        made(record(GROUP, {10: 5}), provider="Soite")
