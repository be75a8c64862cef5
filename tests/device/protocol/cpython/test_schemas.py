"""The JSON Schemas say what `decode` does, in the eyes of a validator that is not ours."""

import json

import jsonschema
import pytest

from device.protocol import messages, schema
from device.protocol.kinds import Refused
from tests.device.protocol.outcomes import cases, message_files, payload_of

FOLDER = "device/protocol/schemas/"

# What JSON Schema cannot say, or says otherwise; the schema takes these messages and `decode` does not.
BEYOND = {
    "may not be written 1.0": "1.0 is an integer to JSON Schema",
    "may not be written 1e2": "and so is 1e2",
    "may not be written 0.0": "and so is 0.0",
    "seq of 1.0": "and so is 1.0 here",
    "version may not be 1.0": "1.0 equals the constant 1",
    "inside a survey too": "what stands inside a survey is any JSON to the schema",
    "nor can it in a key": "what stands inside notes, too",
    "may not be 1.0": "1.0 is an integer to JSON Schema",
    "NUL": "which characters can be stored is not written in the schema",
    "lone surrogate": "a string of JSON may hold one",
    "other half": "a string of JSON may hold one",
    "levels": "a schema does not count levels",
    "newline": "Python's $ also matches before a newline at the end; the $ that JSON Schema means does not",
    "'1\\n'": "as above",
}


def judged_cases():
    """Return (case, name, whether decode takes all of it) of every golden case that is an object on a topic of ours."""
    found = []
    for case in (case for file_name in message_files() for case in cases(file_name)):
        name = case["topic"].removeprefix("hymio/v1/reception-1/")
        if name in messages.MESSAGES and is_object(payload_of(case)):
            records = case.get("fields", {}).get("responses", [])
            taken = "fields" in case and not any("reason" in record for record in records)
            found.append(pytest.param(case, name, taken, id=f"{name}: {case['says']}"))
    return found


def is_object(payload):
    try:
        value = json.loads(payload.decode())
    except ValueError:
        return False
    return isinstance(value, dict) and "Infinity" not in json.dumps(value)


def on_disk(name):
    with open(FOLDER + schema.file_name(name), encoding="utf-8") as file:
        return json.load(file)


def valid(name, value):
    return jsonschema.Draft202012Validator(on_disk(name)).is_valid(value)


@pytest.mark.parametrize("name", messages.MESSAGES)
def test_the_schema_on_disk_is_the_one_of_the_code(name):
    assert on_disk(name) == schema.schema(name)


def test_nothing_else_is_on_disk(repository):
    on_disk = {path.name for path in (repository / FOLDER).iterdir()}

    assert on_disk == {schema.file_name(name) for name in messages.MESSAGES}


def test_the_schemas_are_written_where_they_are_read(tmp_path):
    schema.write(str(tmp_path))

    for name in messages.MESSAGES:
        with open(FOLDER + schema.file_name(name), encoding="utf-8") as file:
            assert (tmp_path / schema.file_name(name)).read_text(encoding="utf-8") == file.read(), name


@pytest.mark.parametrize("name", messages.MESSAGES)
def test_the_schema_is_a_schema(name):
    jsonschema.Draft202012Validator.check_schema(on_disk(name))


@pytest.mark.parametrize(("case", "name", "taken"), judged_cases())
def test_the_schema_judges_as_decode_does(case, name, taken):
    agreed = valid(name, json.loads(payload_of(case))) == taken

    assert agreed or (not taken and any(words in case["says"] for words in BEYOND))


@pytest.mark.parametrize("words", BEYOND)
def test_every_difference_is_a_real_one(words):
    payloads = [
        (name, json.loads(payload_of(case)))
        for case, name, taken in (parameters.values for parameters in judged_cases())
        if words in case["says"] and not taken
    ]

    assert any(valid(name, payload) for name, payload in payloads)


def test_what_the_schema_refuses_decode_refuses():
    for case, name, _ in (parameters.values for parameters in judged_cases()):
        if not valid(name, json.loads(payload_of(case))):
            assert refused_somewhere(case), case["says"]


def refused_somewhere(case):
    try:
        fields = messages.decode(case["topic"], payload_of(case)).fields
    except Refused:
        return True
    return any(record.reason for record in fields.get("responses", []))
