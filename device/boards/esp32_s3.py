"""Pins of a five-button battery box on an ESP32-S3 module, each button with a lamp in it."""

CHIP = "esp32-s3"
IS_BATTERY = True

BUTTONS = (4, 5, 6, 7, 8)
"""To ground, worst first; pulled up by 100 kilohms outside the chip, because its own pulls may sleep too."""

LAMPS = (9, 10, 11, 12, 13)
"""High lights the lamp of the button in the same place."""

SERVICE_LAMP = 14
BUZZER = 15
SERVICE_BUTTON = 16

BATTERY = 1
"""On the first converter: the second is the radio's while it is on."""

BATTERY_DIVIDER = 2.0
"""Two equal resistors of a megohm, which cost 2 microamperes."""

PARTITION = "outbox"
"""Label of the data partition of partitions_4mib.csv."""

STRAPPING_ARGUED: "dict[int, str]" = {}
