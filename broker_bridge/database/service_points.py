"""To which unit a service point belongs, from when to when."""

from broker_bridge.database.connect import Connection
from broker_bridge.database.corrections import OF_POINT, UNSAID, Because, changing, note, reattach
from broker_bridge.database.invalid import Conflict
from broker_bridge.database.ranges import SINCE_EVER_MS, Range, next_id, shown_moment
from broker_bridge.database.rows import Written, existing, insert


def belongs(connection: Connection, service_point: str, unit: str) -> bool:
    """Let a new service point belong to its unit since ever; raise Conflict when it belongs to another."""
    of_point = {"service_point": service_point}
    stored = connection.execute(
        "SELECT unit FROM service_point_units WHERE service_point = :service_point ORDER BY valid_from_ms", of_point
    ).fetchall()
    if stored and unit not in [row["unit"] for row in stored]:
        raise Conflict("unit", unit, f"{stored[0]['unit']}, the unit that {service_point} belongs to, or to move it")
    if not stored:
        insert_range(connection, service_point, unit, Range(SINCE_EVER_MS))
    return not stored


def move(connection: Connection, service_point: str, unit: str, from_ms: int, because: Because = UNSAID) -> Written:
    """Let a service point belong to a unit from a moment on; what was said of later times before is replaced.

    Responses made there since move along, with their rollups. `new` is False when it belonged there already.
    """
    with changing(connection):
        existing(connection, "service_points", "code", service_point, "service_point")
        existing(connection, "units", "code", unit, "unit")
        if open_since(connection, service_point, unit, from_ms):
            return Written(new=False)
        cut(connection, service_point, from_ms)
        row_id = insert_range(connection, service_point, unit, Range(from_ms))
        count = reattach(connection, OF_POINT, {"service_point": service_point}, from_ms, None)
        detail = {"service_point": service_point, "unit": unit, "valid_from": shown_moment(from_ms)}
        note(connection, because, "service_point_unit", detail, count)
    return Written(new=True, id=row_id)


def open_since(connection: Connection, service_point: str, unit: str, from_ms: int) -> bool:
    """Tell whether a point belongs to a unit from a moment on, without an end."""
    return bool(
        connection.execute(
            """SELECT 1 FROM service_point_units
               WHERE service_point = :service_point AND unit = :unit AND valid_from_ms <= :from_ms
                 AND valid_to_ms IS NULL""",
            {"service_point": service_point, "unit": unit, "from_ms": from_ms},
        ).fetchone()
    )


def cut(connection: Connection, service_point: str, from_ms: int) -> None:
    """End what a point belongs to at a moment, and forget what it was to belong to later."""
    values = {"service_point": service_point, "from_ms": from_ms}
    connection.execute(
        "DELETE FROM service_point_units WHERE service_point = :service_point AND valid_from_ms >= :from_ms", values
    )
    connection.execute(
        """UPDATE service_point_units SET valid_to_ms = :from_ms
           WHERE service_point = :service_point AND (valid_to_ms IS NULL OR valid_to_ms > :from_ms)""",
        values,
    )


def insert_range(connection: Connection, service_point: str, unit: str, valid: Range) -> int:
    """Insert that a point belongs to a unit; return the row's id."""
    row_id = next_id(connection, "service_point_units")
    row = {"id": row_id, "service_point": service_point, "unit": unit}
    insert(connection, "service_point_units", row | {"valid_from_ms": valid.from_ms, "valid_to_ms": valid.to_ms})
    return row_id
