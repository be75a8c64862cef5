"""All that an outbox holds, as JSON lines with a checksum each: on a USB stick, or from a copy of its folder.

`python -m kiosk_app.export FOLDER` prints what a copied data folder holds; the folder has to be writable.
"""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from zlib import crc32

from device.protocol.canonical import dumps
from kiosk_app.envelope import Envelope, key_of
from kiosk_app.outbox import Outbox

PORTION = 256


def stick(media: Path) -> Path:
    """Return where the first USB stick is mounted; raise OSError when there is none."""
    for path in sorted(media.iterdir()) if media.is_dir() else []:
        if path.is_mount() and os.access(path, os.W_OK):
            return path
    raise FileNotFoundError(2, "no USB stick")


def save(outbox: Outbox, folder: Path, device_id: str) -> tuple[Path, int]:
    """Write a file of JSON lines, each with its CRC, as a box exports them; return its path and the number of records.

    It is complete when its last line says so. What visitors wrote is readable in it.
    """
    path = folder / f"hymio-{device_id}-{outbox.epoch}-{outbox.next_seq - 1}.jsonl"
    count = -1
    with path.open("w", encoding="utf-8") as file:
        for count, told in enumerate(lines(outbox)):  # noqa: B007 - the last line is not a record
            file.write(told + "\n")
        file.flush()
        os.fsync(file.fileno())
    return path, count


def lines(outbox: Outbox) -> Iterator[str]:
    """Give a line for every record that is held, acknowledged or not, and a last one with their number."""
    count, seq = 0, outbox.oldest_seq
    while held := outbox.peek_from(seq, PORTION):
        for record in held:
            yield line({"epoch": outbox.epoch, "record": record})
        count, seq = count + len(held), held[-1]["seq"] + 1
    yield line({"epoch": outbox.epoch, "records": count, "next_seq": outbox.next_seq, "acked_seq": outbox.acked_seq})


def line(fields: Mapping[str, object]) -> str:
    """Return one JSON line: `crc` is the CRC-32 of the canonical JSON of all other fields."""
    return dumps(dict(fields) | {"crc": crc32(dumps(dict(fields)).encode())})


def main(folder: Path) -> int:
    """Print what a folder holds; return the exit code."""
    if not (folder / "outbox.db").exists():
        print(f"{folder}: there is no outbox.db", file=sys.stderr)
        return 2
    with closing(Outbox(folder, Envelope(key_of(os.environ)))) as outbox:
        if why := outbox.trouble():
            print(f"{folder}: the outbox cannot be read ({why})", file=sys.stderr)
            return 1
        for told in lines(outbox):
            print(told)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if sys.argv[1:] else ".")))
