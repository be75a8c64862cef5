"""The numbers of a journal that will never come: its device said that it no longer holds them.

They lie at or below the journal's contiguous seq. All other numbers down there were seen, so whoever asks about one
looks here instead of into the responses.
"""

from collections.abc import Iterable, Iterator

from broker_bridge.database.connect import Connection
from broker_bridge.database.connection import Values

Gap = tuple[int, int]  # first and last number of a gap

KNOWN = """
SELECT seq FROM responses
WHERE device_id = :device_id AND epoch = :epoch AND seq > :contiguous_seq AND seq < :oldest_seq ORDER BY seq
"""


def of_journal(connection: Connection, device_id: str, epoch: str) -> list[Gap]:
    """Return the final gaps of a journal, in order."""
    rows = connection.execute(
        """SELECT first_seq, last_seq FROM final_gaps WHERE device_id = :device_id AND epoch = :epoch
           ORDER BY first_seq""",
        {"device_id": device_id, "epoch": epoch},
    )
    return [(row["first_seq"], row["last_seq"]) for row in rows]


def by_journal(connection: Connection, condition: str, values: Values) -> dict[tuple[str, str], list[Gap]]:
    """Return the final gaps under a condition, by device and epoch, in order."""
    found: dict[tuple[str, str], list[Gap]] = {}
    ordered = f"SELECT * FROM final_gaps WHERE {condition} ORDER BY device_id, epoch, first_seq"
    for row in connection.execute(ordered, values):
        found.setdefault((row["device_id"], row["epoch"]), []).append((row["first_seq"], row["last_seq"]))
    return found


def give_up(connection: Connection, device_id: str, epoch: str, contiguous_seq: int, oldest_seq: int) -> None:
    """Note what is missing above `contiguous_seq` and below `oldest_seq`: it will never come."""
    journal = {"device_id": device_id, "epoch": epoch}
    bounds = {"contiguous_seq": contiguous_seq, "oldest_seq": oldest_seq}
    known = [row["seq"] for row in connection.execute(KNOWN, {**journal, **bounds})]
    add(connection, journal, missing(known, contiguous_seq + 1, oldest_seq - 1))


def fill(connection: Connection, device_id: str, epoch: str, seqs: Iterable[int]) -> None:
    """Take numbers out of the final gaps: they came after all."""
    journal = {"device_id": device_id, "epoch": epoch}
    came = sorted(seqs)
    for first, last in of_journal(connection, device_id, epoch):
        inside = [seq for seq in came if first <= seq <= last]
        if inside:
            connection.execute(
                "DELETE FROM final_gaps WHERE device_id = :device_id AND epoch = :epoch AND first_seq = :first",
                {**journal, "first": first},
            )
            add(connection, journal, missing(inside, first, last))


def add(connection: Connection, journal: dict[str, str], gaps: Iterable[Gap]) -> None:
    """Insert gaps of a journal."""
    connection.executemany(
        "INSERT INTO final_gaps (device_id, epoch, first_seq, last_seq) VALUES (:device_id, :epoch, :first, :last)",
        [{**journal, "first": first, "last": last} for first, last in gaps],
    )


def missing(known: Iterable[int], first: int, last: int) -> Iterator[Gap]:
    """Yield the gaps that known numbers, in order, leave between `first` and `last`."""
    awaited = first
    for seq in known:
        if seq > awaited:
            yield awaited, seq - 1
        awaited = seq + 1
    if awaited <= last:
        yield awaited, last
