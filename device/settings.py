"""Who this device is and where its broker stands: settings.json, checked before anything starts."""

import json
from collections import namedtuple

from device.protocol.kinds import Choice, Fields, Integer, Text
from device.protocol.topics import DEVICE_ID

BUTTONS = {"button-4": 4, "button-5": 5, "button-11": 11}
LOOPBACK = ("127.0.0.1", "::1", "localhost")

MILLISECONDS = Integer(10, 3600000)
FIELDS = Fields(
    {"device_id": DEVICE_ID, "model": Choice("button-4", "button-5", "button-11"), "host": Text(255, shortest=1)},
    {
        "port": Integer(1, 65535),
        "ack_timeout_ms": MILLISECONDS,
        "retry_ms": MILLISECONDS,
        "longest_retry_ms": MILLISECONDS,
        "keep_alive_s": Integer(1, 65535),
    },
)
DEFAULTS = {"port": 1883, "ack_timeout_ms": 10000, "retry_ms": 1000, "longest_retry_ms": 60000, "keep_alive_s": 30}

Settings = namedtuple(
    "Settings",
    ("device_id", "model", "host", "port", "ack_timeout_ms", "retry_ms", "longest_retry_ms", "keep_alive_s"),
)


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
        fields = DEFAULTS | FIELDS.check(given, "")
    except ValueError as error:
        raise ValueError(path + ": " + str(error))
    return Settings(**fields)


def trusts_bridge(settings: Settings) -> bool:
    """Tell whether what the bridge says about the time may be believed: on loopback, until TLS verifies it."""
    return settings.host in LOOPBACK
