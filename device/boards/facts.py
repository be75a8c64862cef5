"""What the chips' makers say of their pins, with the place where it was read; not on the board, where nobody asks."""

from collections import namedtuple

Chip = namedtuple(
    "Chip", ("pins", "wake", "strapping", "input_only", "adc", "usb", "memory", "radio", "absent", "read_in")
)
"""`adc` maps a pin to its converter and channel. `memory` and `radio` pins are taken inside the module, `absent` ones
are not led out by every module. `wake` pins end a deep sleep; a chip without any is for the mains. `read_in` names the
documents that were read; the data sheets that they refer to were not at hand."""

SLEEP_MODES = "ESP-IDF, docs/en/api-reference/system/sleep_modes.rst at 010c0b7, External Wakeup (ext1): any RTC GPIO"


def pins(*ranges: "tuple[int, int]") -> "frozenset[int]":
    """Return the pins of ranges that are given with both ends."""
    return frozenset([pin for first, last in ranges for pin in range(first, last + 1)])


CHIPS = {
    "esp32-s3": Chip(
        pins=pins((0, 21), (26, 48)),
        wake=pins((0, 21)),
        strapping=frozenset((0, 3, 45, 46)),
        input_only=frozenset(),
        adc={pin: (1, pin - 1) if pin <= 10 else (2, pin - 11) for pin in range(1, 21)},
        usb=frozenset((19, 20)),
        memory=pins((26, 37)),  # 33 to 37 only with octal memory
        radio=frozenset(),
        absent=frozenset(),
        read_in=(
            "ESP-IDF Programming Guide v5.2.8, ESP32-S3, GPIO & RTC GPIO: GPIO Summary",
            SLEEP_MODES,
            "OLIMEX ESP32-S3-DevKit-LiPo rev B, netlist, part U4: the same RTC pins, ADC channels and USB",
        ),
    ),
    "esp32-c6": Chip(
        pins=pins((0, 30)),
        wake=pins((0, 7)),
        strapping=frozenset((4, 5, 8, 9, 15)),
        input_only=frozenset(),
        adc={pin: (1, pin) for pin in range(7)},
        usb=frozenset((12, 13)),
        memory=pins((24, 30)),
        radio=frozenset(),
        absent=frozenset((14,)),  # chips with flash inside have it, and lack 10 and 11 instead
        read_in=(
            "ESP-IDF Programming Guide v5.3.6, ESP32-C6, GPIO & RTC GPIO: GPIO Summary",
            SLEEP_MODES,
            "OLIMEX ESP32-C6-DevKit-Lipo rev A, schematic: the same LP and strapping pins, ADC channels and USB",
        ),
    ),
    "esp32-c3": Chip(
        pins=pins((0, 21)),
        wake=pins((0, 5)),
        strapping=frozenset((2, 8, 9)),
        input_only=frozenset(),
        adc={pin: (1, pin) if pin <= 4 else (2, 0) for pin in range(6)},
        usb=frozenset((18, 19)),
        memory=pins((12, 17)),
        radio=frozenset(),
        absent=frozenset(),
        read_in=("ESP-IDF, docs/en/api-reference/peripherals/gpio/esp32c3.inc at 0503795: GPIO Summary",),
    ),
    # Not read anywhere but known of the RP2350: USB and flash have pads of their own, and no pin is a strapping pin.
    "rp2350-pico-2-w": Chip(
        pins=pins((0, 29)),
        wake=frozenset(),
        strapping=frozenset(),
        input_only=frozenset(),
        adc={26: (0, 0), 27: (0, 1), 28: (0, 2), 29: (0, 3)},
        usb=frozenset(),
        memory=frozenset(),
        radio=frozenset((23, 24, 25, 29)),
        absent=frozenset(),
        read_in=(
            "Raspberry Pi Pico 2 W schematic, RPI-PICO2W rev 2, 19 July 2024, sheet 1: 23, 24, 25, 29 are the radio's",
            "Wokwi, board-pi-pico-2 reference: pin names and analog input channels",
        ),
    ),
}
