"""Corrections of the past: responses and rollups follow, and a row says who, when, why, and how many responses."""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from broker_bridge.database.attachment import ATTACH, ATTACHED_TO, CHAIN, PLACED
from broker_bridge.database.connect import Connection, transaction
from broker_bridge.database.moving import NOTED, moving
from broker_bridge.database.rows import insert

# The devices that a change may concern, by what was changed.
ONE_DEVICE = "SELECT CAST(:device_id AS TEXT)"
OF_POINT = "SELECT device_id FROM placements WHERE service_point = :service_point"
OF_UNIT = """
SELECT device_id FROM placements
JOIN service_point_units ON service_point_units.service_point = placements.service_point
WHERE service_point_units.unit = :unit
"""

# The responses of these devices that are attached otherwise than the ranges say by now.
ASTRAY = f"""
responses.id IN (
    SELECT responses.id FROM responses LEFT JOIN placements ON {PLACED} {CHAIN}
    WHERE responses.device_id IN ({{devices}}) AND responses.at_ms >= :from_ms
      AND (CAST(:to_ms AS BIGINT) IS NULL OR responses.at_ms < :to_ms)
      AND (responses.service_point, responses.unit, responses.scheme, responses.service_class)
          IS DISTINCT FROM ({ATTACHED_TO}))
"""


@dataclass(frozen=True)
class Because:
    """Who changes something, and why, in their own words; there are no accounts yet that could vouch for the name."""

    who: str = ""
    why: str = ""


UNSAID = Because()


@contextmanager
def changing(connection: Connection) -> Iterator[Connection]:
    """Change the registry in a transaction of its own; bridges in the midst of a batch are waited for.

    They hold the version while they attach by what they remember of the registry, and read it anew afterwards.
    """
    with transaction(connection):
        connection.execute("UPDATE registry_version SET version = version + 1")
        yield connection


def reattach(connection: Connection, devices: str, values: Mapping[str, Any], from_ms: int, to_ms: int | None) -> int:
    """Attach anew what is attached otherwise than the ranges say by now, with its rollups; return how many that is.

    Looks at the devices that the SQL `devices` selects by its `values`, from `from_ms` up to `to_ms`. Runs in the
    caller's transaction.
    """
    period = {"from_ms": from_ms, "to_ms": to_ms}
    with moving(connection, ASTRAY.format(devices=devices), {**values, **period}) as count:
        connection.execute(f"{ATTACH} AND {NOTED}")
    return count


def note(connection: Connection, because: Because, what: str, detail: Mapping[str, Any], responses: int) -> None:
    """Write a row of the audit: `what` was changed, its `detail`, and how many responses it moved."""
    told = json.dumps(detail, ensure_ascii=False, sort_keys=True)
    row = {"at_ms": time.time_ns() // 1_000_000, "who": because.who, "why": because.why, "what": what}
    insert(connection, "audit", {**row, "detail": told, "responses": responses})


def audited(connection: Connection, limit: int, before_id: int | None = None) -> list[dict[str, Any]]:
    """Return the latest corrections, newest first, with `detail` as it was written; before a row's id, or from now."""
    rows = connection.execute(
        """SELECT * FROM audit WHERE CAST(:before_id AS BIGINT) IS NULL OR id < :before_id
           ORDER BY id DESC LIMIT :limit""",
        {"before_id": before_id, "limit": limit},
    )
    return [{**dict(row), "detail": json.loads(row["detail"])} for row in rows]
