"""Pins of a five-button box on an ESP32-S3."""

# All below 22, so that each can wake the chip from deep sleep; 0, 3, 45 and 46 set how the chip starts, 19 and 20
# are USB.
BUTTONS = (4, 5, 6, 7, 8)
"""To ground, worst first."""

THANKS_LIGHT = 9
SERVICE_LIGHT = 10
