"""Dated ranges: half-open [from, to) in UTC milliseconds, an open end is None; those of one owner never overlap."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from broker_bridge.database.connect import Connection
from broker_bridge.database.invalid import Conflict, Invalid

SINCE_EVER_MS = 0


@dataclass(frozen=True)
class Range:
    """From `from_ms` up to, but not including, `to_ms`; raises Invalid when it holds no moment."""

    from_ms: int = SINCE_EVER_MS
    to_ms: int | None = None

    def __post_init__(self) -> None:
        if self.to_ms is not None and self.to_ms <= self.from_ms:
            raise Invalid("valid_to", shown_moment(self.to_ms), f"a moment after {shown_moment(self.from_ms)}, or null")

    def __str__(self) -> str:
        return f"{shown_moment(self.from_ms)} to {shown_moment(self.to_ms)}"

    def holds(self, at_ms: int) -> bool:
        """Tell whether a moment lies in the range."""
        return self.from_ms <= at_ms and (self.to_ms is None or at_ms < self.to_ms)

    def overlaps(self, other: "Range") -> bool:
        """Tell whether the two have a moment in common."""
        return self.holds(other.from_ms) or other.holds(self.from_ms)

    def encloses(self, other: "Range") -> bool:
        """Tell whether every moment of the other lies in this range."""
        if self.to_ms is None:
            return self.from_ms <= other.from_ms
        return self.from_ms <= other.from_ms and other.to_ms is not None and other.to_ms <= self.to_ms


def shown_moment(at_ms: int | None) -> str:
    """Return a moment as a person reads it, in UTC; the ends of time in words."""
    if at_ms is None:
        return "open end"
    if at_ms == SINCE_EVER_MS:
        return "since ever"
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat().replace("+00:00", "Z")


def day_start_ms(day: str, time_zone: str) -> int:
    """Return when a local day (`YYYY-MM-DD`) begins; the days of that zone may have 23 or 25 hours."""
    midnight = datetime.combine(date.fromisoformat(day), time(), ZoneInfo(time_zone))
    return int(midnight.timestamp()) * 1000


def of_days(valid_from: str | None, valid_to: str | None, time_zone: str) -> Range:
    """Return the range from one local day up to, but not including, another; None is an open end."""
    from_ms = SINCE_EVER_MS if valid_from is None else day_start_ms(valid_from, time_zone)
    return Range(from_ms, None if valid_to is None else day_start_ms(valid_to, time_zone))


def next_id(connection: Connection, table: str) -> int:
    """Return the id of the next row of a table of ranges; writers of the registry come one after the other."""
    return int(connection.execute(f"SELECT coalesce(max(id), 0) + 1 FROM {table}").fetchone()[0])


def refuse_overlap(
    connection: Connection, table: str, owner: Mapping[str, object], wanted: Range, but_id: int | None = None
) -> None:
    """Raise Conflict, naming the range in the way, when the owner has one in `table` that overlaps the wanted one.

    `owner` maps the columns that make the owner to their values; the row `but_id` is left out of account.
    """
    matches = " AND ".join(f"{column} = :{column}" for column in owner)
    row = connection.execute(
        f"""SELECT valid_from_ms, valid_to_ms FROM {table}
            WHERE {matches} AND (valid_to_ms IS NULL OR valid_to_ms > :from_ms)
              AND (CAST(:to_ms AS BIGINT) IS NULL OR valid_from_ms < :to_ms)
              AND (CAST(:but_id AS BIGINT) IS NULL OR id <> :but_id)
            ORDER BY valid_from_ms LIMIT 1""",
        {**owner, "from_ms": wanted.from_ms, "to_ms": wanted.to_ms, "but_id": but_id},
    ).fetchone()
    if row:
        stored = Range(row["valid_from_ms"], row["valid_to_ms"])
        whose = ", ".join(f"{column} {value}" for column, value in owner.items())
        raise Conflict("valid_from", str(wanted), f"a range of {whose} that does not overlap the stored {stored}")
