"""How a box is put together, step by step, with what goes where taken from its table."""

from collections.abc import Iterator

from hardware.assembly import OFF_BOARD, Assembly
from hardware.power import asleep_ua


def steps(made: Assembly) -> str:
    """Return the page in Markdown."""
    pages = {"battery": battery_steps, "mains_b": mains_steps, "kiosk_s": kiosk_steps}
    return "\n".join([f"# {made.title}: putting it together", "", *pages[made.key[:7]](made), ""])


def battery_steps(made: Assembly) -> Iterator[str]:
    yield from print_step()
    yield from board_step(made)
    yield "## 3. Prepare the charger, without the cell\n"
    yield "1. Cut the jumper `THERM`: now it charges only while TH1 says about 0 to 50 C (limits not read)."
    yield "2. Cut the jumper `1.0A` and close `0.5A`: any USB-C supply gives that much, and the cell lives longer."
    yield "3. Glue TH1 to where the cell's middle will be, with thermally conducting tape.\n"
    yield from wire_step(made, 4)
    yield "## 5. First power, from a bench supply in the place of the cell: 3.70 V, limited to 0.5 A\n"
    yield "| measure | expect | else |"
    yield "|---|---|---|"
    yield "| net 3V3 to GND | 3.23 to 3.37 V | U2 turned, or C1 and C2 forgotten |"
    yield "| net BATTERY_SENSE to GND, 10 megohm meter | 1.6 to 1.9 V | R12, R13 |"
    yield "| nets BUTTON1 to BUTTON5 | 3.3 V, below 0.1 V while pressed | R1 to R5, the plugs |"
    yield f"| current a minute after the app went to sleep | about {asleep_ua():.0f} uA, below 50 uA | see the manual |"
    yield ""
    yield "Flash the firmware as the manual of `device/` says; hold SW8 while you press SW7 if no serial port shows up."
    yield "Press every button: its own lamp lights, once.\n"
    yield from fit_step(made, 6)
    yield "## 7. The cell, last of all\n"
    yield "1. **Polarity first**: measure at the holder's wires. Turned round, the cell destroys the charger at once."
    yield "2. Put the cell BT1 in, plug in USB-C: the charger's light comes on, and goes out after some seven hours."
    yield "   When it blinks after some hours, the charger's timer has run out (its length was not read): plug in anew."
    yield "3. Cool TH1 with freezer spray: the light must go out. If it does not, do not use this box.\n"
    yield from close_step(8)


def mains_steps(made: Assembly) -> Iterator[str]:
    yield from print_step()
    yield from board_step(made)
    yield from wire_step(made, 3)
    yield "W7 is the supply's own cable: through the slot in the side, into the Pico's socket. Tie it to a post,"
    yield "so that nobody pulls at the socket.\n"
    yield "## 4. First power, from PS1\n"
    yield "Flash the firmware as the manual of `device/` says (hold BOOTSEL while you plug it in). Press every"
    yield "button: its own lamp lights, once. Nothing gets warm.\n"
    yield from fit_step(made, 5)
    yield from close_step(6)


def kiosk_steps(made: Assembly) -> Iterator[str]:
    yield "## 1. Screen and computer\n"
    yield "1. Screw the Raspberry Pi (U1) on the back of the screen (DS1), lay the DSI cable and the two wires for 5 V."
    yield "2. Print the key bar (`../key_bar/`) and set the five keys into it, from the left: "
    yield "   " + ", ".join(f"{ref} {net_word(made, ref)}" for ref in made.parts if made.parts[ref] == "key") + "."
    yield "3. Amplifier A1 and loudspeaker LS1 go behind the key bar, with the loudspeaker towards the visitor.\n"
    yield from wire_step(made, 2)
    yield "## 3. Power and system\n"
    yield "The cable of PS1 goes through the stand's column, with a strain relief. Write the lines of `config.txt`"
    yield "beside this page into the Pi's own. `evtest` shows each key, `speaker-test -c2` is heard.\n"
    yield "## 4. Mount and measure\n"
    yield "Screw the screen to the upright of the sheet, the key bar to its shelf (two M4 through the base), the sheet"
    yield "to the stand's VESA plate. Round its edges; no wire is to be seen.\n"
    yield "![The stand](stand.png)\n"
    yield "Set the heights of `reach.svg`, then measure from the finished floor.\n"
    yield "![Heights](reach.svg)"


def net_word(made: Assembly, ref: str) -> str:
    return str(made.net_of(f"{ref}.NO")).removeprefix("KEY_").lower()


def print_step() -> Iterator[str]:
    yield "## 1. Print\n"
    yield "Body and base of `../wall_box/` or `../counter_box/`, PETG, six lines of wall. The base lies on its"
    yield "underside. The body has its panel above, on supports, so that the dots for fingers come out well."
    yield "Melt four inserts M3 into the base's bosses."
    yield ""
    yield "![The box, closed](../wall_box/closed.png)\n"


def board_step(made: Assembly) -> Iterator[str]:
    yield "## 2. Solder the board\n"
    yield "| part | what | joins |"
    yield "|---|---|---|"
    for ref, key in made.parts.items():
        if key not in OFF_BOARD:
            part = made.part(ref)
            joined = [(pin, made.net_of(f"{ref}.{pin}")) for pin in part.pins]
            told = ", ".join(f"{pin}: {net}" for pin, net in joined if net)
            yield f"| {ref} | {part.number} | {told} |"
    yield "\n[Schematic](schematic.svg)\n"


def wire_step(made: Assembly, number: int) -> Iterator[str]:
    yield f"## {number}. Make the cables\n"
    yield "| cable | from | to | wires | mm |"
    yield "|---|---|---|---|---|"
    for cable in made.cables:
        told = ", ".join(f"{first} {colour} {second}" for first, second, colour in cable.wires)
        yield f"| {cable.name} | {cable.start} | {cable.end} | {told} | {cable.length_mm} |"
    yield "\nColours as in IEC 60757: BK black, RD red, WH white, GN green, BU blue, YE yellow, OG orange, VT violet,"
    yield "GY grey."
    yield "[Wiring](wiring.svg)\n"


def fit_step(made: Assembly, number: int) -> Iterator[str]:
    yield f"## {number}. Fit it in\n"
    yield "Buttons SW1 to SW5 from the left and the service lamp D1 into the panel, with their seals; the board on its"
    yield "four posts, the antenna of U1 at a free edge, away from metal and wires."
    if "A1" in made.parts:
        yield "A1 (charger) and X1 (USB-C) are glued on their blocks, the cell's holder flat on the base."
    yield ""
    yield "![What is where](../wall_box/inside.png)\n"


def close_step(number: int) -> Iterator[str]:
    yield f"## {number}. Close and mount\n"
    yield "Lay the sealing tape on the rim of the base, put the body on, four screws M3 x 8 from the sides, hand-tight."
    yield "Glue the film on. Wipe it all with the disinfectant of the house and look again after a day."
    yield "On a wall: two screws of 4 mm, 194 mm apart; the middle of the buttons 900 to 1,000 mm above the floor.\n"
    yield "![Taken apart](../wall_box/apart.png)"
