"""Draws everything anew from the tables: `python -m hardware`."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from hardware import bill, kiosk_stand, labels, power, reach
from hardware.assemblies import assemblies
from hardware.assembly import Assembly
from hardware.enclosure.files import as_3mf, as_stl
from hardware.enclosure.housing import HOUSINGS, Housing
from hardware.enclosure.scenes import pictures, stand_picture
from hardware.enclosure.solids import base, body
from hardware.schematic import schematic
from hardware.steps import steps
from hardware.wiring import wiring

DRAWINGS = Path(__file__).parent / "drawings"


def files() -> Iterator[tuple[str, bytes]]:
    """Yield the path below the drawings and the content of every file."""
    for made in assemblies():
        yield from ((f"{made.key}/{name}", content) for name, content in of_assembly(made))
    for housing in HOUSINGS:
        yield from ((f"{housing.key}/{name}", content) for name, content in of_housing(housing))
    yield "kiosk_stand/reach.svg", reach.as_svg().encode()
    yield "kiosk_stand/stand.png", stand_picture()
    yield "kiosk_stand/config.txt", "\n".join([*kiosk_stand.overlay_lines(), ""]).encode()
    yield "power.md", currents().encode()


def of_assembly(made: Assembly) -> Iterator[tuple[str, bytes]]:
    yield "schematic.svg", schematic(made)
    yield "wiring.svg", wiring(made)
    yield "parts.csv", bill.as_csv(made).encode()
    yield "parts.md", bill.as_page(made).encode()
    yield "steps.md", steps(made).encode()


def of_housing(housing: Housing) -> Iterator[tuple[str, bytes]]:
    for name, solid in (("body", body(housing)), ("base", base(housing))):
        yield f"{name}.stl", as_stl(solid)
        yield f"{name}.3mf", as_3mf(solid)
    yield from pictures(housing)
    if housing.holds:
        yield "labels.svg", labels.as_svg(housing).encode()
        yield "labels.csv", labels.as_csv(housing).encode()


def currents() -> str:
    """Return the figures of the power model with their sources, in Markdown."""
    head = ["# What a battery box draws", "", "| | | source |", "|---|---|---|"]
    rows = [f"| {name} | {fact.value:g} {fact.unit} | {fact.source} |" for name, fact in power.facts().items()]
    cells = [f"| {cell.name} | {cell.mah} mAh | {cell.source} |" for cell in (power.LI_ION, power.ALKALINE)]
    return "\n".join([*head, *rows, *cells, ""])


def main() -> int:
    changed, count = [], 0
    for name, content in files():
        path = DRAWINGS / name
        count += 1
        if not path.exists() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            changed.append(name)
        print(name, len(content), file=sys.stderr)
    print(json.dumps({"files": count, "changed": changed}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
