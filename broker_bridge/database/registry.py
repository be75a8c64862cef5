"""The registry: units, service points and devices, and which of them belong together from when to when.

Every function that writes does so in a transaction of its own. Writing the same again changes nothing; something else
under the same key raises Conflict.
"""

import json
import time
from collections.abc import Mapping, Sequence
from typing import Any

from broker_bridge.database.attachment import reattach
from broker_bridge.database.calendars import DEFAULT_TIME_ZONE
from broker_bridge.database.connect import Connection, transaction
from broker_bridge.database.invalid import Conflict, Invalid
from broker_bridge.database.names import a_code, a_language, a_time_zone, names_json, of_kind
from broker_bridge.database.ranges import SINCE_EVER_MS, Range, refuse_overlap
from broker_bridge.database.rows import Written, add_once, existing, find, insert
from broker_bridge.database.service_classes import doubts
from device.protocol.messages import LABEL
from device.protocol.topics import DEVICE_ID


def add_unit(
    connection: Connection, code: str, names: Mapping[str, str], time_zone: str = DEFAULT_TIME_ZONE
) -> Written:
    """Add a unit; `names` maps languages to names, `time_zone` is an IANA name."""
    unit = {
        "code": a_code("code", code),
        "names": names_json("name", names),
        "time_zone": a_time_zone("time_zone", time_zone),
    }
    with transaction(connection):
        return add_once(connection, "units", {"code": unit["code"]}, unit, {})


def add_service_point(connection: Connection, code: str, unit: str, names: Mapping[str, str]) -> Written:
    """Add a service point that has belonged to `unit` since ever; raise Unknown when there is no such unit."""
    point = {"code": a_code("code", code), "names": names_json("name", names)}
    with transaction(connection):
        existing(connection, "units", "code", unit, "unit")
        written = add_once(connection, "service_points", {"code": point["code"]}, point, {})
        return Written(belongs(connection, point["code"], unit) or written.new)


def belongs(connection: Connection, service_point: str, unit: str) -> bool:
    """Let a new service point belong to its unit since ever; raise Conflict when it belongs to another."""
    of_point = {"service_point": service_point}
    stored = connection.execute(
        "SELECT unit FROM service_point_units WHERE service_point = :service_point ORDER BY valid_from_ms", of_point
    ).fetchall()
    if stored and unit not in [row["unit"] for row in stored]:
        raise Conflict("unit", unit, f"{stored[0]['unit']}, the unit that {service_point} belongs to")
    if not stored:
        insert(connection, "service_point_units", of_point | {"unit": unit, "valid_from_ms": SINCE_EVER_MS})
    return not stored


def add_device(
    connection: Connection, device_id: str, model: str, survey: str | None = None, languages: Sequence[str] = ()
) -> Written:
    """Add a device; a model that begins with `kiosk` answers on channel kiosk, any other on button."""
    device = {
        "device_id": of_kind(DEVICE_ID, "device_id", device_id, "4 to 40 of a-z, 0-9 and -, not beginning with -"),
        "model": of_kind(LABEL, "model", model, "1 to 64 characters"),
        "channel": "kiosk" if model.startswith("kiosk") else "button",
        "survey": survey,
        "languages": json.dumps([a_language("languages", language) for language in languages]),
    }
    begun = {"status": "registered", "registered_ms": time.time_ns() // 1_000_000}
    with transaction(connection):
        check_survey(connection, survey, languages)
        return add_once(connection, "devices", {"device_id": device_id}, device, begun)


def check_survey(connection: Connection, survey: str | None, languages: Sequence[str]) -> None:
    """Raise Unknown when the survey version is not stored, Invalid when it does not speak one of the languages."""
    if survey is None:
        return
    spoken = json.loads(existing(connection, "surveys", "survey", survey, "survey")["definition"])["languages"]
    for language in languages:
        if language not in spoken:
            raise Invalid("languages", language, f"one of {', '.join(spoken)}, the languages of {survey}")


def set_survey(connection: Connection, device_id: str, survey: str | None, languages: Sequence[str] = ()) -> None:
    """Let a device ask another survey version from its next hello on."""
    with transaction(connection):
        existing(connection, "devices", "device_id", device_id, "device_id")
        check_survey(connection, survey, languages)
        connection.execute(
            "UPDATE devices SET survey = :survey, languages = :languages WHERE device_id = :device_id",
            {"device_id": device_id, "survey": survey, "languages": json.dumps(list(languages))},
        )


def revoke_device(connection: Connection, device_id: str) -> None:
    """Take nothing from a device any more; what it said before stays."""
    with transaction(connection):
        existing(connection, "devices", "device_id", device_id, "device_id")
        connection.execute(
            "UPDATE devices SET status = 'revoked' WHERE device_id = :device_id", {"device_id": device_id}
        )


def add_placement(connection: Connection, device_id: str, service_point: str, valid: Range) -> Written:
    """Place a device at a service point; responses of that time move there. Its placements may not overlap."""
    with transaction(connection):
        existing(connection, "devices", "device_id", device_id, "device_id")
        existing(connection, "service_points", "code", service_point, "service_point")
        return add_range(connection, "placements", {"device_id": device_id}, {"service_point": service_point}, valid)


def add_service_class_link(
    connection: Connection,
    scheme: str,
    code: str,
    valid: Range,
    *,
    unit: str | None = None,
    service_point: str | None = None,
) -> Written:
    """Link a service class to a unit (the default of its points) or to one service point, exactly one of the two.

    The links of one owner may not overlap, whatever their scheme. Warns of a coarse class and of a range outside
    that of the class.
    """
    check_owner(unit, service_point)
    owner = {"unit": unit} if unit is not None else {"service_point": service_point}
    with transaction(connection):
        time_zone = zone_of(connection, unit, service_point)
        warnings = doubts(connection, scheme, code, valid, time_zone)
        linked = {"scheme": scheme, "code": code}
        written = add_range(connection, "service_class_links", owner, linked, valid)
    return Written(written.new, written.id, tuple(warnings))


def check_owner(unit: str | None, service_point: str | None) -> None:
    """Raise Invalid unless exactly one of the two is named."""
    if (unit is None) == (service_point is None):
        raise Invalid("unit", unit, "either unit or service_point, and not both")


def zone_of(connection: Connection, unit: str | None, service_point: str | None) -> str:
    """Return the time zone of a unit, or of the unit of a service point; raise Unknown when there is none."""
    if unit is not None:
        return str(existing(connection, "units", "code", unit, "unit")["time_zone"])
    existing(connection, "service_points", "code", service_point, "service_point")
    zone = connection.execute(
        """SELECT time_zone FROM service_point_units JOIN units ON units.code = service_point_units.unit
           WHERE service_point = :service_point ORDER BY valid_from_ms DESC LIMIT 1""",
        {"service_point": service_point},
    ).fetchone()
    return str(zone["time_zone"])


def end(connection: Connection, table: str, row_id: int, to_ms: int | None) -> Written:
    """Move the end of a row of `placements` or `service_class_links`; responses between old and new end move too.

    Raises Unknown when there is no such row, Conflict when another range of its owner is in the way.
    """
    with transaction(connection):
        row = existing(connection, table, "id", row_id, "id")
        was = Range(row["valid_from_ms"], row["valid_to_ms"])
        wanted = Range(was.from_ms, to_ms)
        owner = {key: row[key] for key in OWNERS[table] if row[key] is not None}
        refuse_overlap(connection, table, owner, wanted, but_id=row_id)
        connection.execute(f"UPDATE {table} SET valid_to_ms = :to_ms WHERE id = :id", {"to_ms": to_ms, "id": row_id})
        reattach(connection, from_ms=was.from_ms, to_ms=later(was.to_ms, to_ms))
    return Written(was != wanted, row_id)


OWNERS = {"placements": ("device_id",), "service_class_links": ("unit", "service_point")}


def later(one_ms: int | None, other_ms: int | None) -> int | None:
    """Return the later of two ends; an open end is later than any."""
    return None if one_ms is None or other_ms is None else max(one_ms, other_ms)


def add_range(
    connection: Connection, table: str, owner: dict[str, Any], target: dict[str, Any], valid: Range
) -> Written:
    """Insert a dated row of `owner` unless it is stored already, and attach the responses of that time anew."""
    row = owner | target | {"valid_from_ms": valid.from_ms, "valid_to_ms": valid.to_ms}
    stored = find(connection, table, row)
    if stored:
        return Written(new=False, id=stored["id"])
    refuse_overlap(connection, table, owner, valid)
    row_id = connection.execute(f"SELECT coalesce(max(id), 0) + 1 FROM {table}").fetchone()[0]
    insert(connection, table, row | {"id": row_id})
    reattach(connection, from_ms=valid.from_ms, to_ms=valid.to_ms)
    return Written(new=True, id=row_id)
