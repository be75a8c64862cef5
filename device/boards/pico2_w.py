"""Pins of a five-button mains box on a Raspberry Pi Pico 2 W."""

CHIP = "rp2350-pico-2-w"
IS_BATTERY = False

BUTTONS = (2, 3, 4, 5, 6)
"""To ground, worst first."""

LAMPS = (7, 8, 9, 10, 11)
"""High lights the lamp of the button in the same place."""

SERVICE_LAMP = 12
BUZZER = 13
SERVICE_BUTTON = 14

BATTERY = None
BATTERY_DIVIDER = 1.0

# The stock firmware's file system covers all flash that a program may write, and what is smaller is formatted at start.
# So the outbox gets a region of its own only from a firmware that was built to leave it alone.
PARTITION = None

STRAPPING_ARGUED: "dict[int, str]" = {}
