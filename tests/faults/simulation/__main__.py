"""`make simulate-faults`: thousands of seeds, then products that are wrong on purpose; the last line has the figures.

`--seed N` replays one seed exactly and prints what happened; `--keep 3,9` with only these events of its plan.
"""

import argparse
import gc
import json
import os
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tests.faults.simulation.designs import DESIGNS
from tests.faults.simulation.plan import plan
from tests.faults.simulation.shrink import command, shortest, story
from tests.faults.simulation.world import outcome

SIMULATED = Path(__file__).parents[3] / "build" / "simulated.json"  # for the page of `make matrix`
SEEDS, LEAST_ACKNOWLEDGED = 3_000, 300_000
OF_WRONG = 20  # seeds for each wrong design
AT_ONCE = 20
EXPLAINED = 2  # failing seeds that are shortened: each takes a while


def say(line):
    """Tell the person in front of the terminal; standard output is for the result."""
    print(line, file=sys.stderr, flush=True)


def judged(seeds):
    """Return (seed, acknowledged, faults, lost, doubled, misattached, stuck, reported, kinds that happened) of each."""
    gc.disable()  # looked for between the seeds: inside one there is little to find
    found = []
    for seed in seeds:
        result, _ = outcome(plan(seed))
        told = result.verdict
        wrong = tuple(len(each) for each in (told.lost, told.doubled, told.misattached, told.stuck))
        found.append((seed, result.acknowledged, result.faults, *wrong, told.reported, result.happened))
    gc.collect()
    return found


def caught(task):
    """Return the wrong design's number, whether the checker caught it in a seed, and by what."""
    number, seed = task
    try:
        told = outcome(plan(seed), DESIGNS[number])[0].verdict
    except Exception as trouble:  # noqa: BLE001 - whatever a wrong product trips over is noticed
        return number, seed, type(trouble).__name__
    gc.collect()
    by = [name for name in ("lost", "doubled", "misattached", "stuck") if getattr(told, name)]
    return number, seed, by[0] if by else ""


def tasks(count):
    """Yield the first seeds whose worlds have the fault that a wrong design needs."""
    for number, design in enumerate(DESIGNS):
        seeds = (seed for seed in range(1, 100_000) if design.needs in plan(seed).kinds)
        yield from ((number, next(seeds)) for _ in range(count))


def replay(seed, keep):
    """Let one seed happen, and tell; return the exit status."""
    wanted = plan(seed)
    kept = keep or range(len(wanted.events))
    found, world = outcome(wanted._replace(events=tuple(wanted.events[number] for number in kept)))
    for moment_ms, kind, device_id in world.trace:
        say(f"{moment_ms / 1000:>12.3f} s  {kind}  {device_id}")
    say(f"seed {seed}: {found.verdict}")
    if not found.verdict.holds and not keep:
        explain(seed)
    told = found.verdict
    line = {"seed": seed, "acknowledged": found.acknowledged, "faults": found.faults, "lost": len(told.lost)}
    print(
        json.dumps(
            line | {"doubled": len(told.doubled), "misattached": len(told.misattached), "stuck": len(told.stuck)}
        )
    )
    return 0 if told.holds else 1


def explain(seed):
    """Print the shortest reproduction of a seed that fails."""
    wanted = plan(seed)
    keep = shortest(wanted)
    say("\n".join([f"seed {seed} fails; {len(keep)} of {len(wanted.events)} events are enough:", *story(wanted, keep)]))
    say(f"again: {command(wanted, keep)}")


def main(arguments=None):
    """Print the figures; return 0 when they hold."""
    parser = argparse.ArgumentParser(prog="make simulate-faults", description=__doc__)
    parser.add_argument("--seed", type=int, help="replay this seed only")
    parser.add_argument("--keep", help="with only these events of its plan, such as 3,9,41")
    parser.add_argument("--seeds", type=int, default=SEEDS, help="how many seeds (default %(default)s)")
    given = parser.parse_args(arguments)
    if given.seed is not None:
        return replay(given.seed, [int(number) for number in given.keep.split(",")] if given.keep else [])
    began_s = time.monotonic()
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        rows = list(watched(pool, given.seeds))
        table = list(pool.map(caught, tasks(OF_WRONG), chunksize=AT_ONCE))
    failing = [row[0] for row in rows if any(row[3:7])]
    if failing:
        say(f"failing seeds: {failing}")
    for seed in failing[:EXPLAINED]:
        explain(seed)
    line = figures(rows, print_table(table))
    say(f"took {time.monotonic() - began_s:.0f} s")
    print(json.dumps(line))
    return 0 if holds(line, given.seeds) else 1


def watched(pool, count):
    """Yield the rows of all seeds, and say now and then how far it is."""
    chunks = [range(first, min(first + AT_ONCE, count + 1)) for first in range(1, count + 1, AT_ONCE)]
    done = 0
    for rows in pool.map(judged, chunks):
        yield from rows
        done += len(rows)
        if done % 200 < AT_ONCE:
            say(f"{done} of {count} seeds")


def print_table(table):
    """Say in how many seeds each wrong design was caught; return how many designs were."""
    found = 0
    for number, design in enumerate(DESIGNS):
        by = Counter(how for which, _, how in table if which == number)
        seeds, seen = by.total(), by.total() - by[""]
        found += seen > 0
        how = ", ".join(f"{name} {n}" for name, n in by.items() if name)
        say(f"{design.name:<42} caught in {seen:>3} of {seeds} seeds with {design.needs!r}: {how or 'NEVER'}")
    return found


def figures(rows, wrong):
    """Return the last line."""
    happened = sum((row[8] for row in rows), Counter())
    SIMULATED.parent.mkdir(exist_ok=True)
    SIMULATED.write_text(json.dumps(happened), encoding="utf-8")
    say("faults: " + ", ".join(f"{kind} {n}" for kind, n in happened.most_common()))
    names = ("acknowledged", "faults", "lost", "doubled", "misattached", "stuck", "reported")
    sums = {name: sum(row[place] for row in rows) for place, name in enumerate(names, start=1)}
    return {"seeds": len(rows)} | sums | {"wrong_designs_caught": f"{wrong}/{len(DESIGNS)}"}


def holds(line, seeds):
    """Tell whether the figures are what was promised."""
    wrong = line["lost"] + line["doubled"] + line["misattached"] + line["stuck"]
    enough = line["acknowledged"] >= min(LEAST_ACKNOWLEDGED, seeds * LEAST_ACKNOWLEDGED // SEEDS)
    return enough and not wrong and line["wrong_designs_caught"] == f"{len(DESIGNS)}/{len(DESIGNS)}"


if __name__ == "__main__":
    sys.exit(main())
