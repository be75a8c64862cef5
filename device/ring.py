"""A ring of journal blocks: numbers what it stores, and overwrites nothing before it is durably acknowledged."""

from device import slots
from device.failures import OutboxError, OutboxFull, OutboxUnreadable
from device.journal import EPOCH_LENGTH, Header, base
from device.mounted import NO_CONTEXT, Mounted
from device.slots import Context

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from device.journal import Blocks
    from device.slots import Slot

TRIES = 3
MARK_EVERY = 8  # acknowledged responses: more marks would take the space of records that can still be replayed
KEPT_FOR_BOOTS = 16  # slots of the reserve block that ack marks leave to boot marks
KEPT_FOR_ACKS = 4  # slots of it that boot marks leave: without an ack mark no block may be erased, ever
ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"


class Ring(Mounted):
    """A block may be erased once an ack of all that is in it is itself in flash.

    Slots for such marks must therefore always be left: `put` never enters a block when the one after it may not be
    erased.
    """

    def __init__(self, blocks: "Blocks", mark_every: int = 0) -> None:
        super().__init__(blocks)
        self._mark_every = mark_every or MARK_EVERY
        self._erased: set[int] = set()  # serials whose place was erased since this start
        self.boot_is_durable = True

    # Blocks

    def create(self, urandom: "Callable[[int], bytes]") -> None:
        """Begin a journal on blank flash; OutboxUnreadable when it is not blank."""
        self.need_fresh()
        self.begin("".join([ALPHABET[byte % len(ALPHABET)] for byte in urandom(EPOCH_LENGTH)]))

    def need_fresh(self) -> None:
        """Raise OutboxUnreadable when something can once have been stored here."""
        if not all(self.blocks.is_fresh(block) for block in range(self.blocks.block_count)):
            raise OutboxUnreadable("neither blank nor a journal")

    def begin(self, epoch: str) -> None:
        """Open the first block."""
        self.epoch = epoch
        self._next_slot = 0
        self._open(0, NO_CONTEXT)

    @property
    def context(self) -> Context:
        """What the newest slots have in common."""
        newest: Context = self._header.context
        return newest

    def _may_erase(self, serial: int) -> bool:
        """Tell whether the place of a coming block holds nothing that the bridge still lacks, by a mark in flash."""
        return self._is_free(serial, self.marked_seq)

    def _is_free(self, serial: int, acked_seq: int) -> bool:
        occupant = serial - self.blocks.block_count
        return occupant not in self._first_seqs or self._end_seq(occupant) - 1 <= acked_seq

    def _slots_left(self) -> int:
        return self.blocks.slot_count - self._next_slot

    def _open(self, serial: int, context: Context) -> None:
        """Open the next block; raise OutboxError when flash does not take it."""
        header = Header(serial, self.next_seq, self.acked_seq, self.boot, self.epoch, context)
        for _ in range(TRIES):
            if self._erase(serial) and self.blocks.open(self._block(serial), header):
                break
            self._erased.discard(serial)
        else:
            # Its header may stand there all the same: a start would overlook what went to the block before it now.
            self._next_slot = self.blocks.slot_count
            raise OutboxError("flash does not keep what is written")
        self._header = header
        self._first_seqs[serial] = self.next_seq
        self._next_slot = 0
        self.marked_seq = self.acked_seq
        self.boot_is_durable = True

    def _erase(self, serial: int) -> bool:
        # Half-erased flash can read as blank and flip later: only an erase of this start is trusted.
        if serial not in self._erased:
            self._first_seqs.pop(serial - self.blocks.block_count, None)
            if not self.blocks.erase(self._block(serial)):
                return False
        self._erased.add(serial)
        return True

    def prepare(self) -> None:
        """Erase ahead while nobody waits, so that a press finds its block ready."""
        following = self._header.serial + 1
        if self._slots_left() <= KEPT_FOR_BOOTS and following not in self._erased and self._may_erase(following):
            self._erase(following)

    # Writing

    def has_room(self, context: "Context | None", size: int, kept: int) -> bool:
        """Tell whether so many slots fit when so many erasable blocks have to be left."""
        if not self._has_room(context, size, kept, self.marked_seq) and self._has_room(
            context, size, kept, self.acked_seq
        ):
            self._mark(slots.ACK)
        return self._has_room(context, size, kept, self.marked_seq)

    def _has_room(self, context: "Context | None", size: int, kept: int, acked_seq: int) -> bool:
        return self._is_free(self._header.serial + 1 + kept - self._fits(context, size), acked_seq)

    def _fits(self, context: "Context | None", size: int) -> bool:
        return context in (None, self._header.context) and self._slots_left() >= size

    def put(self, slot: "Slot", context: "Context | None", kept: int = 1) -> "Slot":
        """Return the slot with its number once flash holds it; raise OutboxFull or OutboxError, and it is not stored.

        Without a context it goes where the slot before it went.
        """
        data = self._encode(slot)
        size = len(data) // slots.SLOT_SIZE
        if not self.has_room(context, size, kept):
            raise OutboxFull("all space waits for the bridge")
        if not self._fits(context, size):
            self._open_next(context)
            data = self._encode(slot)
        if not self._program(data):
            if not self.has_room(context, self.blocks.slot_count + 1, kept):
                raise OutboxError("flash does not keep what is written")
            self._open_next(context)
            if not self._program(self._encode(slot)):
                raise OutboxError("flash does not keep what is written")
        self.next_seq += 1
        return slots.numbered(slot, self.next_seq - 1, self.boot)

    def _encode(self, slot: "Slot") -> bytes:
        return slots.encode(slots.numbered(slot, self.next_seq, self.boot), base(self._header))

    def _open_next(self, context: "Context | None") -> None:
        self._open(self._header.serial + 1, context or self._header.context)

    def _program(self, data: bytes) -> bool:
        """Program the next good slot; what failed is spoilt, so that it can never be read as a response later.

        A slot that stays blank is not passed over: halving relies on nothing blank before something written.
        """
        size = len(data) // slots.SLOT_SIZE
        block = self._block(self._header.serial)
        tries = TRIES
        while tries and self._slots_left() >= size:
            if not self._is_blank(size):
                self._next_slot += 1
                continue
            if self.blocks.program(block, self._next_slot, data):
                self._next_slot += size
                return True
            self.blocks.program(block, self._next_slot, bytes(len(data)))
            self._next_slot += 0 if self._is_blank(size) else size
            tries -= 1
        return False

    def _is_blank(self, size: int) -> bool:
        return slots.is_blank(self.blocks.slots(self._block(self._header.serial), self._next_slot, size))

    def skip(self, count: int) -> bool:
        """Give so many numbers to nothing, durably: they will be reported as lost."""
        self.next_seq += count
        return self._mark(slots.ACK)

    def acknowledge(self, seq: int) -> bool:
        """Note that everything up to `seq` is stored elsewhere; tell whether a start would still know it."""
        self.acked_seq = max(self.acked_seq, seq)
        following = self._header.serial + 1
        frees = not self._may_erase(following) and self._is_free(following, self.acked_seq)
        # Else kept in memory: a forgotten ack is told again in the answer to the hello.
        is_spare = self._may_erase(following) or self._slots_left() > KEPT_FOR_BOOTS
        if frees or (self.acked_seq - self.marked_seq >= self._mark_every and is_spare):
            self._mark(slots.ACK)
        return self.marked_seq == self.acked_seq

    def count_boot(self) -> None:
        """Count a cold start; `boot_is_durable` tells whether flash knows it."""
        self.boot += 1
        self.boot_is_durable = False
        self.keep_boot()

    def keep_boot(self) -> bool:
        """Tell whether flash knows the boot, after another try where it does not."""
        return self.boot_is_durable or self._mark(slots.BOOT)

    def _mark(self, kind: int) -> bool:
        """Write a mark; the header of a block opened for it says the same."""
        following = self._header.serial + 1
        kept = KEPT_FOR_ACKS if kind == slots.BOOT and not self._may_erase(following) else 0
        data = slots.encode(slots.mark(kind, self.acked_seq, self.next_seq, self.boot), base(self._header))
        if self._slots_left() > kept and self._program(data):
            self.marked_seq = self.acked_seq
            self.boot_is_durable = True
            return True
        if not self._may_erase(following):
            return False
        try:
            self._open_next(None)
        except OutboxError:
            return False
        return True
