"""Tries every interval on the grid, and the change test on months that are alike: `make coverage-of-intervals`.

The last line is JSON: `mean` and `worst` coverage over all `points`; `grid_mean`, `grid_worst` and `grid_points` of
shares and the recommendation figure alone; `width` against the exact method; false alarms as declared, as measured and
at the worst point; and how many of the wrong designs were caught.
"""

import json
import os
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from typing import Any

from server.reporting.changes import FALSE_ALARMS
from tests.intervals import designs
from tests.intervals.alarms import Alarms, alarms
from tests.intervals.grid import CHANGE_MIXES, CHANGE_SIZES, FIGURES, NPS_MIXES, NPS_SCORES, PAIR_SIZES, PAIRS, SIZES
from tests.intervals.points import Point, pair, point

DRAWS = 20_000
LEAST_MEAN, MOST_MEAN, LEAST = 0.94, 0.97, 0.90
GRID = ("share", "nps")
# How far measured false alarms may lie from the declared rate, on the mean and where months are small and very happy.
MEAN_ALARMS, WORST_ALARMS = (0.75, 1.25), 2.0


def figures(pool: ProcessPoolExecutor, draws: int, sizes: tuple[int, ...] = SIZES) -> Iterator[Future]:
    for figure, (scores, mixes) in FIGURES.items():
        for n in reversed(sizes):
            yield from (pool.submit(point, figure, scores, mix, n, draws) for mix in mixes)


def differences(pool: ProcessPoolExecutor, draws: int) -> Iterator[Future]:
    for figure, mixes in PAIRS.items():
        for sizes in PAIR_SIZES:
            yield from (pool.submit(pair, figure, FIGURES[figure][0], both, sizes, draws) for both in mixes)


def silent_years(pool: ProcessPoolExecutor, draws: int) -> Iterator[Future]:
    for figure, mix in CHANGE_MIXES:
        for n in CHANGE_SIZES:
            yield pool.submit(alarms, figure, FIGURES[figure][0], mix, n, draws)
    for n in (40, 400):
        yield from (pool.submit(alarms, "nps", NPS_SCORES, mix, n, draws, varies=True) for mix in NPS_MIXES[1:4])


def wrong_designs(pool: ProcessPoolExecutor, draws: int) -> list[bool]:
    """Return for each wrong design whether it was caught."""
    very_happy, shares = (NPS_SCORES, NPS_MIXES[0], 10), FIGURES["share"][0]
    wald = pool.submit(point, "nps", *very_happy, draws, design=designs.plain_wald)
    wald_share = pool.submit(point, "share", shares, (0.95, 0.05), 10, draws, design=designs.plain_wald)
    narrow = [pool.submit(point, "nps", NPS_SCORES, mix, 100, draws, design=designs.one_sided) for mix in NPS_MIXES]
    few = max(draws // 10, 200)
    blind = pool.submit(
        alarms, "nps", NPS_SCORES, NPS_MIXES[2], 400, few, varies=True, design=designs.months_of_one_opinion
    )
    return [
        wald.result().coverage < LEAST,
        wald_share.result().coverage < LEAST,
        sum(one.result().coverage for one in narrow) / len(narrow) < LEAST_MEAN,
        blind.result().rate > WORST_ALARMS * FALSE_ALARMS,
    ]


def summary(points: list[Point], silent: list[Alarms], caught: list[bool]) -> dict[str, Any]:
    grid = [one.coverage for one in points if one.figure in GRID]
    every = [one.coverage for one in points]
    rates = [one.rate for one in silent]
    return {
        "mean": round(mean(every), 4),
        "worst": round(min(every), 4),
        "points": len(every),
        "grid_mean": round(mean(grid), 4),
        "grid_worst": round(min(grid), 4),
        "grid_points": len(grid),
        "width": round(mean([one.width / one.exact_width for one in points if one.figure in FIGURES]), 3),
        "false_alarms_declared": FALSE_ALARMS,
        "false_alarms_measured": round(mean(rates), 4),
        "false_alarms_worst": round(max(rates), 4),
        "alarm_points": len(rates),
        "wrong_designs_caught": f"{sum(caught)}/{len(caught)}",
    }


def mean(values: list[float]) -> float:
    return sum(values) / len(values)


def is_good(found: dict[str, Any]) -> bool:
    covered = all(LEAST_MEAN <= found[name] <= MOST_MEAN for name in ("mean", "grid_mean"))
    least, most = (times * found["false_alarms_declared"] for times in MEAN_ALARMS)
    quiet = least <= found["false_alarms_measured"] <= most
    worst = found["false_alarms_worst"] <= WORST_ALARMS * found["false_alarms_declared"]
    seen, there = found["wrong_designs_caught"].split("/")
    return covered and min(found["worst"], found["grid_worst"]) >= LEAST and quiet and worst and seen == there


def table(points: list[Point], silent: list[Alarms]) -> Iterator[str]:
    row = "{:<17} {:>9}  {:<58} {:>8} {:>8} {:>8}  {}".format
    yield row("figure", "n", "true opinion, worst level first", "coverage", "width", "exact", "outcomes")
    for one in points:
        widths = (f"{width:.3g}" for width in (one.width, one.exact_width))
        yield row(one.figure, one.n, one.opinion, f"{one.coverage:.4f}", *widths, one.outcomes)
    yield ""
    row = "{:<17} {:>9}  {:<58} {:>8}  {}".format
    yield row("change in a month", "n", "true opinion, worst level first", "alarms", "months")
    for year in silent:
        yield row(year.figure, year.n, year.opinion, f"{year.rate:.4f}", "vary" if year.varies else "are alike")


def main(draws: int = DRAWS) -> int:
    with ProcessPoolExecutor(os.cpu_count() or 1) as pool:
        running = [*figures(pool, draws), *differences(pool, draws)]
        years = list(silent_years(pool, draws))
        caught = wrong_designs(pool, draws)
        print(f"{len(running)} intervals, {len(years)} change tests, at {draws} draws a point", file=sys.stderr)
        points, silent = [one.result() for one in running], [one.result() for one in years]
    print(*table(points, silent), sep="\n", file=sys.stderr)
    found = summary(points, silent, caught)
    print(json.dumps(found))
    return 0 if is_good(found) else 1


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
