"""What the staff see behind their PIN: network, outbox, versions; and all that is held, saved on a USB stick."""

import os
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from zlib import crc32

from device.protocol.canonical import dumps
from kiosk_app.certificate import Certificate
from kiosk_app.clock import Clock
from kiosk_app.conversation import Conversation
from kiosk_app.envelope import Envelope
from kiosk_app.outbox import Outbox, OutboxError
from kiosk_app.pin import Lock
from kiosk_app.publisher import Publisher
from kiosk_app.scenes import Words
from kiosk_app.settings import Settings
from kiosk_app.surveys import Surveys

PORTION = 256
LONGEST_VALUE = 36  # letters
Rows = tuple[tuple[str, str], ...]


class Status:
    """`rows` is the screen, in the words of a language; `export` writes the file and says how it went."""

    def __init__(
        self,
        *,
        settings: Settings,
        words: Words,
        outbox: Outbox,
        envelope: Envelope,
        clock: Clock,
        surveys: Surveys,
        conversation: Conversation,
        publisher: Publisher,
        certificate: Certificate,
        version: str,
    ) -> None:
        self._settings = settings
        self._words = words
        self._outbox = outbox
        self._envelope = envelope
        self._clock = clock
        self._surveys = surveys
        self._conversation = conversation
        self._publisher = publisher
        self._certificate = certificate
        self._version = version
        self._lock = Lock(settings.pin_hash)

    @property
    def has_pin(self) -> bool:
        """Whether the staff may come in at all."""
        return self._lock.has_pin

    def opens(self, pin: str, now_ms: int) -> bool:
        """Tell whether this PIN lets them in now."""
        return self._lock.opens(pin, now_ms)

    def rows(self, language: str) -> Rows:
        """Return label and value of everything, in the order in which a maintainer asks."""
        words = self._words(language)
        told = self._told(words)
        return tuple((words.get(f"status.{name}", name), shortened(value)) for name, value in told.items())

    def _told(self, words: Mapping[str, str]) -> dict[str, str]:
        outbox, surveys, state = self._outbox, self._surveys, self._publisher.state
        yes, no = words.get("status.yes", "yes"), words.get("status.no", "no")
        return {
            "device": f"{self._settings.device_id}, {self._version}",
            "network": words.get(f"status.{state}", state),
            "broker": f"{self._settings.host}:{self._settings.port}",
            "acknowledged": moment(self._conversation.acked_at),
            "waiting": f"{outbox.waiting} / {outbox.capacity}",
            "outbox": outbox.trouble() or words.get("status.ok", "ok"),
            "survey": surveys.version or "-",
            "refused": surveys.refused or "-",
            "clock": moment(self._clock.at()),
            "certificate": self._certificate.told,
            "sealed": yes if self._envelope.is_sealing else no,
        }

    def export(self, language: str) -> Rows:
        """Save all held records on the first USB stick there is; tell how many, or why not."""
        words = self._words(language)
        label = words.get("action.export", "export")
        try:
            path, count = save(self._outbox, stick(self._settings.usb), self._settings.device_id)
        except (OSError, OutboxError) as error:
            why = str(error) if isinstance(error, OutboxError) else error.strerror or str(error)
            return ((label, why),)
        return ((label, f"{count} > {path.name}"),)


def shortened(value: str) -> str:
    """Return as much of a value as a line holds; the whole reason of a refusal stands in the hello."""
    return value if len(value) <= LONGEST_VALUE else value[: LONGEST_VALUE - 1] + "\N{HORIZONTAL ELLIPSIS}"


def moment(at: int | None) -> str:
    """Return a moment on the kiosk's own clock face."""
    return datetime.fromtimestamp(at).astimezone().strftime("%Y-%m-%d %H:%M") if at else "-"


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
