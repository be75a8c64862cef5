"""The button box: firmware for MicroPython, the wire contract, and the simulator that runs both."""

VERSION = "0.1.0"  # the project's, which a test holds it to
RELEASED_AT = 1795219200  # 2026-11-21: no clock that is right says less
