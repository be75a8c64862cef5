"""Who this device is and where its broker stands: settings.json, checked before anything starts."""

import json
from collections import namedtuple

from device.protocol.kinds import Choice, Fields, Integer, Refused, Text, Variants
from device.protocol.topics import DEVICE_ID

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

BUTTONS = {"button-4": 4, "button-5": 5, "button-11": 11}
LOOPBACK = ("127.0.0.1", "::1", "localhost")

NAME = Text(255, shortest=1)
TLS = Variants(
    {
        "psk": Fields({"psk_identity": DEVICE_ID, "psk": Text(64, shortest=32, pattern="^([0-9a-f][0-9a-f])+$")}, {}),
        "ca": Fields({"ca": NAME, "certificate": NAME, "key": NAME, "server_hostname": NAME}, {}),
    }
)
MILLISECONDS = Integer(10, 3600000)
FIELDS = Fields(
    {"device_id": DEVICE_ID, "model": Choice("button-4", "button-5", "button-11"), "host": NAME},
    {
        "port": Integer(1, 65535),
        "tls": TLS,
        "ack_timeout_ms": MILLISECONDS,
        "retry_ms": MILLISECONDS,
        "longest_retry_ms": MILLISECONDS,
        "keep_alive_s": Integer(1, 65535),
    },
)
DEFAULTS = {
    "port": 0,
    "tls": None,
    "ack_timeout_ms": 10000,
    "retry_ms": 1000,
    "longest_retry_ms": 60000,
    "keep_alive_s": 30,
}

Settings = namedtuple(
    "Settings",
    ("device_id", "model", "host", "port", "tls", "ack_timeout_ms", "retry_ms", "longest_retry_ms", "keep_alive_s"),
)
"""`tls` is None on loopback, else {"psk_identity", "psk"} or {"ca", "certificate", "key", "server_hostname"}."""


def load(path: str) -> Settings:
    """Return the settings of a file; ValueError says in one line what is wrong with it."""
    try:
        with open(path) as file:
            given = json.loads(file.read())
    except OSError:
        raise ValueError(path + ": cannot be read")
    except ValueError:
        raise ValueError(path + ": not JSON")
    try:
        return checked(given, path[: path.rfind("/") + 1])
    except ValueError as error:
        raise ValueError(path + ": " + str(error))


def checked(given: "Any", folder: str) -> Settings:
    """Return settings out of a decoded file; its other files are found from its folder. Refused says what is wrong."""
    fields = DEFAULTS | FIELDS.check(given, "")
    tls = fields["tls"]
    if not tls and fields["host"] not in LOOPBACK:
        raise Refused("tls is missing: only loopback goes without")
    if tls and tls.get("psk_identity", fields["device_id"]) != fields["device_id"]:
        raise Refused("tls.psk_identity must be the device_id")
    if tls and "ca" in tls:
        for name in ("ca", "certificate", "key"):
            tls[name] = tls[name] if tls[name].startswith("/") else folder + tls[name]
    fields["port"] = fields["port"] or (8883 if tls else 1883)
    return Settings(**fields)


def trusts_bridge(settings: Settings) -> bool:
    """Tell whether the bridge's word on the time may be believed: over TLS, which always verifies, and on loopback."""
    return bool(settings.tls) or settings.host in LOOPBACK
