"""Makes rows of the tables from what was drawn, as the bridge would have stored it."""

import hashlib
from collections.abc import Iterator
from typing import Any

from device.protocol import canonical
from server.trial.history.journals import DELAY_MS, Journal
from server.trial.history.presses import Drawn, Press

COLUMNS = (
    *("id", "device_id", "epoch", "seq", "hash", "kind", "reason", "boot", "uptime_s", "device_at", "at_ms"),
    *("earliest_ms", "latest_ms", "time_quality", "received_ms", "survey", "language", "channel", "flags", "undoes"),
    *("undone", "n", "service_point", "unit", "scheme", "service_class"),
)
ANSWER_COLUMNS = ("response_id", "position", "question", "value", "option", "text", "n")

Row = tuple[Any, ...]


class Recorder:
    """Turns the responses of one cell into rows; `next_id` is the first id that is free."""

    def __init__(self, drawn: Drawn, journal: Journal, survey: str, next_id: int) -> None:
        self.drawn = drawn
        self.journal = journal
        self.survey = survey
        self.next_id = next_id
        cell = drawn.cell
        self.device = cell.device
        self.boots = journal.boots_by_day(cell.days)
        self.received = journal.received_by_day(cell.days)
        self.place = (cell.stretch.point, cell.stretch.unit.code, cell.stretch.scheme, cell.stretch.code)

    def responses(self) -> list[Row]:
        """Return the rows of the responses, with the undo records among them; the journal goes on behind them."""
        special = self.drawn.flagged | self.drawn.no_clock | self.drawn.bounded | self.drawn.undone
        rows = self.plain()
        undos: list[Row] = []
        for index in sorted(special):
            rows[index] = self.special(index, rows[index])
            if index in self.drawn.undone:
                undos.append(self.undo(rows[index], len(rows) + len(undos)))
        self.journal.seq += len(rows) + len(undos)
        return rows + undos

    def plain(self) -> list[Row]:
        """Return every response as if nothing was special about any of them."""
        device, epoch, channel, survey = self.device.device_id, self.journal.epoch, self.device.channel, self.survey
        place = self.place
        first_seq, boots, received, sha256 = self.journal.seq + 1, self.boots, self.received, hashlib.sha256
        rows = []
        for index, (at_s, slot, language, form) in enumerate(self.drawn.presses):
            boot, booted_s = boots[slot.day]
            content = (
                f'{{"answers":{form.said},"at":{at_s},"boot":{boot},"language":"{language}",'
                f'"survey":"{survey}","uptime_s":{at_s - booted_s}}}'
            )
            at_ms = at_s * 1000
            uptime_s, hashed_to = at_s - booted_s, sha256(content.encode()).hexdigest()
            received_ms = received.get(slot.day, at_ms + DELAY_MS)
            rows.append(
                (self.next_id + index, device, epoch, first_seq + index, hashed_to, "response", None, boot, uptime_s,
                 at_s, at_ms, at_ms, at_ms + 999, "clock", received_ms, survey, language, channel, "", None, 0,
                 1, *place)
            )  # fmt: skip
        return rows

    def special(self, index: int, row: Row) -> Row:
        """Return the row of a response that is flagged, undone or without a clock."""
        named = dict(zip(COLUMNS, row, strict=True))
        at_ms = named["at_ms"]
        named["undone"] = int(index in self.drawn.undone)
        if index in self.drawn.flagged:
            named["flags"] = "repeat"
        if index in self.drawn.bounded:
            named |= {"device_at": None, "time_quality": "bounded", "received_ms": at_ms, "latest_ms": at_ms}
            named["earliest_ms"] = at_ms - 3_600_000
        elif index in self.drawn.no_clock:
            named |= {"device_at": None, "time_quality": "reconstructed"}
            named |= {"earliest_ms": at_ms - 1000, "latest_ms": at_ms + 1000}
        named["hash"] = hashed(self.content(named, self.drawn.presses[index]))
        return tuple(named.values())

    def content(self, named: dict[str, Any], press: Press) -> str:
        """Return the canonical content of a response."""
        said = canonical.dumps({"at": named["device_at"], "boot": named["boot"]})[1:-1]
        flags = '"flags":["repeat"],' if named["flags"] else ""
        language, survey = f'"language":"{named["language"]}"', f'"survey":"{self.survey}"'
        return f'{{"answers":{press[3].said},{said},{flags}{language},{survey},"uptime_s":{named["uptime_s"]}}}'

    def undo(self, undone: Row, place: int) -> Row:
        """Return the record that takes a response back, seconds after it."""
        named = dict(zip(COLUMNS, undone, strict=True))
        seq, at_ms, uptime_s = named["seq"], named["at_ms"] + 3000, named["uptime_s"] + 3
        device_at = None if named["device_at"] is None else named["device_at"] + 3
        said = {"at": device_at, "boot": named["boot"], "undoes": seq, "uptime_s": uptime_s}
        named |= {
            "id": self.next_id + place,
            "seq": self.journal.seq + 1 + place,
            "hash": hashed(canonical.dumps(said)),
        }
        named |= {"kind": "undo", "undoes": seq, "undone": 0, "flags": "", "survey": None, "language": None}
        named |= {
            "uptime_s": uptime_s,
            "device_at": device_at,
            "at_ms": at_ms,
            "received_ms": named["received_ms"] + 3000,
        }
        named |= {"earliest_ms": named["earliest_ms"] + 3000, "latest_ms": named["latest_ms"] + 3000}
        return tuple(named.values())

    def answers(self) -> Iterator[Row]:
        """Yield the rows of the answers."""
        for response_id, (_, _, _, form) in enumerate(self.drawn.presses, start=self.next_id):
            for row in form.rows:
                yield (response_id, *row, 1)


def lost(journal: Journal, seq: int, row_id: int, at_ms: int) -> Row:
    """Return the row of a record that the device could not read any more."""
    named = dict.fromkeys(COLUMNS) | {"id": row_id, "device_id": journal.device.device_id, "epoch": journal.epoch}
    named |= {"seq": seq, "hash": hashed(canonical.dumps({"lost": "crc"})), "kind": "lost", "reason": "crc"}
    named |= {"received_ms": at_ms, "channel": journal.device.channel, "flags": "", "undone": 0, "n": 1}
    return tuple(named.values())


def hashed(content: str) -> str:
    """Return the hash of canonical content."""
    return hashlib.sha256(content.encode()).hexdigest()
