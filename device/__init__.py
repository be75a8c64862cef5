"""The button box: firmware for MicroPython, the wire contract, and the simulator that runs both."""
