"""How the classes of one list go over into those of another, so that a trend can be read in either."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from broker_bridge.database.connect import Connection
from broker_bridge.database.corrections import UNSAID, Because, changing, note
from broker_bridge.database.invalid import Invalid, Unknown
from broker_bridge.database.ranges import next_id
from broker_bridge.database.rows import existing, find
from broker_bridge.database.spreadsheets import Line, lines

REQUIRED = ("old_scheme", "old_code", "new_scheme", "new_code", "share")
WHOLE = 1_000_000  # shares are kept in millionths, so that they add up
SHARE = r"0?[.,]\d{1,6}|1([.,]0{1,6})?|0"
RULE = r"(unit|service_point):(.+)"


@dataclass(frozen=True)
class Step:
    """An old class goes over into a new one: a share of it, or all of what a unit or service point had of it."""

    old_scheme: str
    old_code: str
    new_scheme: str
    new_code: str
    share_ppm: int | None = None
    unit: str | None = None
    service_point: str | None = None

    @property
    def old(self) -> tuple[str, str]:
        """Return the old class."""
        return self.old_scheme, self.old_code

    @property
    def new(self) -> tuple[str, str]:
        """Return the new class."""
        return self.new_scheme, self.new_code


def import_crosswalk(connection: Connection, content: bytes, because: Because = UNSAID) -> dict[str, int]:
    """Import the CSV of a crosswalk in place of the one between the same two lists; return how many `shares`, `rules`.

    Columns: old_scheme, old_code, new_scheme, new_code, share (0.65 or 0,65; empty is 1), and optionally rule
    (`unit:CODE` or `service_point:CODE`, which goes before shares). The shares of one old class add up to 1. All rows
    or none: raises Invalid, or Unknown for a class, unit or point that is not stored.
    """
    found = lines(content, REQUIRED)
    if not found:
        raise Invalid("file", "no rows", "a header and at least one class")
    with changing(connection):
        steps = [step(connection, line) for line in found]
        check(steps)
        for pair in sorted({(each.old_scheme, each.new_scheme) for each in steps}):
            replace(connection, pair, [each for each in steps if (each.old_scheme, each.new_scheme) == pair])
        rules = sum(each.share_ppm is None for each in steps)
        done = {"shares": len(steps) - rules, "rules": rules}
        note(connection, because, "crosswalk", {"lists": sorted({each.new_scheme for each in steps}), **done}, 0)
    return done


def step(connection: Connection, line: Line) -> Step:
    """Return one row; raise Invalid for the first cell that is wrong."""
    for side in ("old", "new"):
        key = {"scheme": line[f"{side}_scheme"], "code": line[f"{side}_code"]}
        if find(connection, "service_classes", key) is None:
            raise Unknown(line.where(f"{side}_code"), line[f"{side}_code"], f"a class of {key['scheme']}")
    if line["old_scheme"] == line["new_scheme"]:
        raise line.invalid("new_scheme", "another list than the old one")
    classes = (line["old_scheme"], line["old_code"], line["new_scheme"], line["new_code"])
    if not line["rule"]:
        return Step(*classes, share_ppm=share_of(line))
    return Step(*classes, **rule_of(connection, line))


def share_of(line: Line) -> int:
    """Return a share in millionths."""
    if not re.fullmatch(SHARE, line["share"] or "1", re.ASCII):
        raise line.invalid("share", "a share such as 0.65, of at most six decimals")
    whole, _, decimals = (line["share"] or "1").replace(",", ".").partition(".")
    share_ppm = int(whole or 0) * WHOLE + int(decimals.ljust(6, "0"))
    if not share_ppm:
        raise line.invalid("share", "more than nothing")
    return share_ppm


def rule_of(connection: Connection, line: Line) -> dict[str, Any]:
    """Return to which unit or service point a rule applies."""
    rule = re.fullmatch(RULE, line["rule"])
    if not rule:
        raise line.invalid("rule", "unit:CODE or service_point:CODE")
    if line["share"]:
        raise line.invalid("share", "nothing beside a rule, which moves all")
    existing(connection, f"{rule[1]}s", "code", rule[2], line.where("rule"))
    return {rule[1]: rule[2]}


def check(steps: Iterable[Step]) -> None:
    """Raise Invalid unless the shares of each old class add up to 1, and no rule stands twice."""
    shares: dict[tuple[tuple[str, str], str], int] = {}
    seen: set[tuple[Any, ...]] = set()
    for each in steps:
        identity = (each.old, each.new_scheme, each.unit, each.service_point, each.new if each.share_ppm else None)
        if identity in seen:
            raise Invalid("file", f"{each.old_code} to {each.new_code}", "each step once")
        seen.add(identity)
        key = (each.old, each.new_scheme)
        shares[key] = shares.get(key, 0) + (each.share_ppm or 0)
    for (old, _), total in shares.items():
        # A class that goes over by rules alone leaves what no rule names unmapped.
        if total not in (0, WHOLE):
            raise Invalid("share", total / WHOLE, f"shares of {old[1]} that add up to 1")


def replace(connection: Connection, pair: tuple[str, str], steps: Iterable[Step]) -> None:
    """Store the steps between two lists in place of those that there were."""
    schemes = {"old_scheme": pair[0], "new_scheme": pair[1]}
    connection.execute("DELETE FROM crosswalk WHERE old_scheme = :old_scheme AND new_scheme = :new_scheme", schemes)
    columns = tuple(Step.__dataclass_fields__)
    first = next_id(connection, "crosswalk")
    rows = [(number, *asdict(each).values()) for number, each in enumerate(steps, start=first)]
    connection.append("crosswalk", ("id", *columns), rows)


def crosswalk(connection: Connection) -> list[Step]:
    """Return all steps between all lists."""
    rows = connection.execute("SELECT * FROM crosswalk ORDER BY id").fetchall()
    return [Step(**{name: row[name] for name in Step.__dataclass_fields__}) for row in rows]


class Reading:
    """Reads classes in one list, whichever list they were stored in."""

    def __init__(self, steps: Iterable[Step], scheme: str) -> None:
        self.scheme = scheme
        self.forth: dict[tuple[str, str], list[Step]] = {}
        self.back: dict[tuple[str, str], list[Step]] = {}
        for each in steps:
            if each.new_scheme == scheme:
                self.forth.setdefault(each.old, []).append(each)
            elif each.old_scheme == scheme:
                self.back.setdefault(each.new, []).append(each)

    @property
    def by_place(self) -> bool:
        """Tell whether the unit or point of a response matters."""
        return any(
            each.share_ppm is None for steps in (self.forth, self.back) for some in steps.values() for each in some
        )

    def read(self, place: Mapping[str, str]) -> dict[str, int]:
        """Return the codes in our list that stand for a class, with their shares in millionths, which add up to WHOLE.

        `place` has `scheme` and `service_class`, and where rules matter `unit` and `service_point`. Empty when there
        is no class, or when nothing says what it is called in our list: after a merger only a step back can tell.
        """
        named = (place["scheme"], place["service_class"])
        if named[0] == self.scheme:
            return {named[1]: WHOLE}
        forth, back = self.forth.get(named, []), self.back.get(named, [])
        ruled = [each for each in forth + back if applies(each, place)]
        if ruled:
            # A point's own rule goes before its unit's.
            first = min(ruled, key=lambda each: each.service_point is None)
            return {self.ours(first): WHOLE}
        shared = {each.new_code: each.share_ppm for each in forth if each.share_ppm is not None}
        if shared:
            return shared
        olds = {each.old_code for each in back if each.share_ppm is not None}
        return dict.fromkeys(olds, WHOLE) if len(olds) == 1 else {}

    def ours(self, each: Step) -> str:
        """Return that end of a step that is in our list."""
        return each.new_code if each.new_scheme == self.scheme else each.old_code


def applies(each: Step, place: Mapping[str, str]) -> bool:
    """Tell whether a step is a rule for a place."""
    return each.share_ppm is None and (
        each.service_point == place.get("service_point", "") or each.unit == place.get("unit", "")
    )
