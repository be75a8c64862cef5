"""Prints the wire contract as JSON Schema, from the same tree that `decode` checks against.

Run `python -m device.protocol.schema` to write `schemas/` anew.
"""

import json
import os

from device.protocol import kinds, messages

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema(name: str) -> "dict[str, Any]":
    """Return the JSON Schema of one message, by its name such as `up/hello`."""
    return {"$schema": DIALECT, "title": f"hymio/v1/<device_id>/{name}"} | of(messages.MESSAGES[name])


def of(kind: kinds.Kind) -> "dict[str, Any]":
    """Return the JSON Schema of any kind."""
    written: dict[str, Any] = WRITERS[type(kind)](kind)
    return written


def of_text(kind: kinds.Text) -> "dict[str, Any]":
    """Return the schema of a string."""
    bounds = {"type": "string", "minLength": kind.shortest, "maxLength": kind.longest}
    return bounds | ({"pattern": kind.pattern} if kind.pattern else {})


def of_mapping(kind: kinds.Mapping) -> "dict[str, Any]":
    """Return the schema of an object whose keys are data."""
    bounds = {"type": "object", "minProperties": kind.least, "maxProperties": kind.most}
    return bounds | {"propertyNames": of(kind.key), "additionalProperties": of(kind.value)}


def of_fields(kind: kinds.Fields) -> "dict[str, Any]":
    """Return the schema of an object whose keys are fixed; others are allowed, and checked where they are data."""
    known = kind.required | kind.optional
    written: dict[str, Any] = {
        "type": "object",
        "required": sorted(kind.required),
        "properties": {field: of(known[field]) for field in sorted(known)},
    }
    if kind.rest:
        written["minProperties"] = len(kind.required) + 1
        written["maxProperties"] = len(kind.required) + kind.rest.most
        written["propertyNames"] = of(kind.rest.key)
        written["additionalProperties"] = of(kind.rest.value)
    return written


def of_variants(kind: kinds.Variants) -> "dict[str, Any]":
    """Return the schema of an object that has exactly one of the shapes."""
    others = {field: [other for other in sorted(kind.shapes) if other != field] for field in kind.shapes}
    return {
        "oneOf": [
            of(kind.shapes[field]) | {"not": {"anyOf": [{"required": [other]} for other in others[field]]}}
            for field in sorted(kind.shapes)
        ]
    }


def of_either(kind: kinds.Either) -> "dict[str, Any]":
    """Return the schema of an integer, a string or a list."""
    return {"anyOf": [of(one) for one in kind.kinds]}


WRITERS: "dict[Any, Any]" = {
    kinds.Anything: lambda kind: {},
    kinds.Constant: lambda kind: {"const": kind.value},
    kinds.Integer: lambda kind: {"type": "integer", "minimum": kind.low, "maximum": kind.high},
    kinds.Share: lambda kind: {"type": "number", "minimum": 0, "maximum": 1},
    kinds.Choice: lambda kind: {"enum": list(kind.values)},
    kinds.Nullable: lambda kind: {"anyOf": [{"type": "null"}, of(kind.kind)]},
    kinds.Listed: lambda kind: {"type": "array", "items": of(kind.kind), "maxItems": kind.most},
    kinds.Text: of_text,
    kinds.Mapping: of_mapping,
    kinds.Fields: of_fields,
    kinds.Variants: of_variants,
    kinds.Either: of_either,
}


def file_name(name: str) -> str:
    """Return the file of a message's schema, within `schemas/`."""
    return name.replace("/", "-") + ".json"


def write(folder: str) -> None:
    """Write the schema of every message into a folder."""
    for name in sorted(messages.MESSAGES):
        with open(folder + "/" + file_name(name), "w", encoding="utf-8") as file:
            file.write(json.dumps(schema(name), indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    write(os.path.dirname(os.path.abspath(__file__)) + "/schemas")
