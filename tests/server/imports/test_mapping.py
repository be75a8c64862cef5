"""Mapping files: what is wrong with one is said with its place, never in Python's words."""

import json

import pytest
from jsonschema import Draft202012Validator

from broker_bridge.database.invalid import Invalid
from server.imports.mapping import SCHEMA, Mapped, mapping
from tests.server.imports.test_older import BY_PRESS


def mapped(given):
    return mapping(json.dumps(given).encode())


def test_the_schema_is_one_and_knows_every_field():
    Draft202012Validator.check_schema(SCHEMA)

    assert SCHEMA["properties"].keys() - {"format"} == Mapped.__dataclass_fields__.keys()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"format": "other/1"}, "mapping.format: 'other/1' .* 'hymio-import/1' was expected"),
        ({"time_zone": "Helsinki"}, "mapping.time_zone: 'Helsinki' .* an IANA time zone"),
        ({"values": {"Happy": 1, "Very happy": 1}}, "mapping.values: .* at least two different values"),
        ({"values": ["Happy"]}, "mapping.values: .* is not of type 'object'"),
        ({"values": {"Happy": "3", "Sad": 1}}, "mapping.values.Happy: '3' .* is not of type 'integer', 'null'"),
        ({"colour": "green"}, r"mapping: .*\('colour' was unexpected\)"),
        ({"delimiter": ""}, "mapping.delimiter: '' .* should be non-empty"),
        ({"encoding": "klingon"}, "mapping.encoding: 'klingon' .* an encoding such as"),
        ({"at_format": "%d.%m.%Y %Q"}, "mapping.at_format: .* a format such as"),
        ({"minutes": 0}, "mapping.minutes: 0 .* less than the minimum of 1"),
    ],
)
def test_a_mapping_that_cannot_be_meant_is_refused(change, told):
    with pytest.raises(Invalid, match=told):
        mapped(BY_PRESS | change)


@pytest.mark.parametrize("name", ["place", "system", "survey", "at"])
def test_a_mapping_that_lacks_something_says_what(name):
    with pytest.raises(Invalid, match=f"mapping: .*'{name}' is a required property"):
        mapped({each: value for each, value in BY_PRESS.items() if each != name})


@pytest.mark.parametrize("content", [b"at: Time", b"", b"\xff\xfe", b"[]", b"3"])
def test_a_mapping_that_is_no_json_object_is_refused(content):
    with pytest.raises(Invalid, match=r"^mapping: "):
        mapping(content)
