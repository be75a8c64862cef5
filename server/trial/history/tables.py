"""Writes a made-up past into an empty database, in the engine's fastest way.

This is the one place outside of the bridge that writes responses, and it does so only where there are none: a bridge
that ingested as many would take hours to show the same tables.
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from broker_bridge.database import service_classes, survey_versions
from broker_bridge.database.calendars import DEFAULT_TIME_ZONE
from broker_bridge.database.connect import Connection, transaction
from broker_bridge.database.crosswalks import WHOLE
from broker_bridge.database.rows import insert
from server.trial.history.county import CROSSWALK, NEW_SCHEME, OLD_SCHEME, County, Device
from server.trial.history.forms import surveys
from server.trial.history.hours import start_s

CACHE_KIB = 256 * 1024
BELONGING = ("service_point", "unit", "valid_from_ms", "valid_to_ms")
LINKED = ("unit", "service_point", "scheme", "code", "valid_from_ms", "valid_to_ms")
NUMBERED = ("responses", "placements", "service_point_units", "service_class_links", "crosswalk")

Line = tuple[Any, ...]


class NotEmpty(ValueError):
    """The database has responses already; a made-up past is never mixed with a real one."""


@contextmanager
def quickly(connection: Connection) -> Iterator[None]:
    """Write without waiting for the disk: should the power fail, the half-made past is thrown away anyway."""
    if connection.engine == "postgresql":
        connection.execute("SET synchronous_commit = off")
        yield
        connection.execute("RESET synchronous_commit")
        return
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    connection.execute("DROP INDEX responses_at")  # filled at the end, sorted, it costs a fifth
    yield
    connection.execute("CREATE INDEX responses_at ON responses (at_ms)")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def refuse_unless_empty(connection: Connection) -> None:
    """Raise NotEmpty when there is a unit or a response."""
    for table in ("responses", "units"):
        if connection.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone():  # noqa: S608 - names of our own
            raise NotEmpty(f"the database has {table} already; a made-up past needs one of its own")


def registry(connection: Connection, county: County) -> None:
    """Write units, points, devices, and what belonged together when."""
    for scheme in (OLD_SCHEME, NEW_SCHEME):
        service_classes.import_service_classes(connection, scheme, class_list(scheme), "made up")
    for survey in surveys():
        survey_versions.add_survey(connection, survey)
    with transaction(connection):
        for unit in county.units:
            names = {"fi": f"Keksitty yksikkö {unit.code[-3:]}", "sv": f"Påhittad enhet {unit.code[-3:]}"}
            insert(connection, "units", {"code": unit.code, "names": json.dumps(names), "time_zone": DEFAULT_TIME_ZONE})
        for number, device in enumerate(county.devices, start=1):
            a_device(connection, county, device, number)
        ranges(connection, county)
        crosswalk(connection)


def class_list(scheme: str) -> bytes:
    """Return a list of made-up classes as a file."""
    codes = CROSSWALK if scheme == OLD_SCHEME else {code for becomes in CROSSWALK.values() for code in becomes}
    header = "code,name_fi,level,parent_code,first_fiscal_year_seen,last_fiscal_year_seen_in_kunta_list"
    lines = [f"{code},Keksitty luokka {code},exact,,," for code in sorted(codes)]
    return "\n".join([header, *lines]).encode()


def a_device(connection: Connection, county: County, device: Device, number: int) -> None:
    """Write a device, its point, and that it stands there."""
    since_ms = start_s(county.plan.since) * 1000
    insert(connection, "service_points", {"code": device.point, "names": json.dumps({"fi": f"Piste {device.point}"})})
    row = {"device_id": device.device_id, "model": device.model, "channel": device.channel, "status": "registered"}
    told = {"survey": f"{device.form}@2", "languages": "[]", "registered_ms": since_ms}
    insert(connection, "devices", row | told)
    placement = {"id": number, "device_id": device.device_id, "service_point": device.point}
    insert(connection, "placements", placement | {"valid_from_ms": since_ms})


def ranges(connection: Connection, county: County) -> None:
    """Write to which unit each point belonged, and which class each unit and some points had."""
    plan = county.plan
    reclassified_ms = start_s(plan.reclassified) * 1000
    at_units: list[Line] = []
    links: list[Line] = []
    for device in county.devices:
        moved_ms = start_s(device.moved) * 1000 if device.moved_to else None
        at_units.append((device.point, device.unit.code, 0, moved_ms))
        if device.moved_to:
            at_units.append((device.point, device.moved_to.code, moved_ms, None))
        if device.own_class:
            becomes = next(iter(CROSSWALK[device.own_class]))
            links.append((None, device.point, OLD_SCHEME, device.own_class, 0, reclassified_ms))
            links.append((None, device.point, NEW_SCHEME, becomes, reclassified_ms, None))
    for unit in county.units:
        links.append((unit.code, None, OLD_SCHEME, unit.old_class, 0, reclassified_ms))
        links.append((unit.code, None, NEW_SCHEME, unit.new_class, reclassified_ms, None))
    append_numbered(connection, "service_point_units", BELONGING, at_units)
    append_numbered(connection, "service_class_links", LINKED, links)


def crosswalk(connection: Connection) -> None:
    """Write how the old list of classes goes over into the new one."""
    columns = ("old_scheme", "old_code", "new_scheme", "new_code", "share_ppm")
    lines = [
        (OLD_SCHEME, old, NEW_SCHEME, new, round(share * WHOLE))
        for old, becomes in CROSSWALK.items()
        for new, share in becomes.items()
    ]
    append_numbered(connection, "crosswalk", columns, lines)


def append_numbered(connection: Connection, table: str, columns: tuple[str, ...], lines: Iterable[Line]) -> None:
    """Append rows with ids from 1."""
    connection.append(table, ("id", *columns), [(number, *line) for number, line in enumerate(lines, start=1)])


def number_on(connection: Connection) -> None:
    """Let PostgreSQL number new rows behind what was written with numbers of our own."""
    if connection.engine == "postgresql":
        for table in (*NUMBERED, "rollup_places", "rollup_questions"):
            connection.execute(f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM {table}))")  # noqa: S608 - as above
