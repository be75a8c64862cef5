"""The kiosk: a Raspberry Pi with a touchscreen, five keys that can be felt, and a loudspeaker, on a stand."""

from collections.abc import Iterator

from hardware.assembly import HOUSING, Assembly

KEYS = {"left": (5, 105), "right": (6, 106), "ok": (13, 28), "back": (16, 1), "speak": (26, 59)}
"""Pin (BCM) and Linux key code, from left to right: KEY_LEFT, KEY_RIGHT, KEY_ENTER, KEY_ESC and KEY_F1 are what the
kiosk's app takes for these words."""

SOUND = {"BCLK": (18, "YE"), "LRC": (19, "GN"), "DIN": (21, "BU")}
"""Pins of the Pi's I2S, as the overlay `max98357a` has them, and the colours of their wires."""

# Heights above the floor of what a visitor touches, in mm.
KEYS_MM = 870
SCREEN_BOTTOM_MM = 920
SCREEN_TILT_DEG = 30


def assembly() -> Assembly:
    made = Assembly("kiosk_stand", "Kiosk, Raspberry Pi 5 with a 7 inch touchscreen")
    for ref, key in (("U1", "pi5"), ("DS1", "touchscreen"), ("PS1", "pi_supply"), ("A1", "amplifier")):
        made.add(ref, key)
    made.add("LS1", "loudspeaker")
    for number, (name, (pin, _)) in enumerate(KEYS.items(), 1):
        made.add(f"SW{number}", "key")
        made.join(f"KEY_{name.upper()}", f"U1.GPIO{pin}", f"SW{number}.NO")
        made.join("GND", f"SW{number}.C")
        made.row(f"key {name}", (f"SW{number}", "NO", "C"))
        made.cable(f"W{number}", "U1", f"SW{number}", 400, (f"GPIO{pin}", "NO", "WH"), ("GND", "C", "BK"))
    screen_and_sound(made)
    made.loose = HOUSING | {"sd_card": 1, "sheet": 1, "stand": 1}
    return made


def screen_and_sound(made: Assembly) -> None:
    made.join("POWER", "PS1.USB_C", "U1.USB_C")
    made.join("DSI", "U1.DSI", "DS1.DSI")
    made.join("5V", "U1.5V", "DS1.5V", "A1.VIN")
    made.join("GND", "U1.GND", "DS1.GND", "A1.GND")
    for name, (pin, _) in SOUND.items():
        made.join("I2S_" + name, f"U1.GPIO{pin}", f"A1.{name}")
    made.join("SPEAKER_P", "A1.OUT+", "LS1.+")
    made.join("SPEAKER_N", "A1.OUT-", "LS1.-")
    made.row("loudspeaker", ("LS1", "+", "-"))
    wires = [(f"GPIO{pin}", name, colour) for name, (pin, colour) in SOUND.items()]
    made.cable("W9", "PS1", "U1", 1200, ("USB_C", "USB_C", "BK"))
    made.cable("W10", "U1", "DS1", 200, ("DSI", "DSI", "GY"))
    made.cable("W6", "U1", "A1", 200, ("5V", "VIN", "RD"), ("GND", "GND", "BK"), *wires)
    made.cable("W7", "A1", "LS1", 200, ("OUT+", "+", "RD"), ("OUT-", "-", "BK"))
    made.cable("W8", "U1", "DS1", 200, ("5V", "5V", "RD"), ("GND", "GND", "BK"))


def overlay_lines() -> Iterator[str]:
    """Yield what the Pi's config.txt has to say of keys and sound."""
    for name, (pin, code) in KEYS.items():
        yield f"dtoverlay=gpio-key,gpio={pin},active_low=1,gpio_pull=up,keycode={code},label={name}"
    yield "dtoverlay=max98357a"
