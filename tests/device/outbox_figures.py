"""What the outbox costs and holds, counted by the flash itself: `micropython -m tests.device.outbox_figures`."""

import json

from device import slots
from device.outbox import Outbox, OutboxFull
from tests.device.ram_flash import RamFlash

BLOCKS, BLOCK_SIZE = 64, 4096  # 256 KiB
PER_ACK = 16  # what the link sends in one batch
ONLINE = 30000


def urandom(size):
    return bytes(range(size))


def put(outbox, uptime_s):
    return outbox.put(slots.press(1 + uptime_s % 5, "fi", uptime_s, 1795325009 + uptime_s), "reception@3", "smiley")


def figures():
    """Return erases_per_press, bytes_per_press, records_per_256_kib, mount_reads, and more for the manual."""
    return online(ONLINE) | offline()


def online(presses):
    """Press with a bridge that acknowledges every batch."""
    flash = RamFlash(BLOCKS, BLOCK_SIZE)
    outbox = Outbox(flash, urandom)
    erases, programmed = flash.erases, flash.programmed
    for n in range(presses):
        put(outbox, n)
        if n % PER_ACK == PER_ACK - 1:
            outbox.acknowledge(n + 1)
            outbox.prepare()
    return {
        "erases_per_press": round((flash.erases - erases) / presses, 4),
        "bytes_per_press": round((flash.programmed - programmed) / presses, 1),
        "records_for_a_replay": outbox.next_seq - outbox.oldest_seq,
    }


def offline():
    """Fill an empty outbox without ever acknowledging: at 30 presses an hour, until it refuses."""
    flash = RamFlash(BLOCKS, BLOCK_SIZE)
    outbox = Outbox(flash, urandom)
    pressed = 0
    while put(outbox, pressed * 120)["seq"]:
        pressed += 1
    found = {"records_per_256_kib": pressed, "mount_reads": mount_reads(flash), "used_then": round(outbox.used, 3)}
    erases, programmed = flash.erases, flash.programmed
    counted = 1
    try:
        while put(outbox, (pressed + counted) * 120)["seq"] is None:
            counted += 1
    except OutboxFull:
        pass
    found["hours_of_counters"] = counted * 120 // 3600
    found["erases_per_counted_press"] = round((flash.erases - erases) / counted, 4)
    found["bytes_per_counted_press"] = round((flash.programmed - programmed) / counted, 1)
    found["mount_reads_full"] = mount_reads(flash)
    return found


def mount_reads(flash):
    """Return how often a start reads flash until it knows the next seq."""
    again = flash.restarted()
    Outbox(again, urandom, cold_start=False)
    return again.reads


if __name__ == "__main__":
    print(json.dumps(figures()))
