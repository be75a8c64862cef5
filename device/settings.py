"""Who this device is and where its broker stands: settings.json, checked before anything starts."""

import json
from collections import namedtuple

BUTTONS = {"button-4": 4, "button-5": 5, "button-11": 11}
LOOPBACK = ("127.0.0.1", "::1", "localhost")
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
    from device import checks  # noqa: PLC0415  # needed seldom: seldom.py

    try:
        with open(path) as file:
            given = json.loads(file.read())
    except OSError:
        raise ValueError(path + ": cannot be read")
    except ValueError:
        raise ValueError(path + ": not JSON")
    try:
        return checks.settings(given, path[: path.rfind("/") + 1])
    except ValueError as error:
        raise ValueError(path + ": " + str(error))


def trusts_bridge(settings: Settings) -> bool:
    """Tell whether the bridge's word on the time may be believed: over TLS, which always verifies, and on loopback."""
    return bool(settings.tls) or settings.host in LOOPBACK
