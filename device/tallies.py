"""Presses of a nearly full outbox: each durable at once, and made into one counters record when their hour ends."""

from device import slots
from device.failures import OutboxError, OutboxFull
from device.slots import Counted, Slot

TYPE_CHECKING = False
if TYPE_CHECKING:
    from device.ring import Ring
    from device.slots import Context

HOUR_S = 3600
MOST = slots.MOST_COUNTED  # that one counters slot can hold of a value
LAST = 16  # records among which those of a closing are
CLOSING = 2 * (1 << len(slots.FLAGS))  # slots that closing takes at the most: a counters slot for every set of flags


class Tallies:
    """A small ring of presses beside the ring of records; what is acknowledged in it, the records count.

    Closing is: one counters record for each set of flags, in order; then the acknowledgement here. Nothing else is
    put among the records in between, so after a power cut the last records tell how far closing had come.
    """

    def __init__(self, ring: "Ring", records: "Ring") -> None:
        self._ring = ring
        self._records = records
        self._unfinished: tuple[int, int] | None = None  # last tally of a closing that has begun, and its last flags
        self._first: Slot | None = None
        self._context: Context | None = None

    @property
    def waiting(self) -> int:
        """How many presses are counted and not yet known, in flash, to be in a record."""
        return self._ring.next_seq - 1 - self._ring.marked_seq

    def recover(self) -> None:
        """Find out after a start whether a closing was interrupted."""
        # What power cut short may stand after the last record that can be read.
        for _, slot, _ in self._records.entries(self._records.next_seq - LAST) if self.waiting else ():
            if slot and slot.kind == slots.COUNTERS:
                upto = slots.near(slot.value.upto, self._ring.next_seq)
                if self._ring.acked_seq < upto < self._ring.next_seq:
                    self._unfinished = (upto, slot.flags)

    def count(self, press: Slot, context: "Context") -> Slot:
        """Return the press, its seq being that of the tally; OutboxFull when its record could not be stored."""
        if not self._belongs(press, context):
            self.close()
        if not self._records.has_room(context, CLOSING, 1):
            raise OutboxFull("all space waits for the bridge")
        if not self._ring.has_room(context, 2, 1):
            self.close()
        self._ring.boot = self._records.boot
        tally = self._ring.put(press, context)
        if not self._first:
            self._first, self._context = tally, context
        return tally

    def _belongs(self, press: Slot, context: "Context") -> bool:
        """Tell whether a press may be counted together with those that wait."""
        if not self.waiting:
            return True
        if not self._first:
            self._find_first()
        first = self._first
        if self._unfinished or not first or self.waiting >= MOST or self._context != context:
            return False
        return bool(first.boot == self._records.boot and 0 <= press.uptime_s - first.uptime_s < HOUR_S)

    def _find_first(self) -> None:
        for _, slot, context in self._ring.entries(self._ring.acked_seq + 1):
            if slot:
                self._first, self._context = slot, context
                return

    def close(self) -> None:
        """Make counters records of all that is counted; OutboxFull or OutboxError when it stays counted here."""
        upto, done = self._unfinished or (self._ring.next_seq - 1, -1)
        groups, unreadable, context = self._groups(upto)
        if unreadable and done < 0 and not self._records.skip(unreadable):
            raise OutboxFull("all space waits for the bridge")
        for flags in sorted(groups):
            if flags > done:
                self._records.put(counters(groups[flags], upto), context)
                self._unfinished = (upto, flags)
        if not self._ring.acknowledge(upto):
            raise OutboxError("what was counted could not be marked")
        self._unfinished = self._first = None

    def _groups(self, upto: int) -> "tuple[dict[int, list[Slot]], int, Context | None]":
        """Return the waiting presses by flags, and how many tallies cannot be read."""
        groups: dict[int, list[Slot]] = {}
        unreadable = 0
        shared = None
        for number, slot, context in self._ring.entries(self._ring.acked_seq + 1):
            if number > upto:
                break
            if slot:
                groups.setdefault(slot.flags, []).append(slot)
                shared = context
            else:
                unreadable += 1
        return groups, unreadable, shared


def counters(presses: "list[Slot]", upto: int) -> Slot:
    """Return the record of presses of one boot, one context and one hour."""
    counts = [0] * slots.VALUES
    for press in presses:
        counts[press.value] += 1
    last = presses[-1]
    counted = Counted(presses[0].uptime_s, upto, tuple(counts))
    return Slot(slots.COUNTERS, last.flags, counted, 0, last.boot, last.uptime_s, last.at, "")
