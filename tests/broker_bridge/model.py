"""The slow and obvious bridge: it keeps everything that came in lists, and works out the tables from the whole of it.

It shares no code with the bridge but the contract's words for content.
"""

import hashlib
import json
from dataclasses import dataclass, field

EARLIEST_S = 1735689600


@dataclass
class Kept:
    """A record under its identity: what came first."""

    record: dict
    received_ms: int


@dataclass
class Journal:
    """All that was ever heard of one journal."""

    kept: dict[int, Kept] = field(default_factory=dict)
    contradicting: set[tuple[int, str]] = field(default_factory=set)
    duplicates: int = 0
    clocks: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    contiguous: int = 0


class Model:
    """What the bridge should have stored after what it heard."""

    def __init__(self) -> None:
        self.journals: dict[tuple[str, str], Journal] = {}

    def hear(self, device: str, epoch: str, fields: dict, received_ms: int) -> None:
        """Take one hello or batch."""
        journal = self.journals.setdefault((device, epoch), Journal())
        clock, uptime = fields.get("clock_at"), fields["uptime_s"]
        if clock is not None and EARLIEST_S <= clock <= received_ms // 1000 + 300 and clock - uptime >= EARLIEST_S:
            journal.clocks.setdefault(fields["boot"], []).append((uptime, (clock - uptime) * 1000))
        for record in fields.get("responses", []):
            self.keep(journal, record, received_ms)
        oldest = min(fields.get("oldest_seq", 1), fields.get("next_seq", 1))
        journal.contiguous = max(journal.contiguous, oldest - 1)
        while journal.contiguous + 1 in journal.kept:
            journal.contiguous += 1

    def keep(self, journal: Journal, record: dict, received_ms: int) -> None:
        """Keep a record, count it as seen before, or set it aside for contradicting what came first."""
        seq, named = record["seq"], digest(record)
        if seq not in journal.kept:
            journal.kept[seq] = Kept(record, received_ms)
        elif digest(journal.kept[seq].record) == named or (seq, named) in journal.contradicting:
            journal.duplicates += 1
        else:
            journal.contradicting.add((seq, named))

    def rows(self, surveys: dict, ranges: dict) -> dict[tuple, dict]:
        """Return what `responses` should hold, by identity, given the surveys and dated ranges that are stored."""
        rows = {}
        for (device, epoch), journal in self.journals.items():
            of_journal = {seq: said(kept, surveys) for seq, kept in sorted(journal.kept.items())}
            date(of_journal, journal)
            for seq, row in of_journal.items():
                undoing = [number for number, other in of_journal.items() if other["undoes"] == seq and number > seq]
                place = attached(device, row["at_ms"], ranges)
                rows[device, epoch, seq] = row | place | {"undone": int(bool(undoing))}
        return rows


def digest(record: dict) -> str:
    """Return the hash of a record's content."""
    content = {name: value for name, value in record.items() if name != "seq"}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def said(kept: Kept, surveys: dict) -> dict:
    """Return what a record says by the surveys that are stored."""
    record = kept.record
    row = {"hash": digest(record), "received_ms": kept.received_ms, "kind": kind(record), "answers": [], "at_ms": None}
    row |= {"earliest_ms": None, "latest_ms": None, "time_quality": None, "undoes": None, "n": 1, "flags": ""}
    given = answers(record, surveys.get(record.get("survey"), {}))
    if given is None:
        return row | {"kind": "rejected"}
    if row["kind"] == "lost":
        return row
    n = sum(n for *_, n in given) if "counters" in record else 1
    timed = {"boot": record["boot"], "uptime_s": record["uptime_s"], "at": record["at"]}
    return (
        row
        | timed
        | {
            "answers": sorted(given, key=repr),
            "n": n,
            "undoes": record.get("undoes"),
            "flags": ",".join(record.get("flags", [])),
        }
    )


def kind(record: dict) -> str:
    names = {"answers": "response", "undoes": "undo", "lost": "lost", "counters": "counters"}
    return next(name for field_name, name in names.items() if field_name in record)


def answers(record: dict, asked: dict) -> list[tuple] | None:
    """Return (question, value, option, n) for each answer, None when the survey does not allow them."""
    if "answers" not in record and "counters" not in record:
        return []
    found = []
    counters = {name: counts for name, counts in record.get("counters", {}).items() if name != "from_uptime_s"}
    for question, counts in counters.items():
        found += [(question, int(value), None, n) for value, n in counts.items()]
    for question, given in record.get("answers", {}).items():
        found += [(question, None, each, 1) for each in given] if isinstance(given, list) else []
        found += [(question, given, None, 1)] if isinstance(given, int) else []
    allowed = all(question in asked and (value or option) in asked[question] for question, value, option, _ in found)
    return found if asked and allowed else None


def date(rows: dict[int, dict], journal: Journal) -> None:
    """Put every record at its time."""
    timed = [row for _, row in sorted(rows.items()) if "uptime_s" in row]
    for row in timed:
        own, received_s = row["at"], row["received_ms"] // 1000
        read_at, started = min(journal.clocks.get(row["boot"], [(0, None)]))
        worked_out = None if started is None else started // 1000 + row["uptime_s"]
        if own is not None and EARLIEST_S <= own <= received_s + 300:
            put(row, own * 1000, own * 1000, own * 1000 + 999, "clock")
        elif worked_out is not None and EARLIEST_S <= worked_out <= received_s + 300:
            stray = 1000 + abs(row["uptime_s"] - read_at) * 10  # seconds, a per cent of which is so many milliseconds
            put(row, worked_out * 1000, worked_out * 1000 - stray, worked_out * 1000 + stray, "reconstructed")
        else:
            put(row, None, None, None, "bounded")
    for place, row in enumerate(timed):
        if row["time_quality"] == "bounded":
            bound(row, timed[:place], timed[place:])


def bound(row: dict, before: list[dict], since: list[dict]) -> None:
    """Bound a record: by the last dated one before it, by the receipts since, and by the next dated one."""
    dated = [other for other in before if other["time_quality"] != "bounded"]
    latest = row["received_ms"]
    for other in since:
        if other["time_quality"] != "bounded":
            latest = min(latest, other["latest_ms"])
            break
        latest = min(latest, other["received_ms"])
    put(row, latest, min(dated[-1]["earliest_ms"], latest) if dated else None, latest, "bounded")


def put(row: dict, at_ms, earliest_ms, latest_ms, quality) -> None:
    row |= {"at_ms": at_ms, "earliest_ms": earliest_ms, "latest_ms": latest_ms, "time_quality": quality}


def attached(device: str, at_ms: int | None, ranges: dict) -> dict:
    """Return what was valid at a moment, by looking at every range."""

    def valid(table: str, **owner) -> dict:
        for each in ranges[table]:
            inside = each["valid_from_ms"] <= at_ms and (each["valid_to_ms"] is None or at_ms < each["valid_to_ms"])
            if inside and all(each[column] == value for column, value in owner.items()):
                return each
        return {}

    nothing = {"service_point": None, "unit": None, "scheme": None, "service_class": None}
    placement = valid("placements", device_id=device) if at_ms is not None else {}
    if not placement:
        return nothing
    point = placement["service_point"]
    unit = valid("service_point_units", service_point=point).get("unit")
    link = valid("service_class_links", service_point=point) or (
        valid("service_class_links", unit=unit) if unit else {}
    )
    return {"service_point": point, "unit": unit, "scheme": link.get("scheme"), "service_class": link.get("code")}
