"""Holds all of hardware/ to its rules and ends with one JSON line: `make hardware-check`."""

import json
import re
import sys
import tempfile

from hardware import bill, power, reach
from hardware.__main__ import DRAWINGS, files
from hardware.assemblies import assemblies
from hardware.enclosure.housing import HOUSINGS, LEAST_WALL_MM
from hardware.enclosure.solids import base, body
from tests.hardware import wrong
from tests.hardware.measure import collisions, faults, misplaced, thinnest_mm
from tests.hardware.rules import wrongs
from tests.run_months import begin

PRESSES, DAYS = 300, 28
TIMEOUT_S = 300
CELSIUS = (0, 10, 20, 30)


def tell(line):
    print(line, file=sys.stderr)


def wrong_housings():
    """Yield a line for everything wrong with a housing."""
    for housing in HOUSINGS:
        solids = {"body": body(housing), "base": base(housing)}
        for name, solid in solids.items():
            yield from (f"{housing.key}: {line}" for line in faults(solid, name))
        yield from (f"{housing.key}: {line}" for line in misplaced(housing) + collisions(housing))


def thinnest():
    return min(thinnest_mm(make(housing)) for housing in HOUSINGS for make in (body, base))


def stale():
    """Yield every drawing that is not what the tables draw now."""
    for name, content in files():
        path = DRAWINGS / name
        if not path.exists() or path.read_bytes() != content:
            yield f"drawings/{name} is not what is drawn now: make draw"


def caught():
    """Return how many of the wrong tables the rules find."""
    found = [
        wrongs(wrong.button_on_a_pin_that_cannot_wake()),
        wrongs(wrong.lamp_without_resistor()),
        misplaced(wrong.hole_one_millimetre_off()),
    ]
    for lines in found:
        tell("wrong on purpose: " + ("; ".join(lines) or "not caught"))
    return sum(1 for lines in found if lines), len(found)


def led():
    """Return the mean currents of a box that the real firmware led for some weeks in virtual time."""
    with tempfile.TemporaryDirectory() as directory:
        told = begin(PRESSES, DAYS, directory).communicate(timeout=TIMEOUT_S)[0]
    found = json.loads(told.splitlines()[-1])
    if found["lost"] or found["doubled"]:
        raise SystemExit("the box that was led for the currents lost presses")
    return found["mean_current_ua"]


def forgotten(days):
    """Yield the days that the manual states otherwise, by more than a tenth."""
    manual = (DRAWINGS.parent / "README.md").read_text()
    stated = [int(row) for row in re.findall(r"^\|[^|]+\| (\d+) \|$", manual, re.MULTILINE)]
    found = [variant["20"] for variant in days.values()]
    if len(stated) != len(found) or any(abs(said / is_ - 1) > 0.1 for said, is_ in zip(stated, found, strict=False)):
        yield f"the manual states {stated} days, the firmware makes it {found}"


def battery():
    """Return days by firmware and temperature; the plain figure is stock firmware at 20 degrees."""
    currents = led()
    tell(f"{PRESSES} presses a day, mean currents in uA: {currents}")
    names = {"stock": "_stock", "tuned": "", "tuned_light_sleep": "_light_sleep"}
    return {
        name: {str(celsius): power.days(currents[variant], celsius=celsius) for celsius in CELSIUS}
        for name, variant in names.items()
    }


def main():
    made = assemblies()
    failed = [f"{each.key}: {line}" for each in made for line in wrongs(each)]
    tell(f"{len(made)} tables, {len(HOUSINGS)} housings")
    wall_mm, days, (found, wanted) = thinnest(), battery(), caught()
    failed += [*wrong_housings(), *reach.too_far(reach.touched()), *stale(), *forgotten(days)]
    failed += [f"a wall of {wall_mm:.2f} mm"] if wall_mm < LEAST_WALL_MM else []
    failed += [f"{wanted - found} wrong tables not caught"] if found < wanted else []
    for line in failed:
        tell(line)
    line = {
        "nets": sum(len(each.nets) for each in made),
        "pins": sum(len(pins) for each in made for pins in each.nets.values()),
        "parts": sum(line.quantity for each in made for line in bill.lines(each)),
        "cost_per_box": {each.key: bill.cost(each) for each in made},
        "battery_days": days["stock"]["20"],
        "battery_days_by_celsius": days,
        "wall_mm": round(wall_mm, 2),
        "wrong_tables_caught": f"{found}/{wanted}",
        "failed": len(failed),
    }
    print(json.dumps(line))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
