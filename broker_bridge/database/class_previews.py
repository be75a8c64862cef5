"""What importing a list of service classes would change, before anything is changed."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from broker_bridge.database.calendars import DEFAULT_TIME_ZONE
from broker_bridge.database.class_files import COARSE, ServiceClass
from broker_bridge.database.connect import Connection
from broker_bridge.database.ranges import Range, of_days

Stored = Mapping[str, Mapping[str, Any]]  # rows of `service_classes` by code
Preview = dict[str, Any]
OPEN = "9999-12-31"  # what an open end sorts as

LINKS = """
SELECT links.*, coalesce(links.service_point, points.service_point) AS point FROM service_class_links AS links
LEFT JOIN service_point_units AS points ON points.unit = links.unit AND points.valid_to_ms IS NULL
WHERE links.scheme = :scheme ORDER BY links.code, links.id, point
"""


def preview(connection: Connection, scheme: str, classes: Sequence[ServiceClass]) -> Preview:
    """Return what an import would do: `new`, `ended` (have an end now, or a sooner one), `renamed`, `validity` (begins
    or ends otherwise), `level`, `unlisted` (stored, and not in the file: they stay), `affected` (linked for a time in
    which the list would not have the class any more) and the `coarse` ones, each by code; with `classes` as they would
    be.
    """
    rows = connection.execute("SELECT * FROM service_classes WHERE scheme = :scheme", {"scheme": scheme})
    stored = {row["code"]: dict(row) for row in rows}
    told = compared(scheme, classes, stored)
    return told | {"affected": affected(connection, scheme, classes, stored)}


def compared(scheme: str, classes: Sequence[ServiceClass], stored: Stored) -> Preview:
    """Return a preview without who is affected."""
    both = [(each, stored[each.code]) for each in classes if each.code in stored]
    listed = {each.code for each in classes}
    return {
        "scheme": scheme,
        "classes": [shown(each) for each in classes],
        "coarse": [each.code for each in classes if each.level == COARSE],
        "new": [each.code for each in classes if each.code not in stored],
        "ended": [each.code for each, row in both if each.valid_to and each.valid_to < (row["valid_to"] or OPEN)],
        "renamed": [
            {"code": each.code, "was": json.loads(row["names"]), "becomes": json.loads(each.names)}
            for each, row in both
            if json.loads(each.names) != json.loads(row["names"])
        ],
        "validity": [
            {
                "code": each.code,
                "was": [row["valid_from"], row["valid_to"]],
                "becomes": [each.valid_from, each.valid_to],
            }
            for each, row in both
            if (each.valid_from, each.valid_to) != (row["valid_from"], row["valid_to"])
        ],
        "level": [
            {"code": each.code, "was": row["level"], "becomes": each.level}
            for each, row in both
            if each.level != row["level"]
        ],
        "unlisted": sorted(code for code in stored if code not in listed),
        "affected": [],
    }


def shown(service_class: ServiceClass) -> dict[str, Any]:
    """Return a class as a preview lists it."""
    listed = ("code", "level", "parent", "valid_from", "valid_to")
    return {"name": json.loads(service_class.names)} | {name: getattr(service_class, name) for name in listed}


def affected(
    connection: Connection, scheme: str, classes: Sequence[ServiceClass], stored: Stored
) -> list[dict[str, Any]]:
    """Return the links that the list holds now and would not hold any more, each with its service points."""
    ends = {each.code: (each.valid_from, each.valid_to) for each in classes}
    found: dict[int, dict[str, Any]] = {}
    for row in connection.execute(LINKS, {"scheme": scheme}):
        link = Range(row["valid_from_ms"], row["valid_to_ms"])
        was = stored[row["code"]]
        becomes = ends.get(row["code"], (was["valid_from"], was["valid_to"]))
        if days(was["valid_from"], was["valid_to"]).encloses(link) and not days(*becomes).encloses(link):
            told = {"code": row["code"], "unit": row["unit"], "linked": str(link), "service_points": []}
            found.setdefault(row["id"], told)["service_points"].append(row["point"])
    return list(found.values())


def days(valid_from: str | None, valid_to: str | None) -> Range:
    """Return the time of a class in Finland, where the lists are made."""
    return of_days(valid_from, valid_to, DEFAULT_TIME_ZONE)
