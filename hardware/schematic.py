"""The schematic: every part with the names of its nets, drawn from the table alone."""

from typing import Any, Literal

import schemdraw
from schemdraw import elements

from hardware.assembly import Assembly

ROWS_HIGH = 2.1  # in the drawing's units
BOXES_X = (0.0, 13.5)
ROWS_X = (25.5, 39.0)
STUB = 0.8
UNIT = 3.2
GREY = "#555555"
Side = Literal["left", "right"]
SYMBOLS: dict[str, Any] = {
    "fuse": elements.Fuse,
    "thermistor": elements.Thermistor,
    "cell": elements.BatteryCell,
    "service_lamp": elements.LED,
    "tactile": elements.Button,
    "key": elements.Button,
    "sounder": elements.Crystal,
    "loudspeaker": elements.ResistorIEC,
    "r": elements.ResistorIEC,
    "c": elements.Capacitor,
}


def schematic(made: Assembly) -> bytes:
    """Return the drawing as SVG."""
    schemdraw.use("svg")
    schemdraw.svgconfig.text = "text"
    drawing = schemdraw.Drawing(show=False, fontsize=11, unit=UNIT, lw=1.5)
    lowest = [draw_boxes(drawing, made, column) for column in (0, 1)]
    half = (len(made.rows) + 1) // 2
    for number, (title, row) in enumerate(made.rows):
        draw_row(drawing, made, (ROWS_X[number // half], -ROWS_HIGH * (number % half)), title, row)
    drawing += elements.Label().at((0, max(2.4, *lowest))).label(made.title, fontsize=17, halign="left")
    image: bytes = drawing.get_imagedata("svg")
    return image


def drawn(made: Assembly) -> set[str]:
    """Return every pin that the drawing shows."""
    in_rows = {f"{ref}.{pin}" for _, row in made.rows for ref, *pins in row for pin in pins}
    return in_rows | {f"{ref}.{pin}" for ref in boxed(made) for pin in joined(made, ref)}


def boxed(made: Assembly) -> list[str]:
    """Return the parts that no row draws, the largest first."""
    in_rows = {ref for _, row in made.rows for ref, _, _ in row}
    found = [ref for ref in made.parts if ref not in in_rows]
    return sorted(found, key=lambda ref: (-len(joined(made, ref)), ref))


def joined(made: Assembly, ref: str) -> list[str]:
    return [pin for pin in made.part(ref).pins if made.net_of(f"{ref}.{pin}")]


def draw_boxes(drawing: schemdraw.Drawing, made: Assembly, column: int) -> float:
    """Draw every second box below the other; return where the first begins."""
    top = 1.0
    for ref in boxed(made)[column::2]:
        pins = joined(made, ref)
        height = 1.0 + 0.8 * ((len(pins) + 1) // 2)
        draw_box(drawing, made, ref, (BOXES_X[column] + 4.0, top - height), height)
        top -= height + 1.6
    return 1.6


def draw_box(drawing: schemdraw.Drawing, made: Assembly, ref: str, corner: tuple[float, float], height: float) -> None:
    pins = joined(made, ref)
    half = (len(pins) + 1) // 2
    sides: list[tuple[str, Side]] = [(pin, "left" if place < half else "right") for place, pin in enumerate(pins)]
    shown = [elements.IcPin(name=pin, side=side, anchorname=f"p{n}") for n, (pin, side) in enumerate(sides)]
    box = elements.Ic(pins=shown[:half][::-1] + shown[half:][::-1], size=(4.2, height), lblsize=10)
    drawing += box.at(corner)
    name = made.part(ref).number.split(" (")[0]
    drawing += elements.Label().at((corner[0] + 2.1, corner[1] + height + 0.25)).label(f"{ref}  {name}", fontsize=10)
    for place, (pin, side) in enumerate(sides):
        x, y = getattr(box, f"p{place}")
        outward = -STUB if side == "left" else STUB
        drawing += elements.Line().at((x, y)).to((x + outward, y))
        beside(drawing, (x + outward * 1.2, y), net(made, ref, pin), side)


def draw_row(
    drawing: schemdraw.Drawing,
    made: Assembly,
    start: tuple[float, float],
    title: str,
    row: list[tuple[str, str, str]],
) -> None:
    """Draw a line of two-pin parts, its nets beside its ends and above its middle."""
    x, y = start
    drawing += elements.Label().at((x - 0.4, y + 0.7)).label(title, fontsize=9, color=GREY, halign="left")
    beside(drawing, (x + 3.0, y), net(made, row[0][0], row[0][1]), "left")
    drawing += elements.Dot(open=True).at((x + 3.2, y))
    for place, (ref, left, right) in enumerate(row, 1):
        drawing += symbol_of(made, ref, left).right().label(name_of(made, ref), fontsize=9, loc="bottom")
        end = (x + 3.2 + UNIT * place, y)
        drawing += elements.Dot(open=True).at(end)
        if place < len(row):
            drawing += elements.Label().at((end[0], y + 0.3)).label(net(made, ref, right), fontsize=9)
        else:
            beside(drawing, (end[0] + 0.2, y), net(made, ref, right), "right")


def beside(drawing: schemdraw.Drawing, place: tuple[float, float], text: str, side: Side) -> None:
    anchor: Side = "right" if side == "left" else "left"
    drawing += elements.Label().at(place).label(text, fontsize=9, halign=anchor, valign="center")


def net(made: Assembly, ref: str, pin: str) -> str:
    return str(made.net_of(f"{ref}.{pin}"))


def symbol_of(made: Assembly, ref: str, left: str) -> Any:
    key = made.parts[ref]
    if key == "button":
        key = "service_lamp" if left == "LED+" else "tactile"
    return SYMBOLS[key if key in SYMBOLS else key[0]]()


def name_of(made: Assembly, ref: str) -> str:
    """Return the reference with the value that has to be soldered there."""
    key, part = made.parts[ref], made.part(ref)
    if key[0] == "r" and part.value:
        return f"{ref} {part.number.split('-')[-1]}"
    if key[0] != "c" or part.value >= 1:  # a cell's and a charger's value are volts
        return ref
    amount, unit = part.name.split()[1:3]
    return f"{ref} {amount} {unit.rstrip(',')}"
