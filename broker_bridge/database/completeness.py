"""Says, for every journal, what was accounted for and what is missing: by number, for good or not, and since when.

Reads what the bridge keeps of each journal and what lies above its contiguous seq, never all responses.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from broker_bridge.database import final_gaps
from broker_bridge.database.connect import Connection
from broker_bridge.database.final_gaps import Gap
from broker_bridge.database.rows import in_values

Key = tuple[str | None, str | None]
Journal = dict[str, Any]
Lack = dict[str, Any]

JOURNALS = """
SELECT journals.*, CASE WHEN journals.highest_seq > journals.contiguous_seq THEN (
    SELECT count(*) FROM responses
    WHERE responses.device_id = journals.device_id AND responses.epoch = journals.epoch
      AND responses.seq > journals.contiguous_seq) ELSE 0 END AS above, (
    SELECT import_id FROM imported_devices WHERE imported_devices.device_id = journals.device_id) AS import_id
FROM journals WHERE {chosen} ORDER BY device_id, epoch
"""

NOT_UNDERSTOOD = """
SELECT device_id, epoch, kind, count(*) AS n FROM responses WHERE kind IN ('lost', 'rejected') AND {chosen}
GROUP BY device_id, epoch, kind
"""

ABOVE = """
SELECT seq FROM responses WHERE device_id = :device_id AND epoch = :epoch AND seq > :contiguous_seq ORDER BY seq
"""

REJECTED_MESSAGES = """
SELECT device_id, epoch, count(*) AS n FROM rejected_messages WHERE {chosen} GROUP BY device_id, epoch
"""

# The moments between which the numbers of a gap, of a device, epoch, first and last number, were made: those of the
# nearest dated records.
BOUNDS = """
SELECT column1, column2, column3,
       (SELECT at_ms FROM responses WHERE device_id = column1 AND epoch = column2 AND seq < column3
        AND at_ms IS NOT NULL ORDER BY seq DESC LIMIT 1) AS after_ms,
       (SELECT at_ms FROM responses WHERE device_id = column1 AND epoch = column2 AND seq > column4
        AND at_ms IS NOT NULL ORDER BY seq LIMIT 1) AS before_ms
FROM (VALUES {places}) AS gaps
"""

LOST = """
SELECT device_id, epoch, seq FROM responses WHERE kind IN ('lost', 'rejected') AND kind = 'lost' AND {chosen}
"""


def journals(connection: Connection, devices: Collection[str] | None = None) -> list[Journal]:
    """Return one row per device and epoch, in that order: of these devices, None for all.

    `highest_seq` is the highest number received, `stored` counts responses, counters and undos, `lost` the records
    that the device itself could no longer read, `rejected` records and whole messages kept with a reason,
    `held_by_device` the records that by its last word the device still keeps. `gaps` lists the missing numbers as
    [first, last]; `final_gaps` those of them that will never be filled. `import_id` is the import that a journal is of,
    None for a device that was heard. Messages in which no device or epoch could be read have None for it.
    """
    of_devices, values = chosen(devices)
    not_understood, journals_sql, messages_sql = (
        sql.format(chosen=of_devices) for sql in (NOT_UNDERSTOOD, JOURNALS, REJECTED_MESSAGES)
    )
    counts = connection.execute(not_understood, values)
    kinds = {(row["device_id"], row["epoch"], row["kind"]): row["n"] for row in counts}
    final = final_gaps.by_journal(connection, of_devices, values)
    rows: dict[Key, Journal] = {}
    for journal in connection.execute(journals_sql, values).fetchall():
        key = (journal["device_id"], journal["epoch"])
        lost, rejected = (kinds.get((*key, kind), 0) for kind in ("lost", "rejected"))
        rows[key] = account(connection, dict(journal), final.get(key, [])) | {"lost": lost, "rejected": rejected}
        rows[key]["stored"] -= lost + rejected
    for messages in connection.execute(messages_sql, values):
        key = (messages["device_id"], messages["epoch"])
        rows.setdefault(key, nothing_of(*key))["rejected"] += messages["n"]
    return [rows[key] for key in sorted(rows, key=lambda key: (key[0] or "", key[1] or ""))]


def chosen(devices: Collection[str] | None) -> tuple[str, dict[str, str]]:
    """Return the condition that a row is of one of the devices, with its values; None is all of them."""
    if devices is None:
        return "1 = 1", {}
    values = {f"device_{place}": device_id for place, device_id in enumerate(sorted(devices))}
    return f"device_id IN ({', '.join(f':{name}' for name in values)})" if values else "1 = 0", values


def account(connection: Connection, journal: Journal, final: list[Gap]) -> Journal:
    """Return a journal's row. What lies at or below its contiguous seq has come, except for its final gaps."""
    key = {"device_id": journal["device_id"], "epoch": journal["epoch"]}
    contiguous, above = journal["contiguous_seq"], journal["above"]
    awaited = open_gaps(connection, key, contiguous) if above else []
    return key | {
        "acknowledged_seq": contiguous,
        "highest_seq": journal["highest_seq"],
        "stored": contiguous - numbers(final) + above,
        "duplicates": journal["duplicates"],
        "rejected": 0,
        "quarantined": journal["quarantined"],
        "lost": 0,
        "held_by_device": journal["next_seq"] - 1 - contiguous - above,
        "bye": journal["bye"],
        "heard_ms": journal["heard_ms"],
        "gaps": joined(final + awaited),
        "final_gaps": [list(gap) for gap in final],
        "import_id": journal["import_id"],
    }


def open_gaps(connection: Connection, key: dict[str, str], contiguous_seq: int) -> list[Gap]:
    """Return the gaps above the contiguous seq, which may still be filled."""
    above = [row["seq"] for row in connection.execute(ABOVE, {**key, "contiguous_seq": contiguous_seq})]
    return list(final_gaps.missing(above, contiguous_seq + 1, above[-1]))


def joined(gaps: Iterable[Gap]) -> list[list[int]]:
    """Return gaps in order, two that touch as one."""
    whole: list[list[int]] = []
    for first, last in gaps:
        if whole and whole[-1][1] + 1 == first:
            whole[-1][1] = last
        else:
            whole.append([first, last])
    return whole


def numbers(gaps: Iterable[Gap]) -> int:
    """Return how many numbers gaps hold."""
    return sum(last - first + 1 for first, last in gaps)


def missing(
    connection: Connection, journals: Collection[Journal], from_ms: int | None = None, to_ms: int | None = None
) -> dict[Key, list[Lack]]:
    """Return by device and epoch what journals lack that may have been made in [from_ms, to_ms), in order of numbers.

    Each has its `first` and `last` number, and `why`: `awaited` (a gap that may be filled), `held` (the device says
    that it has more), `gone` (a gap that will never be filled) or `lost` (the device could not read it any more). It
    was made between `after_ms` and `before_ms`, the moments of the nearest dated records, None where there is none.
    """
    lost = lost_numbers(connection, journals)
    found = [(key_of(each), lack) for each in journals for lack in lacks(each, lost.get(key_of(each), []))]
    between = bounds(connection, [(*key, lack["first"], lack["last"]) for key, lack in found])
    missing: dict[Key, list[Lack]] = {key_of(each): [] for each in journals}
    for key, lack in sorted(found, key=lambda each: each[1]["first"]):
        dated = lack | between[*key, lack["first"]]
        if concerns(dated, from_ms, to_ms):
            missing[key].append(dated)
    return missing


def key_of(journal: Journal) -> Key:
    """Return device and epoch of a journal."""
    return journal["device_id"], journal["epoch"]


def lacks(journal: Journal, lost: Iterable[int]) -> Iterator[Lack]:
    """Yield what is missing, with why, first and last number."""
    acknowledged = journal["acknowledged_seq"]
    awaited = [(max(first, acknowledged + 1), last) for first, last in journal["gaps"] if last > acknowledged]
    beyond = journal["held_by_device"] - numbers(awaited)
    above = max(journal["highest_seq"], acknowledged)
    held = [(above + 1, above + beyond)] if beyond > 0 else []
    for why, gaps in (("gone", journal["final_gaps"]), ("awaited", awaited), ("held", held)):
        yield from ({"first": first, "last": last, "why": why} for first, last in gaps)
    yield from ({"first": seq, "last": seq, "why": "lost"} for seq in lost)


def lost_numbers(connection: Connection, journals: Iterable[Journal]) -> dict[Key, list[int]]:
    """Return by device and epoch the numbers that devices could not read any more."""
    of_devices, values = chosen({each["device_id"] for each in journals if each["lost"]})
    found: dict[Key, list[int]] = {}
    for row in connection.execute(LOST.format(chosen=of_devices), values):
        found.setdefault((row["device_id"], row["epoch"]), []).append(row["seq"])
    return found


def bounds(connection: Connection, gaps: Sequence[tuple[Any, ...]]) -> dict[tuple[Any, ...], Lack]:
    """Return by device, epoch and first number between which moments the numbers of gaps were made."""
    found: dict[tuple[Any, ...], Lack] = {}
    for values, places in in_values(gaps, 4):
        for row in connection.execute(BOUNDS.format(places=places), values):
            found[tuple(row)[:3]] = {"after_ms": row["after_ms"], "before_ms": row["before_ms"]}
    return found


def concerns(lack: Lack, from_ms: int | None, to_ms: int | None) -> bool:
    """Tell whether what is missing may have been made in [from_ms, to_ms)."""
    late_enough = from_ms is None or lack["before_ms"] is None or lack["before_ms"] >= from_ms
    return late_enough and (to_ms is None or lack["after_ms"] is None or lack["after_ms"] < to_ms)


def nothing_of(device_id: str | None, epoch: str | None) -> dict[str, Any]:
    """Return the row of a journal of which nothing could be taken."""
    numbers = (
        "acknowledged_seq",
        "highest_seq",
        "stored",
        "duplicates",
        "rejected",
        "quarantined",
        "lost",
        "held_by_device",
    )
    row: dict[str, Any] = {"device_id": device_id, "epoch": epoch}
    nothing: Journal = {"bye": None, "heard_ms": None, "gaps": [], "final_gaps": [], "import_id": None}
    return row | dict.fromkeys(numbers, 0) | nothing
