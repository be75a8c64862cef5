"""The kinds of value that a message may hold, each with its check; `schema.py` prints the same tree as JSON Schema."""

import re
import sys

from device.protocol.refusal import Refused

TYPE_CHECKING = False  # what type checkers read as true; MicroPython has no `typing`
if TYPE_CHECKING:
    from typing import Any

__all__ = ["Refused"]  # most of those who check know it by this name

LARGEST = 9007199254740991  # the largest integer that every JSON reader keeps exact
DEEPEST = 32  # levels of lists and objects; well within the recursion that both Pythons allow their JSON writers
NOT_JSON = "json: not JSON in UTF-8"


def is_integer(value: "Any") -> bool:
    """Tell whether a decoded JSON value is an integer; true and false are not numbers."""
    return isinstance(value, int) and not isinstance(value, bool)


def refuse_unreadable(value: "Any") -> None:
    """Raise Refused for what some JSON reader lets through but not every JSON reader or writer can handle."""
    level = [value]
    for _ in range(DEEPEST + 1):
        if not level:
            return
        below: list[Any] = []
        for entry in level:
            # Infinity minus itself is not a number, which differs from everything.
            if isinstance(entry, float) and entry - entry != 0:
                raise Refused("json: holds a number that is not finite")
            # MicroPython reads {1: 2}, and cannot sort its keys among strings.
            if isinstance(entry, dict) and not all(isinstance(key, str) for key in entry):
                raise Refused(NOT_JSON)
            if isinstance(entry, (dict, list)):
                below.extend(entry.values() if isinstance(entry, dict) else entry)
        level = below
    raise Refused(f"json: nested deeper than {DEEPEST} levels")


class Kind:
    """A kind of value: `check` returns the value without its unknown fields, or raises Refused naming the path."""

    def check(self, value: "Any", path: str) -> "Any":
        raise NotImplementedError


class Constant(Kind):
    """One value and no other."""

    def __init__(self, value: "Any") -> None:
        self.value = value

    def check(self, value: "Any", path: str) -> "Any":
        if value != self.value or isinstance(value, (bool, float)):
            raise Refused(f"{path} must be {self.value}")
        return value


class Integer(Kind):
    """An integer from `low` to `high`, both included."""

    def __init__(self, low: int, high: int) -> None:
        self.low = low
        self.high = high

    def check(self, value: "Any", path: str) -> "Any":
        if not is_integer(value):
            raise Refused(f"{path} must be an integer")
        if not self.low <= value <= self.high:
            raise Refused(f"{path} must be from {self.low} to {self.high}")
        return value


class Share(Kind):
    """A number from 0 to 1: the one kind that may have a fraction."""

    def check(self, value: "Any", path: str) -> "Any":
        if not (is_integer(value) or isinstance(value, float)) or not 0 <= value <= 1:
            raise Refused(f"{path} must be a number from 0 to 1")
        return value


class Text(Kind):
    """A string of `shortest` to `longest` characters without NUL or lone surrogates, matching `pattern` where given."""

    def __init__(self, longest: int, shortest: int = 0, pattern: str = "") -> None:
        self.longest = longest
        self.shortest = shortest
        self.pattern = pattern

    def check(self, value: "Any", path: str) -> "Any":
        if not isinstance(value, str):
            raise Refused(f"{path} must be a string")
        if not self.shortest <= len(value) <= self.longest:
            raise Refused(f"{path} must be {self.shortest} to {self.longest} characters long")
        if self.pattern:
            # `$` also matches before a final newline, on CPython.
            if value.endswith("\n") or not re.match(self.pattern, value):
                raise Refused(f"{path} must match {self.pattern}")
        elif any(c == "\0" or "\ud800" <= c <= "\udfff" for c in value):
            raise Refused(f"{path} holds a character that cannot be stored")
        return value


class Choice(Kind):
    """One of a few strings."""

    def __init__(self, *values: str) -> None:
        self.values = values

    def check(self, value: "Any", path: str) -> "Any":
        if not isinstance(value, str) or value not in self.values:
            raise Refused(f"{path} must be one of {', '.join(self.values)}")
        return value


class Anything(Kind):
    """Any JSON value, as deep as it goes, as long as its strings can be stored and its numbers are exact integers."""

    text = Text(sys.maxsize)
    integer = Integer(-LARGEST, LARGEST)

    def check(self, value: "Any", path: str) -> "Any":
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str):
            return self.text.check(value, path)
        if isinstance(value, list):
            return [self.check(entry, path) for entry in value]
        if isinstance(value, dict):
            # The path stays that of the whole: keys from outside could make the reason too long to be sent.
            for key in value:
                self.text.check(key, path + " key")
            return {key: self.check(value[key], path) for key in sorted(value)}
        return self.integer.check(value, path)


class Nullable(Kind):
    """The given kind, or null."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind

    def check(self, value: "Any", path: str) -> "Any":
        return None if value is None else self.kind.check(value, path)


class Either(Kind):
    """The kind whose Python type the value has: an integer, a string or a list."""

    def __init__(self, integer: Integer, text: Text, listed: "Listed") -> None:
        self.kinds = (integer, text, listed)

    def check(self, value: "Any", path: str) -> "Any":
        integer, text, listed = self.kinds
        if isinstance(value, str):
            return text.check(value, path)
        if isinstance(value, list):
            return listed.check(value, path)
        if is_integer(value):
            return integer.check(value, path)
        raise Refused(f"{path} must be an integer, a string or a list")


class Listed(Kind):
    """A list of at most `most` values of one kind."""

    def __init__(self, kind: Kind, most: int) -> None:
        self.kind = kind
        self.most = most

    def check(self, value: "Any", path: str) -> "Any":
        if not isinstance(value, list):
            raise Refused(f"{path} must be a list")
        if len(value) > self.most:
            raise Refused(f"{path} must have at most {self.most} entries")
        return [self.kind.check(entry, f"{path}[{index}]") for index, entry in enumerate(value)]


class Mapping(Kind):
    """An object of `least` to `most` keys of one kind with values of another."""

    def __init__(self, key: Text, value: Kind, most: int, least: int = 1) -> None:
        self.key = key
        self.value = value
        self.most = most
        self.least = least

    def check(self, value: "Any", path: str) -> "Any":
        entries = an_object(value, path)
        if not self.least <= len(entries) <= self.most:
            raise Refused(f"{path} must have {self.least} to {self.most} entries")
        for key in sorted(entries):
            self.key.check(key, path + " key")
        return {key: self.value.check(entries[key], f"{path}.{key}") for key in sorted(entries)}


class Fields(Kind):
    """An object with required and optional fields; other fields are ignored, or checked by `rest` where it is given."""

    def __init__(self, required: "dict[str, Kind]", optional: "dict[str, Kind]", rest: "Mapping | None" = None) -> None:
        self.required = required
        self.optional = optional
        self.rest = rest

    def check(self, value: "Any", path: str) -> "Any":
        given = an_object(value, path)
        checked: dict[str, Any] = {}
        for name in sorted(self.required):
            if name not in given:
                raise Refused(f"{inside(path, name)} is missing")
            checked[name] = self.required[name].check(given[name], inside(path, name))
        for name in sorted(self.optional):
            if name in given:
                checked[name] = self.optional[name].check(given[name], inside(path, name))
        if self.rest:
            others = {name: given[name] for name in given if name not in self.required}
            checked.update(self.rest.check(others, path))
        return checked


class Variants(Kind):
    """An object of exactly one shape; the field that only one shape has tells which."""

    def __init__(self, shapes: "dict[str, Fields]") -> None:
        self.shapes = shapes

    def check(self, value: "Any", path: str) -> "Any":
        given = an_object(value, path)
        named = [field for field in sorted(self.shapes) if field in given]
        if not named:
            raise Refused(f"{inside(path, sorted(self.shapes)[0])} is missing")
        if len(named) > 1:
            raise Refused(f"{path} has both {named[0]} and {named[1]}")
        return self.shapes[named[0]].check(given, path)


def an_object(value: "Any", path: str) -> "dict[str, Any]":
    """Return the value if it is a JSON object, else raise Refused."""
    if not isinstance(value, dict):
        raise Refused(f"{path or 'message'} must be an object")
    return value


def inside(path: str, name: str) -> str:
    """Return the path of a field within the object at `path`."""
    return f"{path}.{name}" if path else name
