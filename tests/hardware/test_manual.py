"""The manual's figures are the tables'."""

import re

from hardware import bill, reach
from hardware.__main__ import DRAWINGS
from hardware.assemblies import assemblies

MANUAL = (DRAWINGS.parent / "README.md").read_text()


def test_the_prices_are_those_of_the_parts_lists():
    costs = [bill.cost(made) for made in assemblies() if made.key != "battery_box_c6"]

    found = re.findall(r"\| (\d+) / (\d+) euro \|", MANUAL)
    assert found == [(f"{cost['1']:.0f}", f"{cost['100']:.0f}") for cost in costs]


def test_the_heights_are_those_of_the_stand():
    heights = [f"{height:,.0f}" for height in reach.touched().values()]

    assert [height for height in heights if f" {height} " not in MANUAL] == []


def test_every_drawing_that_the_manual_shows_is_there():
    shown = re.findall(r"\((drawings/[^)]+)\)", MANUAL)

    assert [name for name in shown if not (DRAWINGS.parent / name).exists()] == []
    assert len(shown) > 5
