"""Who this kiosk is, where its broker stands, what its screen does: one JSON file, checked before anything starts."""

import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from device.protocol.kinds import Fields, Integer, Nullable, Refused, Text
from device.protocol.topics import DEVICE_ID
from kiosk_app.survey import FLAG, LIMITS, Limits

LOOPBACK = ("127.0.0.1", "::1", "localhost")
NAME = Text(255, shortest=1)
MILLISECONDS = Integer(10, 3_600_000)
PIXELS = Integer(320, 8_192)
PIN_HASH = Text(200, shortest=20, pattern="^scrypt:[0-9a-f]+:[0-9a-f]+$")

FILE = Fields(
    {"device_id": DEVICE_ID, "host": NAME},
    {
        "port": Integer(1, 65_535),
        "tls": Nullable(Fields({"ca": NAME, "certificate": NAME, "key": NAME}, {})),
        "data": NAME,
        "on_disk": FLAG,
        "pin_hash": Nullable(PIN_HASH),
        "limits": LIMITS,
        "width": Nullable(PIXELS),
        "height": Nullable(PIXELS),
        "blank_s": Integer(0, 86_400),
        "usb": NAME,
        "ack_timeout_ms": MILLISECONDS,
        "retry_ms": MILLISECONDS,
        "longest_retry_ms": MILLISECONDS,
        "keep_alive_s": Integer(1, 3_600),
    },
)


class Unusable(Exception):
    """The settings file cannot be used; the text says what is wrong in it and where."""


@dataclass(frozen=True)
class Tls:
    """Paths of the authority that signed the broker, and of the certificate and key that are this kiosk's own."""

    ca: Path
    certificate: Path
    key: Path


@dataclass(frozen=True)
class Settings:
    """`host` is also the name that the broker's certificate must have. No size means the full screen."""

    device_id: str
    host: str
    port: int
    data: Path
    tls: Tls | None = None
    on_disk: bool = False
    pin_hash: str | None = None
    limits: Limits = field(default_factory=Limits)
    width: int | None = None
    height: int | None = None
    blank_s: int = 0
    usb: Path = Path("/media")
    ack_timeout_ms: int = 10_000
    retry_ms: int = 1_000
    longest_retry_ms: int = 60_000
    keep_alive_s: int = 30

    @property
    def trusts_bridge(self) -> bool:
        """Whether the bridge's word on the time may be believed: over TLS, which always verifies, and on loopback."""
        return self.tls is not None or self.host in LOOPBACK


def sized(settings: Settings, size: str | None) -> Settings:
    """Return the settings with a window such as 1280x800, unless `size` is None."""
    if size is None:
        return settings
    width, cross, height = size.partition("x")
    pixels = [int(part) for part in (width, height) if part.isascii() and part.isdigit()]
    if not cross or len(pixels) != 2 or not all(PIXELS.low <= each <= PIXELS.high for each in pixels):
        raise Unusable(f"a size is written as 1280x800, each from {PIXELS.low} to {PIXELS.high}, and not {size[:40]!r}")
    return replace(settings, width=pixels[0], height=pixels[1])


def load(path: Path) -> Settings:
    """Return the settings of a file; relative paths in it begin at its folder. Unusable says what is wrong."""
    try:
        given = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Unusable(f"{path}: cannot be read ({error.strerror})") from error
    except ValueError as error:
        raise Unusable(f"{path}: not JSON in UTF-8 ({error})") from error
    try:
        return checked(given, path.resolve().parent)
    except Refused as refusal:
        raise Unusable(f"{path}: {refusal.reason}") from refusal


def checked(given: Any, folder: Path) -> Settings:
    """Return the settings of a decoded file, or raise Refused."""
    unknown = sorted(given.keys() - FILE.optional.keys() - FILE.required.keys()) if isinstance(given, dict) else []
    if unknown:
        raise Refused(f"{unknown[0][:60]} is no setting of a kiosk")
    fields = {name: value for name, value in FILE.check(given, "").items() if value is not None}
    tls = fields.pop("tls", None)
    if not tls and fields["host"] not in LOOPBACK:
        raise Refused("tls is missing: only loopback goes without")
    if ("width" in fields) != ("height" in fields):
        raise Refused("width and height go together, or neither for the full screen")
    paths = {"data": folder / fields.get("data", "data"), "usb": folder / fields.get("usb", "/media")}
    limits = replace(Limits(), **fields.pop("limits", {}))
    kept = Tls(*(folder / tls[name] for name in ("ca", "certificate", "key"))) if tls else None
    return Settings(**({"port": 8883 if tls else 1883} | fields | paths), tls=kept, limits=limits)
