"""The durable queue of responses: a ring of journal blocks that overwrites nothing before it is acknowledged."""

from device import slots
from device.journal import EPOCH_LENGTH, FIRST_SLOT_AT, Header, Journal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from device.journal import Flash

TRIES = 3
MARK_EVERY = 8  # acknowledged responses: more marks would take the space of records that can still be replayed
KEPT_FOR_BOOTS = 16  # slots of the reserve block that ack marks leave to boot marks
ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"


class OutboxError(Exception):
    """The flash did not keep what was written."""


class OutboxFull(Exception):
    """No space is left that may be overwritten."""


class OutboxUnreadable(Exception):
    """The flash is neither blank nor a journal; it is left alone, because responses may be in it."""


class Outbox:
    """`put` numbers a response and returns once flash holds it; `peek` shows what the bridge lacks.

    Mounts the journal that it finds, or creates one on blank flash. `cold_start` counts a new boot.
    The block with serial n stands at n modulo the number of blocks. Responses and ack marks never open the last block
    that may be erased: a start must always find a slot for its boot mark, and an ack that frees a block one for itself.
    """

    def __init__(self, flash: "Flash", urandom: "Callable[[int], bytes]", cold_start: bool = True) -> None:
        self.journal = Journal(flash)
        self.refused_acks = 0
        self.boot_is_durable = True
        self._first_seqs: dict[int, int] = {}  # by serial, of the blocks that are held
        self._erased: set[int] = set()  # serials whose place was erased since this start
        self.next_seq = 1
        self.acked_seq = 0
        self.boot = 0
        headers = self._headers()
        if headers:
            self._mount(headers)
        else:
            self._create(urandom)
        if cold_start:
            self.boot += 1
            self.boot_is_durable = self._mark(slots.BOOT, 0)

    # Mounting

    def _headers(self) -> "dict[int, Header]":
        found: dict[int, Header] = {}
        for block in range(self.journal.block_count):
            header = self.journal.header(block)
            if header:
                if header.serial % self.journal.block_count != block:
                    raise OutboxUnreadable("a block stands at another's place")
                found[header.serial] = header
        return found

    def _mount(self, headers: "dict[int, Header]") -> None:
        newest = max(headers)
        header = headers[newest]
        if any(other.epoch != header.epoch for other in headers.values()):
            raise OutboxUnreadable("blocks of two journals")
        self.epoch: str = header.epoch
        self._header = header
        self._first_seqs = {serial: headers[serial].first_seq for serial in headers}
        self.boot = header.boot
        self.next_seq = header.first_seq
        self._next_slot, damaged = self._read_block(newest)
        # Each may have been a response that a visitor was thanked for: its number is not given to another.
        self.next_seq += damaged
        # Where the newest header itself is gone, its block still tells which numbers were given.
        self._read_block(newest + 1)
        # A block is erased only once all in it is acknowledged, even when the mark of that ack was lost.
        self.acked_seq = max(self.acked_seq, header.acked_seq, self.oldest_seq - 1)
        self._marked_seq = self.acked_seq

    def _read_block(self, serial: int) -> "tuple[int, int]":
        """Take over seq, boot and ack of a block; return its next slot and how many damaged slots end it."""
        next_slot = damaged = 0
        for number in range(self.journal.slot_count):
            data = self.journal.slot(self._block(serial), number)
            if slots.is_blank(data):
                continue
            next_slot = number + 1
            slot = slots.decode(data)
            if slot is None:
                damaged += slots.may_be_press(data)
            elif self._take(slot):
                damaged = 0
        return next_slot, damaged

    def _take(self, slot: slots.Slot) -> bool:
        """Take over what a slot says; tell whether it is the newest response so far."""
        self.boot = max(self.boot, slot.boot)
        if slot.kind == slots.ACK:
            self.acked_seq = max(self.acked_seq, slot.seq)
        is_newest = slot.kind in slots.RESPONSES and slot.seq >= self.next_seq
        if is_newest:
            self.next_seq = slot.seq + 1
        return is_newest

    def _create(self, urandom: "Callable[[int], bytes]") -> None:
        if not self._is_fresh():
            raise OutboxUnreadable("neither blank nor a journal")
        self.epoch = "".join([ALPHABET[byte % len(ALPHABET)] for byte in urandom(EPOCH_LENGTH)])
        self._next_slot = 0
        self._open(0, "", "")

    def _is_fresh(self) -> bool:
        """Tell whether nothing can ever have been stored; a creation that power cut short leaves half a header."""
        others = range(1, self.journal.block_count)
        return self.journal.is_blank_from(0, FIRST_SLOT_AT) and all(self.journal.is_blank_from(n, 0) for n in others)

    # Blocks

    def _block(self, serial: int) -> int:
        return serial % self.journal.block_count

    def _end_seq(self, serial: int) -> int:
        """Return the seq after the last one of a block; a damaged block above it leaves its numbers to it."""
        for above in range(serial + 1, self._header.serial + 1):
            if above in self._first_seqs:
                return self._first_seqs[above]
        return self.next_seq

    def _may_erase(self, serial: int) -> bool:
        """Tell whether the place of a coming block holds nothing that the bridge still lacks."""
        occupant = serial - self.journal.block_count
        return occupant not in self._first_seqs or self._end_seq(occupant) - 1 <= self.acked_seq

    def _slots_left(self) -> int:
        return self.journal.slot_count - self._next_slot

    def _open(self, serial: int, survey: str, question: str) -> None:
        """Open the next block; raise OutboxError when flash does not take it."""
        header = Header(serial, self.next_seq, self.acked_seq, self.boot, self.epoch, survey, question)
        for _ in range(TRIES):
            if self._erase(serial) and self.journal.open(self._block(serial), header):
                break
            self._erased.discard(serial)
        else:
            raise OutboxError("a block could not be opened")
        self._header = header
        self._first_seqs[serial] = self.next_seq
        self._next_slot = 0
        self._marked_seq = self.acked_seq
        self.boot_is_durable = True

    def _erase(self, serial: int) -> bool:
        # Half-erased flash can read as blank and flip later: only an erase of this start is trusted.
        if serial not in self._erased:
            self._first_seqs.pop(serial - self.journal.block_count, None)
            if not self.journal.erase(self._block(serial)):
                return False
        self._erased.add(serial)
        return True

    def prepare(self) -> None:
        """Erase ahead while nobody waits, so that a press finds its block ready."""
        following = self._header.serial + 1
        if self._slots_left() <= KEPT_FOR_BOOTS and following not in self._erased and self._may_erase(following):
            self._erase(following)

    # Writing

    def put(self, press: slots.Slot, survey: str = "", question: str = "") -> "dict[str, Any]":
        """Return the record once flash holds it; raise OutboxFull or OutboxError, and then it is not stored.

        An undo needs no survey: it goes where the press before it went.
        """
        if press.kind == slots.PRESS and (survey, question) != (self._header.survey, self._header.question):
            self._open_for_responses(survey, question)
        elif not self._slots_left():
            self._open_for_responses(self._header.survey, self._header.question)
        elif not self._may_erase(self._header.serial + 1):
            raise OutboxFull("all space waits for the bridge")
        if not self.boot_is_durable:
            raise OutboxError("the boot could not be counted")
        numbered = slots.numbered(press, self.next_seq, self.boot)
        if not self._program(slots.encode(numbered)):
            raise OutboxError("flash does not keep what is written")
        self.next_seq += 1
        return slots.content(numbered, self._header.survey, self._header.question)

    def _open_for_responses(self, survey: str, question: str) -> None:
        following = self._header.serial + 1
        if not (self._may_erase(following) and self._may_erase(following + 1)):
            raise OutboxFull("all space waits for the bridge")
        self._open(following, survey, question)

    def _program(self, data: bytes) -> bool:
        """Program the next good slot; what failed is spoilt, so that it can never be read as a response later."""
        block = self._block(self._header.serial)
        for _ in range(min(TRIES, self._slots_left())):
            number = self._next_slot
            self._next_slot += 1
            if slots.is_blank(self.journal.slot(block, number)):
                if self.journal.program_slot(block, number, data):
                    return True
                self.journal.program_slot(block, number, bytes(slots.SLOT_SIZE))
        return False

    def acknowledge(self, seq: int) -> None:
        """Note that the bridge has stored everything up to `seq`; what was never put cannot be acknowledged."""
        if seq >= self.next_seq:
            self.refused_acks += 1
        elif seq > self.acked_seq:
            self.acked_seq = seq
            # Else kept in memory: a forgotten ack is told again in the answer to the hello.
            is_spare = self._may_erase(self._header.serial + 1) or self._slots_left() > KEPT_FOR_BOOTS
            if seq - self._marked_seq >= MARK_EVERY and is_spare and self._mark(slots.ACK, seq):
                self._marked_seq = seq

    def _mark(self, kind: int, seq: int) -> bool:
        """Write a mark; the header of a block opened for it says the same."""
        if self._slots_left() and self._program(slots.encode(slots.mark(kind, seq, self.boot))):
            return True
        following = self._header.serial + 1
        if not (self._may_erase(following) and (kind == slots.BOOT or self._may_erase(following + 1))):
            return False
        try:
            self._open(following, self._header.survey, self._header.question)
        except OutboxError:
            return False
        return True

    # Reading

    @property
    def oldest_seq(self) -> int:
        """The lowest seq still held, acknowledged or not; `next_seq` when none is."""
        return min(self._first_seqs.values())

    @property
    def capacity(self) -> int:
        """How many responses fit between two acknowledgements, at the least."""
        return (self.journal.block_count - 2) * self.journal.slot_count

    @property
    def used(self) -> float:
        """The share of the capacity that waits for the bridge."""
        return min(1.0, (self.next_seq - 1 - self.acked_seq) / self.capacity)

    def peek(self, limit: int) -> "list[dict[str, Any]]":
        """Return at most `limit` records that the bridge has not acknowledged, oldest first."""
        return self.peek_from(self.acked_seq + 1, limit)

    def peek_from(self, seq: int, limit: int) -> "list[dict[str, Any]]":
        """Return records with consecutive seq from `seq`, or from the oldest held one where that is later."""
        records: list[dict[str, Any]] = []
        for serial in sorted(self._first_seqs):
            if self._end_seq(serial) > seq:
                for record in self._records(serial):
                    if len(records) == limit:
                        return records
                    if record["seq"] >= seq:
                        records.append(record)
        return records

    def _records(self, serial: int) -> "Iterator[dict[str, Any]]":
        """Give one record for every seq of a block: a number without a readable slot is reported as lost."""
        block = self._block(serial)
        header = self.journal.header(block)
        expected = self._first_seqs[serial]
        end = self._end_seq(serial)
        for number in range(self.journal.slot_count):
            slot = slots.decode(self.journal.slot(block, number))
            if header and slot and slot.kind in slots.RESPONSES and expected <= slot.seq < end:
                for missing in range(expected, slot.seq):
                    yield {"seq": missing, "lost": "crc"}
                yield slots.content(slot, header.survey, header.question)
                expected = slot.seq + 1
        for missing in range(expected, end):
            yield {"seq": missing, "lost": "crc"}
