"""Outboxes that are wrong on purpose: the sweep has to catch each, or it proves nothing."""

from device import outbox, slots
from device.journal import Journal
from device.ring import Ring
from tests.cuts.ring import RingSweep


class ReusesTornSlots(Ring):
    """Goes on right after the last good slot, over what power cut short."""

    def _end_by_walking(self, serial):
        super()._end_by_walking(serial)
        end = 0
        for number, slot, data in self._slots(serial, 0, slots.Base(self.next_seq, self.boot, "")):
            if slot:
                end = number + slots.size_of(data) // slots.SLOT_SIZE
        return end

    def _is_blank(self, size):
        return True


class KeepsNoReserve(Ring):
    """Fills the last block too, and then finds no slot for the ack that would free one."""

    def _has_room(self, context, size, kept, acked_seq):
        return super()._has_room(context, size, max(kept - 1, 0), acked_seq)


def without_checksum(size_of, decode):
    """Return a decode that believes whatever has the look of a slot."""

    def believe(data, base):
        size = size_of(data)
        return decode(data[: size - 4] + slots.checksum(data[: size - 4]) + data[size:], base)

    return believe


def caught_by(design, seeds, every=1):
    """Return the first seed whose sweep finds a design, put in for a while, or None; it is (owner, name, wrong)."""
    owner, name, wrong = design
    right = getattr(owner, name)
    setattr(owner, name, wrong)
    try:
        for seed in seeds:
            if RingSweep(seed, until=1, every=every).run().failures:
                return seed
        return None
    finally:
        setattr(owner, name, right)


def read_back_nothing(journal, block, offset, data):
    journal._flash.writeblocks(journal._first_block + block, data, offset)
    journal._flash.ioctl(3, 0)
    return True


DESIGNS = {
    "no CRC": (slots, "decode", without_checksum(slots.size_of, slots.decode)),
    "reuse of a torn slot": (outbox, "Ring", ReusesTornSlots),
    "no read-back": (Journal, "_program", read_back_nothing),
    "no reserved block": (outbox, "Ring", KeepsNoReserve),
}
