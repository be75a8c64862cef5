"""Canonical JSON: one value, one spelling, so that both ends hash a record alike."""

import json


def dumps(value: object) -> str:
    """Return JSON with sorted keys, no spaces and no escapes that JSON does not demand.

    Takes what a message may hold: null, booleans, integers, short fractions, strings, lists, objects with string keys.
    """
    if isinstance(value, dict):
        return "{" + ",".join([string(key) + ":" + dumps(value[key]) for key in sorted(value)]) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join([dumps(entry) for entry in value]) + "]"
    if isinstance(value, str):
        return string(value)
    if type(value) is int:
        return str(value)
    return json.dumps(value)


def string(value: str) -> str:
    """Return a JSON string; only the quote, the backslash, control characters and lone surrogates are escaped."""
    if value.replace("_", "a").isalpha():  # a field's name, as most of what there is to spell
        return '"' + value + '"'
    return '"' + "".join([character(c) for c in value]) + '"'


def character(c: str) -> str:
    """Return one character of a JSON string."""
    # A rejected record may hold a lone surrogate; UTF-8 cannot carry one, and its record wants a hash too.
    if c < " " or "\ud800" <= c <= "\udfff":
        return NAMED.get(c) or f"\\u{ord(c):04x}"
    return "\\" + c if c in '"\\' else c


NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
