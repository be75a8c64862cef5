"""The registry: units, service points and devices, and which of them belong together from when to when.

Every function that writes does so in a transaction of its own. Writing the same again changes nothing; something else
under the same key raises Conflict.
"""

import json
import time
from collections.abc import Mapping, Sequence

from broker_bridge.database import dated, units
from broker_bridge.database.calendars import DEFAULT_TIME_ZONE
from broker_bridge.database.connect import Connection
from broker_bridge.database.corrections import UNSAID, Because, changing
from broker_bridge.database.invalid import Invalid
from broker_bridge.database.names import a_code, a_language, names_json, of_kind
from broker_bridge.database.ranges import Range
from broker_bridge.database.rows import Written, add_once, existing
from broker_bridge.database.service_classes import doubts
from broker_bridge.database.service_points import belongs
from device.protocol.messages import LABEL
from device.protocol.topics import DEVICE_ID


def add_unit(
    connection: Connection,
    code: str,
    names: Mapping[str, str],
    time_zone: str = DEFAULT_TIME_ZONE,
    **known: str | None,
) -> Written:
    """Add a unit; `names` maps languages to names, `time_zone` is an IANA name; `known`: oid, provider, parent.

    Raises Unknown when its parent is not stored, Conflict when another unit has its OID.
    """
    unit = units.checked({"code": code, "names": names, "time_zone": time_zone, **known})
    with changing(connection):
        units.check_free(connection, unit["code"], unit)
        return add_once(connection, "units", {"code": unit["code"]}, unit, {})


def add_service_point(connection: Connection, code: str, unit: str, names: Mapping[str, str]) -> Written:
    """Add a service point that has belonged to `unit` since ever; raise Unknown when there is no such unit."""
    point = {"code": a_code("code", code), "names": names_json("name", names)}
    with changing(connection):
        existing(connection, "units", "code", unit, "unit")
        written = add_once(connection, "service_points", {"code": point["code"]}, point, {})
        return Written(belongs(connection, point["code"], unit) or written.new)


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
    with changing(connection):
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
    with changing(connection):
        existing(connection, "devices", "device_id", device_id, "device_id")
        check_survey(connection, survey, languages)
        connection.execute(
            "UPDATE devices SET survey = :survey, languages = :languages WHERE device_id = :device_id",
            {"device_id": device_id, "survey": survey, "languages": json.dumps(list(languages))},
        )


def revoke_device(connection: Connection, device_id: str) -> None:
    """Take nothing from a device any more; what it said before stays."""
    with changing(connection):
        existing(connection, "devices", "device_id", device_id, "device_id")
        connection.execute(
            "UPDATE devices SET status = 'revoked' WHERE device_id = :device_id", {"device_id": device_id}
        )


def add_placement(
    connection: Connection, device_id: str, service_point: str, valid: Range, because: Because = UNSAID
) -> Written:
    """Place a device at a service point; responses of that time move there. Its placements may not overlap."""
    with changing(connection):
        existing(connection, "devices", "device_id", device_id, "device_id")
        existing(connection, "service_points", "code", service_point, "service_point")
        ranges = dated.Ranges("placements", "device_id", device_id)
        return dated.add(connection, ranges, {"service_point": service_point}, valid, because)


def add_service_class_link(
    connection: Connection,
    scheme: str,
    code: str,
    valid: Range,
    *,
    unit: str | None = None,
    service_point: str | None = None,
    because: Because = UNSAID,
) -> Written:
    """Link a service class to a unit (the default of its points) or to one service point, exactly one of the two.

    The links of one owner may not overlap, whatever their scheme. Warns of a coarse class and of a range outside
    that of the class.
    """
    check_owner(unit, service_point)
    owner = ("unit", unit) if unit is not None else ("service_point", str(service_point))
    with changing(connection):
        time_zone = zone_of(connection, unit, service_point)
        warnings = doubts(connection, scheme, code, valid, time_zone)
        ranges = dated.Ranges("service_class_links", *owner)
        written = dated.add(connection, ranges, {"scheme": scheme, "code": code}, valid, because)
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


def end(connection: Connection, table: str, row_id: int, to_ms: int | None, because: Because = UNSAID) -> Written:
    """Move the end of a row of `placements` or `service_class_links`; responses between old and new end move too.

    Raises Unknown when there is no such row, Conflict when another range of its owner is in the way.
    """
    with changing(connection):
        return dated.end(connection, table, row_id, to_ms, because)
