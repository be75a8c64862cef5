"""The wiring: which wire of which colour goes where, as WireViz draws it."""

import subprocess
import sys
from pathlib import Path
from typing import Any

from wireviz import wireviz

from hardware.assembly import Assembly, Cable


def description(made: Assembly) -> dict[str, Any]:
    """Return what WireViz reads: the parts that cables reach, the cables, and which pin goes to which."""
    ends = sorted({end for cable in made.cables for end in (cable.start, cable.end)})
    return {
        "connectors": {ref: connector(made, ref) for ref in ends},
        "cables": {cable.name: core(cable) for cable in made.cables},
        "connections": [connection(cable) for cable in made.cables],
        "options": {"fontname": "Arial"},
    }


def connector(made: Assembly, ref: str) -> dict[str, Any]:
    part = made.part(ref)
    used = [named(pin) for pin in part.pins if wired(made, ref, pin)]
    return {"type": part.name.split(",")[0], "pins": used, "show_pincount": False}


def wired(made: Assembly, ref: str, pin: str) -> bool:
    starts = {(cable.start, start) for cable in made.cables for start, _, _ in cable.wires}
    ends = {(cable.end, end) for cable in made.cables for _, end, _ in cable.wires}
    return (ref, pin) in starts | ends


def named(pin: str) -> str | int:
    return int(pin) if pin.isdigit() else pin  # WireViz looks for a number where it reads one


def core(cable: Cable) -> dict[str, Any]:
    return {"gauge": "0.25 mm2", "length": cable.length_mm / 1000, "colors": [colour for _, _, colour in cable.wires]}


def connection(cable: Cable) -> list[dict[str, Any]]:
    starts, ends = [named(start) for start, _, _ in cable.wires], [named(end) for _, end, _ in cable.wires]
    return [{cable.start: starts}, {cable.name: list(range(1, len(starts) + 1))}, {cable.end: ends}]


def wiring(made: Assembly) -> bytes:
    """Return the drawing as SVG."""
    harness = wireviz.parse(description(made), return_types="harness")
    command = [str(Path(sys.executable).with_name("graphviz-pure")), "-Tsvg"]
    source: bytes = harness.create_graph().source.encode()
    return subprocess.run(command, input=source, check=True, capture_output=True).stdout
