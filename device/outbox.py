"""The durable queue of responses: put, peek, acknowledge, capacity, on flash of its own or in files on littlefs."""

from device import slots
from device.failures import OutboxError, OutboxFull, OutboxUnreadable
from device.journal import journals
from device.ring import Ring
from device.slots import Context
from device.tallies import Tallies

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from device.journal import Flash

__all__ = ("Outbox", "OutboxError", "OutboxFull", "OutboxUnreadable")


class Outbox:
    """`put` numbers a response and returns once flash holds it; `peek` shows what the bridge lacks.

    Mounts the journal that it finds, or creates one on blank flash. `cold_start` counts a new boot. `flash` is a block
    device, or a `device.segments.Folder`.
    """

    def __init__(self, flash: "Flash | Any", urandom: "Callable[[int], bytes]", cold_start: bool = True) -> None:
        records, tallies = flash.journals() if hasattr(flash, "journals") else journals(flash)
        self.refused_acks = 0
        self._records = Ring(records)
        self._tallies: Tallies | None = None
        # Blocks that presses leave to counters.
        self._reserve = max(1, records.block_count // 8) if tallies else 0
        ring = Ring(tallies, 1) if tallies else None
        if not self._records.mount():
            self._create(ring, urandom)
        elif ring and not ring.mount():
            ring.need_fresh()
            ring.begin(self.epoch)
        if ring:
            self._tallies = Tallies(ring, self._records)
            self._recover(self._tallies, cold_start)
        if cold_start:
            self._records.count_boot()

    def _create(self, ring: "Ring | None", urandom: "Callable[[int], bytes]") -> None:
        if ring:
            ring.need_fresh()
        self._records.create(urandom)
        if ring:
            ring.begin(self.epoch)

    def _recover(self, tallies: Tallies, cold_start: bool) -> None:
        tallies.recover()
        if cold_start and tallies.waiting:
            self._close(tallies)

    def _close(self, tallies: Tallies) -> None:
        try:
            tallies.close()
        except (OutboxFull, OutboxError):
            pass  # it stays counted where it is, and presses are refused until it can be closed

    # Writing

    def put(self, press: slots.Slot, survey: str = "", question: str = "") -> "dict[str, Any]":
        """Return the record once flash holds it; raise OutboxFull or OutboxError, and then it is not stored.

        The record of a press that is only counted, because the outbox is nearly full, has null for a `seq`: its
        counters record comes when the hour ends. An undo needs no survey: it goes where the press before it went.
        """
        if not self._records.keep_boot():
            raise OutboxError("the boot could not be counted")
        context = None if press.kind == slots.UNDO else Context(survey, question, press.language)
        tallies = self._tallies
        if tallies and not self._records.has_room(context, 2, 1 + self._reserve):
            if context is None:
                raise OutboxFull("nearly full: no undo")
            return slots.content(tallies.count(press, context), context) | {"seq": None}
        if tallies and tallies.waiting:
            tallies.close()
        return slots.content(self._records.put(press, context), context or self._records.context)

    def acknowledge(self, seq: int) -> None:
        """Note that the bridge has stored everything up to `seq`; what was never put cannot be acknowledged."""
        if seq >= self.next_seq:
            self.refused_acks += 1
        elif seq > self.acked_seq:
            self._records.acknowledge(seq)

    def prepare(self) -> None:
        """Do ahead what a visitor would else wait for: erase a block, make records of what was counted."""
        self._records.prepare()
        tallies = self._tallies
        if tallies and tallies.waiting and self._records.has_room(None, 2, 1 + self._reserve):
            self._close(tallies)

    # Reading

    @property
    def epoch(self) -> str:
        """The random name of this journal."""
        return self._records.epoch

    @property
    def boot(self) -> int:
        """The count of cold starts."""
        return self._records.boot

    @property
    def boot_is_durable(self) -> bool:
        """Whether the next start will know of this one."""
        return self._records.boot_is_durable

    @property
    def next_seq(self) -> int:
        """The number that the next record gets."""
        return self._records.next_seq

    @property
    def acked_seq(self) -> int:
        """The bridge has stored everything up to this number."""
        return self._records.acked_seq

    @property
    def oldest_seq(self) -> int:
        """The lowest seq still held, acknowledged or not; `next_seq` when none is."""
        return self._records.oldest_seq

    @property
    def capacity(self) -> int:
        """How many presses are kept one by one between two acknowledgements, at the least."""
        blocks = self._records.blocks
        return (blocks.block_count - 2 - self._reserve) * blocks.slot_count

    @property
    def used(self) -> float:
        """The share of the flash that waits for the bridge; presses are refused near 1."""
        return self._records.used

    @property
    def counted(self) -> int:
        """How many presses are counted and not yet known, in flash, to be in a record."""
        return self._tallies.waiting if self._tallies else 0

    def peek(self, limit: int) -> "list[dict[str, Any]]":
        """Return at most `limit` records that the bridge has not acknowledged, oldest first."""
        return self.peek_from(self.acked_seq + 1, limit)

    def peek_from(self, seq: int, limit: int) -> "list[dict[str, Any]]":
        """Return records with consecutive seq from `seq`, or from the oldest held one where that is later."""
        records: list[dict[str, Any]] = []
        for number, slot, context in self._records.entries(seq):
            records.append(slots.content(slot, context) if slot else {"seq": number, "lost": "crc"})
            if len(records) == limit:
                break
        return records
