"""The manual tells the truth: its examples decode, its tables are those of the code, what it names is there."""

import re

import pytest

from device.protocol import kinds, messages, topics
from tests.device.protocol.outcomes import outcome

FOLDER = "device/protocol/"
EXAMPLE = re.compile(r"^```json (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ROW = re.compile(r"^\| `(\w+)` \| (.*?) \| (yes|no) \|", re.MULTILINE)
TABLES = {
    **messages.MESSAGES,
    "A record of answers": messages.RECORD.shapes["answers"],
    "An undo": messages.RECORD.shapes["undoes"],
    "A lost record": messages.RECORD.shapes["lost"],
    "Counters": messages.RECORD.shapes["counters"],
}


def manual():
    with open(FOLDER + "README.md", encoding="utf-8") as file:
        return file.read()


def section(title):
    """Return what stands below a heading, up to the next one."""
    _, found, rest = manual().partition(f" {title}\n")
    assert found, title
    return re.split(r"^#+ ", rest, maxsplit=1, flags=re.MULTILINE)[0]


def examples():
    return EXAMPLE.findall(manual())


def said(kind):
    """Return the words of the manual for a kind of value."""
    if isinstance(kind, kinds.Nullable):
        return said(kind.kind) + ", or null"
    if isinstance(kind, kinds.Constant):
        return str(kind.value)
    if isinstance(kind, kinds.Integer):
        return f"integer, {kind.low} to {kind.high}"
    if isinstance(kind, kinds.Text):
        pattern = f", `{kind.pattern}`" if kind.pattern else ""
        return f"text, {kind.shortest} to {kind.longest} characters{pattern}"
    if isinstance(kind, kinds.Choice):
        return "one of " + ", ".join(f"`{value}`" for value in kind.values)
    if isinstance(kind, kinds.Listed):
        return f"list of at most {kind.most}"
    if isinstance(kind, kinds.Mapping):
        return f"object of {kind.least} to {kind.most}"
    return {kinds.Share: "number, 0 to 1", kinds.Fields: "object"}[type(kind)]


def rows(fields):
    known = fields.required | fields.optional
    return {name: (said(kind), "yes" if name in fields.required else "no") for name, kind in known.items()}


@pytest.mark.parametrize(("name", "payload"), examples())
def test_the_example_decodes(name, payload):
    answer = outcome(topics.topic("reception-1", name), payload.encode())

    assert "refused" not in answer
    assert not [record for record in answer["fields"].get("responses", []) if "reason" in record]


@pytest.mark.parametrize("name", messages.MESSAGES)
def test_every_message_has_an_example_in_its_section(name):
    assert name in [found for found, _ in EXAMPLE.findall(section(name))]


@pytest.mark.parametrize("shape", messages.RECORD.shapes)
def test_every_shape_of_record_has_an_example(shape):
    assert [payload for name, payload in examples() if name == messages.RESPONSES_NAME and f'"{shape}":' in payload]


def test_no_json_stands_outside_an_example():
    assert manual().count("```json") == len(examples())


@pytest.mark.parametrize("title", TABLES)
def test_the_table_is_that_of_the_code(title):
    written = {name: (kind, required) for name, kind, required in ROW.findall(section(title))}

    assert written == rows(TABLES[title])


@pytest.mark.parametrize("name", [*messages.MESSAGES, messages.CHUNK_NAME])
def test_the_table_of_topics_names_every_message(name):
    assert f"`hymio/v1/<device_id>/{name}`" in section("Topics")


@pytest.mark.parametrize("kind", ["topic", "size", "json", "version", "schema"])
def test_every_kind_of_refusal_is_explained(kind):
    assert f"`{kind}:`" in manual()


def test_the_limits_are_those_of_the_code():
    text = manual()

    assert f"{messages.LARGEST_PAYLOAD} bytes" in text
    assert f"{kinds.DEEPEST} levels" in text
    assert f"{kinds.LARGEST}" in text
    assert topics.DEVICE_ID.pattern in text
    assert ", ".join(f"`{name}`" for name in messages.CONTENT) in text


def test_every_file_that_is_named_is_there(repository):
    for name in re.findall(r"`(golden/[\w./-]+|schemas/[\w./-]+|\w+\.py)`", manual()):
        assert (repository / FOLDER / name).exists(), name
