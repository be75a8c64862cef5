"""Says, for every journal, what was accounted for and what is missing, by number."""

from typing import Any

from broker_bridge.database.connect import Connection

Key = tuple[str | None, str | None]

JOURNALS = """
SELECT journals.device_id, journals.epoch, journals.contiguous_seq AS acknowledged_seq,
       coalesce(max(seq), 0) AS highest_seq,
       count(seq) FILTER (WHERE kind IN ('response', 'counters', 'undo')) AS stored,
       journals.duplicates,
       count(seq) FILTER (WHERE kind = 'rejected') AS rejected,
       journals.quarantined,
       count(seq) FILTER (WHERE kind = 'lost') AS lost,
       journals.next_seq - 1 - journals.contiguous_seq
           - count(seq) FILTER (WHERE seq > journals.contiguous_seq) AS held_by_device,
       coalesce(journals.oldest_seq, 1) AS oldest_seq, journals.bye, journals.heard_ms
FROM journals
LEFT JOIN responses ON responses.device_id = journals.device_id AND responses.epoch = journals.epoch
GROUP BY journals.device_id, journals.epoch
"""

GAPS = """
WITH known AS (
    SELECT 0 AS seq
    UNION ALL
    SELECT seq FROM responses WHERE device_id = :device_id AND epoch = :epoch
), steps AS (
    SELECT lag(seq) OVER (ORDER BY seq) AS below, seq FROM known
)
SELECT below + 1 AS first, seq - 1 AS last FROM steps WHERE seq - below > 1 ORDER BY seq
"""

REJECTED_MESSAGES = "SELECT device_id, epoch, count(*) AS n FROM rejected_messages GROUP BY device_id, epoch"


def journals(connection: Connection) -> list[dict[str, Any]]:
    """Return one row per device and epoch, in that order.

    `highest_seq` is the highest number received, `stored` counts responses, counters and undos, `lost` the records
    that the device itself could no longer read, `rejected` records and whole messages kept with a reason,
    `held_by_device` the records that by its last word the device still keeps. `gaps` lists the missing numbers as
    [first, last]; `final_gaps` those of them that will never be filled. Messages in which no device or epoch could be
    read have None for it.
    """
    rows: dict[Key, dict[str, Any]] = {}
    for journal in connection.execute(JOURNALS):
        rows[journal["device_id"], journal["epoch"]] = with_gaps(connection, dict(journal))
    for messages in connection.execute(REJECTED_MESSAGES):
        key = (messages["device_id"], messages["epoch"])
        rows.setdefault(key, nothing_of(*key))["rejected"] += messages["n"]
    return [rows[key] for key in sorted(rows, key=lambda key: (key[0] or "", key[1] or ""))]


def with_gaps(connection: Connection, journal: dict[str, Any]) -> dict[str, Any]:
    """Return a journal's row with its gaps; what was lost before anything came, or after, is a gap too."""
    key = {"device_id": journal["device_id"], "epoch": journal["epoch"]}
    gaps = [[gap["first"], gap["last"]] for gap in connection.execute(GAPS, key)]
    last_gone = journal.pop("oldest_seq") - 1
    if journal["highest_seq"] < last_gone:
        gaps.append([journal["highest_seq"] + 1, last_gone])
    final_gaps = [[first, min(last, last_gone)] for first, last in gaps if first <= last_gone]
    return journal | {"gaps": gaps, "final_gaps": final_gaps}


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
    return row | dict.fromkeys(numbers, 0) | {"bye": None, "heard_ms": None, "gaps": [], "final_gaps": []}
