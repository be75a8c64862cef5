"""A short life of an outbox whose journal is kept as bytes, for every later firmware to read.

`python -m tests.device.golden_journals` writes the files of the present format. Those of an older one stay, and so do
their tests: boxes on walls have them.
"""

import binascii
import json
import os

from device import slots
from device.outbox import Outbox
from device.segments import Folder
from tests.device.ram_flash import RamFlash
from tests.device.test_outbox import SURVEY, press, urandom

FOLDER = __file__.replace("\\", "/").rsplit("/", 1)[0] + "/golden/"
BLOCKS, BLOCK_SIZE, SEGMENTS = 9, 768, 40
UNIT = 16
COUNTED = 3


def life(opened):
    """Fill an outbox in two boots: both languages, flags, an undo, acknowledgements, and presses that are counted."""
    outbox = opened()
    for n in range(6):
        outbox.put(press(1 + n % 5, uptime_s=10 * n), SURVEY, "smiley")
    outbox.put(slots.press(2, "sv", 70, 1795325009, ("repeat",)), SURVEY, "smiley")
    outbox.put(slots.undo(7, 72, 1795325011))
    outbox.acknowledge(4)
    outbox = opened()
    seconds = 0
    while outbox.counted < COUNTED:
        seconds += 1
        outbox.put(press(1 + seconds % 5, seconds, 1795400000 + seconds), SURVEY, "smiley")


def reading(outbox):
    """Return what an outbox says of itself and of all that it holds."""
    numbers = {"epoch": outbox.epoch, "boot": outbox.boot, "next_seq": outbox.next_seq, "acked_seq": outbox.acked_seq}
    return numbers | {"records": outbox.peek_from(1, 9999)}


def kept(name):
    """Return a golden journal."""
    with open(FOLDER + name) as file:
        return json.loads(file.read())


# On flash of its own


def programmed(flash):
    """Return what is not blank, as hexadecimal by its place."""
    units = [(at, bytes(flash.memory[at : at + UNIT])) for at in range(0, len(flash.memory), UNIT)]
    return {str(at): binascii.hexlify(unit).decode() for at, unit in units if unit != b"\xff" * UNIT}


def flash_of(image):
    """Return a flash that holds what was programmed."""
    flash = RamFlash(BLOCKS, BLOCK_SIZE)
    for at, unit in image.items():
        flash.memory[int(at) : int(at) + UNIT] = binascii.unhexlify(unit)
    return flash


def lived_flash():
    """Return a flash after the short life."""
    flash = RamFlash(BLOCKS, BLOCK_SIZE)
    life(lambda: Outbox(flash, urandom))
    return flash


# In files


def contents(path):
    """Return the files of a folder's journals, as hexadecimal by their names."""
    found = {}
    for part in ("records", "tallies"):
        for name in sorted(os.listdir(path + "/" + part)):
            with open(path + "/" + part + "/" + name, "rb") as file:
                found[part + "/" + name] = binascii.hexlify(file.read()).decode()
    return found


def opened_files(path):
    """Mount the outbox of a folder."""
    return Outbox(Folder(path, SEGMENTS), urandom)


def write_files(path, image):
    """Put a journal's files into a folder."""
    for part in ("", "/records", "/tallies"):
        try:
            os.mkdir(path + part)
        except OSError:
            pass  # it is there
    for name, data in image.items():
        with open(path + "/" + name, "wb") as file:
            file.write(binascii.unhexlify(data))


def write(name, image, outbox):
    """Write a golden journal: its bytes, and what is to be read from them."""
    read = reading(outbox)
    records = ",\n".join([json.dumps(record) for record in read.pop("records")])
    units = ",\n".join([json.dumps(key) + ": " + json.dumps(value) for key, value in image.items()])
    numbers = json.dumps(read)[:-1]
    with open(FOLDER + name, "w") as file:
        file.write('{"image": {\n' + units + '\n},\n"reading": ' + numbers + ', "records": [\n' + records + "\n]}}\n")


def main():
    """Write the golden journals of the present format."""
    from tests.device.littlefs import mounted  # the tests read this module on boards, too

    flash = lived_flash()
    write("flash-2.json", programmed(flash), Outbox(flash, urandom))
    path = mounted(None)
    life(lambda: opened_files(path))
    write("files-2.json", contents(path), opened_files(path))


if __name__ == "__main__":
    main()
