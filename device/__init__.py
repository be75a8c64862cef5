"""The button box: firmware for MicroPython, the wire contract, and the simulator that runs both."""

VERSION = "0.1.0"  # the project's, which a test holds it to
