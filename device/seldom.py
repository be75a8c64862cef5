"""Modules that a box needs for moments only; where memory is short they are forgotten again until the next time."""

import gc
import sys

# They check what comes from outside: together a third of the program. An ack in its plain form needs none of them.
SELDOM = (
    "device.checks",
    "device.secure",
    "device.wifi",
    "device.protocol.down",
    "device.protocol.topics",
    "device.protocol.kinds",
)


def forget() -> None:
    """Give back the memory of these modules, where it is MicroPython's; the next import brings them anew."""
    if sys.implementation.name == "micropython":
        for name in SELDOM:
            drop(name)
    gc.collect()


def drop(name: str) -> None:
    """Take a module out of the interpreter's list and out of its package."""
    package, _, attribute = name.rpartition(".")
    if sys.modules.pop(name, None) and hasattr(sys.modules[package], attribute):
        delattr(sys.modules[package], attribute)
