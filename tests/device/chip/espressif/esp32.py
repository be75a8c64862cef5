"""What only Espressif's chips have: partitions, and pins that wake them."""

from tests.device.ram_flash import RamFlash

WAKEUP_ALL_LOW, WAKEUP_ANY_HIGH = False, True

waking = []


def wake_on_ext1(pins, level):
    waking.append(([pin.number for pin in pins], level))


class Partition(RamFlash):
    """As in MicroPython's port: a write without an offset erases first, one with an offset only programs."""

    TYPE_DATA = 1

    @classmethod
    def find(cls, kind, label):
        assert kind == cls.TYPE_DATA
        return [partitions[label]] if label in partitions else []

    def writeblocks(self, block, buf, *offset):
        assert offset, "this would erase a block"
        super().writeblocks(block, buf, offset[0])


partitions = {"outbox": Partition(block_count=16, block_size=4096)}
