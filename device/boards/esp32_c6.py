"""Pins of a five-button battery box on an ESP32-C6 module whose flash is outside the chip, such as a WROOM-1."""

CHIP = "esp32-c6"
IS_BATTERY = True

# Eight pins can wake the chip and two of them are strapping pins: five buttons and the battery take the other six, so
# the board has no 32 kHz crystal, which would stand on 0 and 1.
BUTTONS = (1, 2, 3, 6, 7)
"""To ground, worst first; pulled up by 100 kilohms outside the chip, because its own pulls may sleep too."""

LAMPS = (18, 19, 20, 21, 22)
"""High lights the lamp of the button in the same place."""

SERVICE_LAMP = 23
BUZZER = 10
SERVICE_BUTTON = 11

BATTERY = 0
BATTERY_DIVIDER = 2.0
"""Two equal resistors of a megohm, which cost 2 microamperes."""

PARTITION = "outbox"
"""Label of the data partition of partitions_4mib.csv."""

STRAPPING_ARGUED: "dict[int, str]" = {}
