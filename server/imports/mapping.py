"""The mapping file: what the columns and words of an older system's file mean.

No maker's format is built in: exports differ by version and language, and a wrong guess would turn opinions round.
"""

import codecs
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from broker_bridge.database.invalid import Invalid
from broker_bridge.database.names import a_time_zone

FORMAT = "hymio-import/1"
SCHEMA: dict[str, Any] = json.loads((Path(__file__).parent / "mapping-1.schema.json").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Mapped:
    """What the columns mean. Either one column holds the answer, or one column for each answer holds how often.

    `values` says which value a word of the answer column means, or which a counting column; None leaves it out, as it
    does a place. `minutes` is how much time a row stands for, where `at_format` does not say it.
    """

    system: str
    survey: str
    question: str
    at: tuple[str, ...]
    at_format: str
    time_zone: str
    place: str
    places: Mapping[str, str | None]
    values: Mapping[str, int | None]
    answer: str | None = None
    language: str | None = None
    delimiter: str = ";"
    encoding: str = "utf-8-sig"
    minutes: int | None = None

    @property
    def columns(self) -> list[str]:
        """Return the columns that a file needs."""
        return [*self.at, self.place, *([self.answer] if self.answer else self.values)]


def mapping(content: bytes) -> Mapped:
    """Return a mapping file in JSON; raise Invalid with what is missing or wrong, and where."""
    try:
        given: Any = json.loads(content)
    except ValueError as error:
        raise Invalid("mapping", content[:40].decode(errors="replace"), f"JSON; {error}") from error
    if wrong := best_match(Draft202012Validator(SCHEMA).iter_errors(given)):
        where = "mapping" + wrong.json_path.removeprefix("$")
        raise Invalid(where, wrong.instance, f"what {FORMAT} says: {wrong.message}")
    columns = [given["at"]] if isinstance(given["at"], str) else given["at"]
    fields = {name: value for name, value in given.items() if name != "format"}
    made = Mapped(**fields | {"at": tuple(columns)})
    check(made)
    return made


def check(made: Mapped) -> None:
    """Raise Invalid for a mapping that cannot be meant."""
    a_time_zone("mapping.time_zone", made.time_zone)
    if len(set(made.values.values()) - {None}) < 2:
        raise Invalid("mapping.values", dict(made.values), "at least two different values")
    try:
        codecs.lookup(made.encoding)
    except LookupError as error:
        raise Invalid("mapping.encoding", made.encoding, "an encoding such as utf-8-sig or cp1252") from error
    example = datetime(2026, 11, 22, 12, tzinfo=ZoneInfo(made.time_zone))
    try:
        datetime.strptime(example.strftime(made.at_format), made.at_format)
    except ValueError as error:
        allowed = f"a format such as %d.%m.%Y %H:%M:%S; {error}"
        raise Invalid("mapping.at_format", made.at_format, allowed) from error
