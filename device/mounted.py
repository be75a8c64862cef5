"""A journal as a start finds it: where its newest block ends, what its last slots say, every record by its number."""

from device import slots
from device.failures import OutboxUnreadable
from device.journal import Header, base
from device.slots import Context

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from device.journal import Blocks
    from device.slots import Slot

    Entry = tuple[int, "Slot | None", Context]

PORTION = 16  # slots that are read at once
NO_CONTEXT = Context("", "", "")


class Mounted:
    """Blocks in a ring: the one with serial n stands at n modulo their number."""

    def __init__(self, blocks: "Blocks") -> None:
        self.blocks = blocks
        self._first_seqs: dict[int, int] = {}  # by serial, of the blocks that are held
        self.marked_seq = 0  # the ack that a start would know
        self._next_slot = 0
        self.epoch = ""
        self.next_seq = 1
        self.acked_seq = 0
        self.boot = 0

    # Mounting

    def mount(self) -> bool:
        """Take over the journal that stands there; False when there is none."""
        headers: dict[int, Header] = {}
        for block in range(self.blocks.block_count):
            header = self.blocks.header(block)
            if header:
                headers[header.serial] = header
                if header.serial % self.blocks.block_count != block:
                    raise OutboxUnreadable("a block stands at another's place")
        if headers:
            self._take_over(headers)
        return bool(headers)

    def _take_over(self, headers: "dict[int, Header]") -> None:
        newest = max(headers)
        header = headers[newest]
        if any(other.epoch != header.epoch for other in headers.values()):
            raise OutboxUnreadable("blocks of two journals")
        self.epoch = header.epoch
        self._header = header
        self._first_seqs = {serial: headers[serial].first_seq for serial in headers}
        self.boot = header.boot
        self.next_seq = header.first_seq
        self.acked_seq = max(header.acked_seq, self.oldest_seq - 1)
        self.marked_seq = header.acked_seq
        self._next_slot = self._end_of(newest)
        # Where the newest headers themselves are gone, their blocks still tell which numbers were given.
        above = newest + 1
        while above - self.blocks.block_count not in headers and not slots.is_blank(self._read(above, 0)):
            self._walk(above)
            above += 1

    def _end_of(self, serial: int) -> int:
        """Return the first blank slot of a block, by halving, and take over what its last slots say."""
        low, high = 0, self.blocks.slot_count
        while low < high:
            middle = (low + high) // 2
            # Two, because a long slot that power cut short can leave its first half blank.
            if slots.is_blank(self._read(serial, middle)):
                high = middle
            else:
                low = middle + 1
        return low if self._take_last(serial, low) else self._end_by_walking(serial)

    def _take_last(self, serial: int, end: int) -> bool:
        """Take over what the last slots of a block say; False when the very last is no good slot."""
        for size in (1, 2):
            data = self._read(serial, max(0, end - size))
            slot = slots.decode(data, base(self._header))
            if slot and slots.size_of(data) == size * slots.SLOT_SIZE:
                self._take(slot)
                self._take_mark(serial, end)
                return True
        return end == 0

    def _take_mark(self, serial: int, end: int) -> None:
        """Take over the last mark before a slot, which knows the newest ack."""
        while end > 0:
            first = max(0, end - PORTION)
            data = self.blocks.slots(self._block(serial), first, end - first)
            for at in range(len(data) - slots.SLOT_SIZE, -1, -slots.SLOT_SIZE):
                slot = data[at] in slots.MARKS and slots.decode(data[at : at + slots.SLOT_SIZE], base(self._header))
                if slot:
                    self._take(slot)
                    return
            end = first

    def _take(self, slot: "Slot") -> None:
        self.boot = max(self.boot, slot.boot)
        is_mark = slot.kind in slots.MARKS
        self.next_seq = max(self.next_seq, slot.seq if is_mark else slot.seq + 1)
        if is_mark:
            self.acked_seq = max(self.acked_seq, slot.value)
            self.marked_seq = max(self.marked_seq, slot.value)

    def _end_by_walking(self, serial: int) -> int:
        """Return the first slot after all that is not blank; holes before it are filled, for the next halving."""
        end = self._walk(serial)
        filler = slots.encode(slots.mark(slots.ACK, self.marked_seq, self.next_seq, self.boot), base(self._header))
        for number in range(end):
            if slots.is_blank(self._read(serial, number)[: slots.SLOT_SIZE]):
                self.blocks.program(self._block(serial), number, filler)
        return end

    def _walk(self, serial: int) -> int:
        """Take over all that a block says; return the end of what is not blank."""
        end = damaged = gone = 0
        is_ours = serial == self._header.serial
        for number, whole, data in self._slots(serial, 0, base(self._header)):
            end = number + slots.size_of(data) // slots.SLOT_SIZE
            slot = whole or slots.mended(data, base(self._header))
            if not slot:
                damaged += slots.may_be_response(data)
                gone += data[: slots.SLOT_SIZE] == bytes(slots.SLOT_SIZE)
            elif is_ours or slot.seq >= self.next_seq:
                is_ours = True
                self._take(slot)
                damaged = gone = 0
        if gone == self.blocks.slot_count:
            raise OutboxUnreadable("a block of zeros where the newest may have been: nobody knows its numbers")
        # Each may have been a response that a visitor was thanked for: its number is not given to another.
        self.next_seq += damaged if is_ours else 0
        return end

    # Blocks

    def _block(self, serial: int) -> int:
        return serial % self.blocks.block_count

    def _read(self, serial: int, number: int) -> bytes:
        return self.blocks.slots(self._block(serial), number)

    def _end_seq(self, serial: int) -> int:
        """Return the seq after the last one of a block; a damaged block above it leaves its numbers to it."""
        for above in range(serial + 1, self._header.serial + 1):
            if above in self._first_seqs:
                return self._first_seqs[above]
        return self.next_seq

    # Reading

    @property
    def oldest_seq(self) -> int:
        """The lowest seq still held, acknowledged or not; `next_seq` when none is."""
        return min(self._first_seqs.values())

    @property
    def used(self) -> float:
        """The share of all slots that waits for an acknowledgement."""
        waiting = self.acked_seq + 1
        if waiting == self.next_seq:
            return 0.0
        held = [serial for serial in self._first_seqs if self._first_seqs[serial] <= waiting]
        serial = max(held or self._first_seqs)
        taken: int = (self._header.serial - serial) * self.blocks.slot_count + self._next_slot
        taken -= min(waiting - self._first_seqs[serial], self.blocks.slot_count)
        # Marks in the reserve are beyond what presses may take: a hello that says more than 1 would be refused.
        return min(1.0, taken / ((self.blocks.block_count - 1) * self.blocks.slot_count))

    def entries(self, seq: int) -> "Iterator[Entry]":
        """Give every seq from one on, or from the oldest held where that is later; None for what is not readable."""
        for serial in sorted(self._first_seqs):
            if self._end_seq(serial) > seq:
                for entry in self._entries(serial, seq):
                    if entry[0] >= seq:
                        yield entry

    def _entries(self, serial: int, seq: int) -> "Iterator[Entry]":
        """Give one entry for every seq of a block, or for those from a little before one on.

        A damaged slot is mended only where a number is missing.
        """
        header = self.blocks.header(self._block(serial))
        first, expected = self._seek(serial, header, seq) if header else (0, self._first_seqs[serial])
        end = self._end_seq(serial)
        damaged: list[bytes] = []
        for _, slot, data in self._slots(serial, first, base(header or self._header)):
            if not (header and slot):
                damaged.append(data)
            elif slot.kind not in slots.MARKS and expected <= slot.seq < end:
                yield from self._missing(expected, slot.seq, damaged, header)
                damaged = []
                expected = slot.seq + 1
                yield slot.seq, slot, header.context
        yield from self._missing(expected, end, damaged, header)

    def _seek(self, serial: int, header: Header, seq: int) -> "tuple[int, int]":
        """Return, by halving, a slot before that of a seq, and the lowest seq that can stand from it on."""
        low, high, expected = 0, self.blocks.slot_count, header.first_seq
        while high - low > PORTION:
            middle = (low + high) // 2
            data = self._read(serial, middle)
            slot = slots.decode(data, base(header))
            if slot and slot.seq <= seq:
                low, expected = middle, slot.seq
            elif slot or slots.is_blank(data):
                high = middle
            else:
                break
        return low, expected

    def _missing(self, seq: int, end: int, damaged: "list[bytes]", header: "Header | None") -> "Iterator[Entry]":
        found: dict[int, Slot] = {}
        if header and seq < end:
            for data in damaged:
                slot = slots.mended(data, base(header))
                if slot:
                    found[slot.seq] = slot
        for missing in range(seq, end):
            yield missing, found.get(missing), header.context if header else NO_CONTEXT

    def _slots(self, serial: int, number: int, near: slots.Base) -> "Iterator[tuple[int, Slot | None, bytes]]":
        """Give all that is not blank from a slot on: its number, what it says, its bytes."""
        while number < self.blocks.slot_count:
            data = self._read(serial, number)
            slot = slots.decode(data, near)
            if slot or not slots.is_blank(data[: slots.SLOT_SIZE]):
                yield number, slot, data
            number += slots.size_of(data) // slots.SLOT_SIZE if slot else 1
