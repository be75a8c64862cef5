"""The parts list of one assembly: how many, which number, what instead, and what it costs at 1, 10 and 100 boxes."""

import csv
import io
from collections import defaultdict
from typing import NamedTuple

from hardware.assembly import Assembly
from hardware.catalogue import CATALOGUE
from hardware.parts import PRICED, Part

ORDERS = (1, 10, 100)
HEAD = (
    "references",
    "quantity",
    "part",
    "number",
    "instead",
    "eur_each_at_1",
    "eur_each_at_10",
    "eur_each_at_100",
    "read_in",
    "price_as_of",
)


class Line(NamedTuple):
    refs: tuple[str, ...]
    quantity: int
    part: Part


def lines(made: Assembly) -> list[Line]:
    """Return a line for each kind of part, those with references first."""
    refs: defaultdict[str, list[str]] = defaultdict(list)
    for ref, key in made.parts.items():
        refs[key].append(ref)
    pinned = [Line(tuple(found), len(found), CATALOGUE[key]) for key, found in refs.items()]
    return pinned + [Line((), quantity, CATALOGUE[key]) for key, quantity in made.loose.items()]


def cost(made: Assembly) -> dict[str, float]:
    """Return what the parts of one box cost in euro without VAT, by the number of boxes in the order."""
    totals = [sum(line.quantity * line.part.eur[tier] for line in lines(made)) for tier in range(len(ORDERS))]
    return {str(order): round(total, 2) for order, total in zip(ORDERS, totals, strict=True)}


def as_csv(made: Assembly) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEAD)
    for line in lines(made):
        part = line.part
        prices = [f"{price:.2f}" for price in part.eur]
        read = part.read_in or "not read: from memory"
        row = (" ".join(line.refs), line.quantity, part.name, part.number, part.instead, *prices, read, PRICED)
        writer.writerow(row)
    return text.getvalue()


def as_page(made: Assembly) -> str:
    """Return the same for people, in Markdown."""
    found = [
        f"# {made.title}: parts\n",
        f"Prices in euro without VAT: {PRICED}.",
        "A star: nothing of the row has been held beside its maker's page, look it up before you order. Without one,",
        "the CSV beside this page says what was read where. Shipping, tools and work are not in it.\n",
        "| | parts | what | number | instead | 1 | 10 | 100 |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for line in lines(made):
        part = line.part
        star = "" if part.read_in else " *"
        prices = " | ".join(f"{price:.2f}" for price in part.eur)
        refs = " ".join(line.refs)
        found.append(f"| {line.quantity} | {refs} | {part.name} | {part.number}{star} | {part.instead} | {prices} |")
    total = " | ".join(f"**{price:.2f}**" for price in cost(made).values())
    return "\n".join([*found, f"| | | **one box** | | | {total} |", ""])
