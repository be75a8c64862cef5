"""Attaches responses to the service point, unit and service class that were valid at their own time.

One statement is the rule, for a response that just came and for a correction of the past alike.
"""

from collections.abc import Iterable

from broker_bridge.database.connect import Connection

RANGE = "{0}.valid_from_ms <= responses.at_ms AND ({0}.valid_to_ms IS NULL OR responses.at_ms < {0}.valid_to_ms)"

# A service point's own link decides; the unit's is the default. A coarser answer than none is still an answer, so each
# step of the chain may be missing without the ones before it.
VALID_THEN = f"""
SELECT placements.service_point, at_unit.unit,
       CASE WHEN of_point.id IS NOT NULL THEN of_point.scheme ELSE of_unit.scheme END,
       CASE WHEN of_point.id IS NOT NULL THEN of_point.code ELSE of_unit.code END
FROM placements
LEFT JOIN service_point_units AS at_unit
       ON at_unit.service_point = placements.service_point AND {RANGE.format("at_unit")}
LEFT JOIN service_class_links AS of_point
       ON of_point.service_point = placements.service_point AND {RANGE.format("of_point")}
LEFT JOIN service_class_links AS of_unit
       ON of_unit.unit = at_unit.unit AND {RANGE.format("of_unit")}
WHERE placements.device_id = responses.device_id AND {RANGE.format("placements")}
"""

ATTACH = f"UPDATE responses SET (service_point, unit, scheme, service_class) = ({VALID_THEN}) WHERE at_ms IS NOT NULL"


def attach(connection: Connection, after_id: int) -> None:
    """Attach the responses whose row id is above `after_id`: those that the running transaction inserted."""
    connection.execute(f"{ATTACH} AND id > :after_id", {"after_id": after_id})


def attach_rows(connection: Connection, ids: Iterable[int]) -> None:
    """Attach the responses with these row ids."""
    connection.executemany(f"{ATTACH} AND id = :id", [{"id": each} for each in ids])


def attach_boot(connection: Connection, device_id: str, epoch: str, boot: int) -> None:
    """Attach the responses of one boot anew, after their times were improved."""
    connection.execute(
        f"{ATTACH} AND device_id = :device_id AND epoch = :epoch AND boot = :boot",
        {"device_id": device_id, "epoch": epoch, "boot": boot},
    )


def reattach(connection: Connection, from_ms: int, to_ms: int | None) -> int:
    """Attach every response whose time is in [from_ms, to_ms) anew, after a link or placement of that range changed.

    Returns how many responses have their time in that range.
    """
    return connection.execute(
        f"{ATTACH} AND at_ms >= :from_ms AND (:to_ms IS NULL OR at_ms < :to_ms)",
        {"from_ms": from_ms, "to_ms": to_ms},
    ).rowcount


def last_response_id(connection: Connection) -> int:
    """Return the highest row id of `responses`, 0 when there is none."""
    return int(connection.execute("SELECT coalesce(max(id), 0) FROM responses").fetchone()[0])
