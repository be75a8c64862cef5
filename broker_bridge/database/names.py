"""Codes, names in several languages, and time zones, as the registry takes them."""

import json
import unicodedata
from collections.abc import Mapping
from functools import cache
from zoneinfo import available_timezones

from broker_bridge.database.invalid import Invalid
from device.protocol.kinds import Kind, Refused
from device.protocol.messages import LANGUAGE

LONGEST_CODE = 64
LONGEST_NAME = 200


def a_code(where: str, value: str) -> str:
    """Return a code of the organisation's own if it can be stored, shown on one line and be part of an address, else
    raise Invalid."""
    if not 1 <= len(value) <= LONGEST_CODE or not value.isprintable() or value != value.strip() or "/" in value:
        wanted = f"1 to {LONGEST_CODE} printable characters without a slash, and without a space at either end"
        raise Invalid(where, value, wanted)
    return unicodedata.normalize("NFC", value)


def names_json(where: str, names: Mapping[str, str]) -> str:
    """Return {language: name} as it is stored: JSON by language; raise Invalid unless there is one."""
    if not names:
        raise Invalid(where, dict(names), "a name in at least one language")
    checked = {
        a_language(where, language): a_name(f"{where}.{language}", names[language]) for language in sorted(names)
    }
    return json.dumps(checked, ensure_ascii=False)


def a_name(where: str, name: str) -> str:
    """Return a name of one line, in Unicode NFC; raise Invalid for any other."""
    stripped = unicodedata.normalize("NFC", name.strip())
    if not 1 <= len(stripped) <= LONGEST_NAME or not stripped.isprintable():
        raise Invalid(where, name, f"1 to {LONGEST_NAME} printable characters")
    return stripped


def a_language(where: str, language: str) -> str:
    """Return a language code such as `fi` or `smn`; raise Invalid for anything else."""
    return of_kind(LANGUAGE, where, language, "a language code such as fi, sv or smn")


def of_kind(kind: Kind, where: str, value: object, allowed: str) -> str:
    """Return a text that the wire contract allows too; raise Invalid, in the registry's words, when it does not."""
    try:
        return str(kind.check(value, where))
    except Refused as refusal:
        raise Invalid(where, value, allowed) from refusal


def a_time_zone(where: str, value: str) -> str:
    """Return the IANA name of a time zone; raise Invalid when there is none of that name."""
    if value not in time_zones():
        raise Invalid(where, value, "an IANA time zone such as Europe/Helsinki")
    return value


@cache
def time_zones() -> frozenset[str]:
    """Return the time zones that this machine knows; reading them from disk takes a while."""
    return frozenset(available_timezones())
