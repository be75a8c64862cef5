"""What is drawn: complete, and the same as what is committed."""

import csv
import io
import re

import pytest

from device.boards import esp32_s3
from hardware import bill, kiosk_stand, steps
from hardware.__main__ import DRAWINGS, files
from hardware.assemblies import assemblies
from hardware.battery_box import assembly
from hardware.schematic import drawn, schematic
from hardware.wiring import description, wiring

ASSEMBLIES = assemblies()
EVERY = pytest.mark.parametrize("made", ASSEMBLIES, ids=lambda made: made.key)
TWO_MIB = 2 << 20


@EVERY
def test_the_schematic_shows_every_pin_that_is_joined(made):
    assert drawn(made) == {pin for pins in made.nets.values() for pin in pins}


@EVERY
def test_the_schematic_names_every_part_and_net(made):
    words = set(re.findall(r">([^<>]+)<", schematic(made).decode()))
    shown = {word.split()[0] for text in words for word in [text.replace("&gt;", "")] if word.strip()}

    assert set(made.parts) - shown == set()
    assert set(made.nets) - words == set()


@EVERY
def test_the_wiring_has_every_wire(made):
    text = wiring(made).decode()

    assert [cable.name for cable in made.cables if f">{cable.name}<" not in text] == []
    assert len(description(made)["connections"]) == len(made.cables)


@EVERY
def test_the_parts_list_has_every_part_with_number_and_prices(made):
    rows = list(csv.DictReader(io.StringIO(bill.as_csv(made))))

    listed = [ref for row in rows for ref in row["references"].split()]
    assert sorted(listed) == sorted(made.parts)
    assert all(row["number"] and float(row["eur_each_at_1"]) > 0 and "estimate" in row["price_as_of"] for row in rows)
    assert sum(int(row["quantity"]) for row in rows) == len(made.parts) + sum(made.loose.values())


@EVERY
def test_a_hundred_boxes_cost_less_each_than_one(made):
    found = bill.cost(made)

    assert found["100"] < found["10"] < found["1"]


def test_the_cost_is_the_sum_of_the_parts_list():
    made = assembly(esp32_s3)
    rows = csv.DictReader(io.StringIO(bill.as_csv(made)))

    total = sum(int(row["quantity"]) * float(row["eur_each_at_10"]) for row in rows)
    assert total == pytest.approx(bill.cost(made)["10"])


@EVERY
def test_the_steps_mention_every_part(made):
    page = steps.steps(made)
    ranges = "SW1 SW2 SW3 SW4 SW5" if "SW1 to SW5" in page else ""
    words = set(re.findall(r"\b[A-Z]+\d+\b", page + ranges))

    assert sorted(set(made.parts) - words) == []


def test_a_stranger_finds_the_charges_dangers_in_the_steps():
    page = steps.steps(assembly(esp32_s3))

    assert "Polarity first" in page
    assert "THERM" in page


def test_the_kiosks_keys_are_told_to_the_system():
    lines = list(kiosk_stand.overlay_lines())

    assert lines[0] == "dtoverlay=gpio-key,gpio=5,active_low=1,gpio_pull=up,keycode=105,label=left"
    assert len(lines) == 6


def test_what_is_committed_is_what_is_drawn():
    """`make draw` brings them together again."""
    found = dict(files())

    committed = {path.relative_to(DRAWINGS).as_posix(): path.read_bytes() for path in DRAWINGS.rglob("*.*")}
    assert sorted(committed) == sorted(found)
    assert [name for name, content in found.items() if committed[name] != content] == []
    assert sum(map(len, found.values())) < TWO_MIB
