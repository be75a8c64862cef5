"""The network that a box joins: wifi.json, and where its access point was found the last time."""

import json
from collections import namedtuple

from device.protocol.kinds import Fields, Text

DOTTED = Text(15, shortest=7, pattern="^[0-9.]+$")
FIELDS = Fields(
    {"ssid": Text(32, shortest=1), "password": Text(63)},
    {"address": DOTTED, "netmask": DOTTED, "gateway": DOTTED, "dns": DOTTED, "country": Text(2, shortest=2)},
)
Wifi = namedtuple("Wifi", ("ssid", "password", "static", "country"))
"""`static` is (address, netmask, gateway, dns), or None when the network gives an address, which costs half of a
battery's charge. `country` says which channels the radio may use."""


def load(path: str) -> Wifi:
    """Return what a file says; ValueError says in one line what is wrong with it."""
    try:
        with open(path) as file:
            fields = FIELDS.check(json.loads(file.read()), "")
    except OSError:
        raise ValueError(path + ": cannot be read")
    except ValueError as error:
        raise ValueError(path + ": " + str(error))
    given = [fields.get(name) for name in ("address", "netmask", "gateway", "dns")]
    if any(given) and not all(given):
        raise ValueError(path + ": address, netmask, gateway and dns go together")
    return Wifi(fields["ssid"], fields["password"], tuple(given) if all(given) else None, fields.get("country", "FI"))
