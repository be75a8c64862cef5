"""`make simulate-faults`: thousands of seeds, then products that are wrong on purpose; the last line has the figures.

`--seed N` replays one seed exactly and prints what happened; `--keep 3,9` with only these events of its plan;
`--wrong 4` in a world whose product is the fourth wrong design. `--awaits 17` is a box whose power goes at that await.
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
from typing import Any, NamedTuple

from tests.faults.simulation.crash_points import WHY_NOT, CrashPoints
from tests.faults.simulation.designs import DESIGNS
from tests.faults.simulation.living import life
from tests.faults.simulation.plan import plan
from tests.faults.simulation.shrink import command, shortest, story
from tests.faults.simulation.world import ended, outcome

SIMULATED = Path(__file__).parents[3] / "build" / "simulated.json"  # for the page of `make matrix`
SEEDS, LEAST_ACKNOWLEDGED = 3_000, 300_000
OF_WRONG = 20  # seeds for each wrong design
LEAST_CAUGHT = OF_WRONG // 2
AT_ONCE = 20
EXPLAINED = 2  # failing seeds that are shortened: each takes a while


class Chunk(NamedTuple):
    """What became of some seeds."""

    failing: list[int]
    sums: Counter
    happened: Counter
    points: CrashPoints


class Caught(NamedTuple):
    """By which checks a wrong design was caught in a seed, by none of them, or by its own end."""

    number: int
    seed: int
    by: tuple[str, ...]


def say(line):
    """Tell the person in front of the terminal; standard output is for the result."""
    print(line, file=sys.stderr, flush=True)


def judged(seeds):
    """Return what became of some seeds."""
    gc.disable()  # looked for between the seeds: inside one there is little to find
    found = Chunk([], Counter(), Counter(), CrashPoints())
    for seed in seeds:
        try:
            judge(seed, found)
        except Exception as error:  # noqa: BLE001 - the run goes on, and tells how to see it again
            found.failing.append(seed)
            found.sums.update(wrong(ended(error)))
    gc.collect()
    return found


def judge(seed, found):
    """Add what became of a seed."""
    result, world = outcome(plan(seed))
    found.failing.extend([] if result.verdict.holds else [seed])
    counted = {"acknowledged": result.acknowledged, "faults": result.faults, "reported": result.verdict.reported}
    found.sums.update({"seeds": 1} | counted)
    found.sums.update(wrong(result.verdict))
    found.happened.update(result.happened)
    found.points.add(world.io)


def wrong(verdict):
    """Return how much of what is wrong."""
    return {name: len(getattr(verdict, name)) for name in ("lost", "doubled", "misattached", "stuck")}


def caught(task):
    """Return by what the checker caught a wrong design in a seed."""
    number, seed = task
    design = DESIGNS[number]
    try:
        by = tuple(name for name in outcome(design.plan(seed), design)[0].verdict.by if design.by in ("", name))
    except Exception as trouble:  # noqa: BLE001 - whatever a wrong product trips over is noticed
        by = () if design.by else (type(trouble).__name__,)
    gc.collect()
    return Caught(number, seed, by)


def cut_at_await(number):
    """Return what is wrong when a box loses its power at one of its awaits."""
    return number, life([number]).verdict


def replay_awaits(numbers):
    """Let a box lose its power at some of its awaits, and tell; return the exit status."""
    lived = life(numbers)
    say(f"power cut at awaits {numbers}: {lived.verdict}")
    print(json.dumps({"awaits": lived.awaits, "acknowledged": lived.thanked} | wrong(lived.verdict)))
    return 0 if lived.verdict.holds else 1


def replay(seed, keep, design=None):
    """Let one seed happen, and tell; return the exit status."""
    wanted = design.plan(seed) if design else plan(seed)
    kept = keep or range(len(wanted.events))
    found, world = outcome(wanted._replace(events=tuple(wanted.events[number] for number in kept)), design)
    for moment_ms, kind, device_id in world.trace:
        say(f"{moment_ms / 1000:>12.3f} s  {kind}  {device_id}")
    say(f"seed {seed}: {found.verdict}")
    if not found.verdict.holds and not keep:
        explain(seed, design)
    line = {"seed": seed, "acknowledged": found.acknowledged, "faults": found.faults}
    print(json.dumps(line | wrong(found.verdict)))
    return 0 if found.verdict.holds else 1


def explain(seed, design=None):
    """Print the shortest reproduction of a seed that fails."""
    wanted = design.plan(seed) if design else plan(seed)
    keep = shortest(wanted, design)
    say("\n".join(story(wanted, keep, design)))
    say(f"again: {command(wanted, keep, DESIGNS.index(design) + 1 if design else None)}")


def main(arguments=None):
    """Print the figures; return 0 when they hold."""
    parser = argparse.ArgumentParser(prog="make simulate-faults", description=__doc__)
    parser.add_argument("--seed", type=int, help="replay this seed only")
    parser.add_argument("--keep", help="with only these events of its plan, such as 3,9,41")
    parser.add_argument("--seeds", type=int, default=SEEDS, help="how many seeds (default %(default)s)")
    parser.add_argument("--wrong", type=int, choices=range(1, len(DESIGNS) + 1), help="of a wrong design, with --seed")
    parser.add_argument("--awaits", help="one box, its power cut at these of its awaits, such as 17,40")
    given = parser.parse_args(arguments)
    if given.awaits:
        return replay_awaits([int(number) for number in given.awaits.split(",")])
    if given.seed is not None:
        keep = [int(number) for number in given.keep.split(",")] if given.keep else []
        return replay(given.seed, keep, DESIGNS[given.wrong - 1] if given.wrong else None)
    began_s = time.monotonic()
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        chunks = list(watched(pool, given.seeds))
        tasks = [(number, seed) for number in range(len(DESIGNS)) for seed in range(1, OF_WRONG + 1)]
        table = list(pool.map(caught, tasks, chunksize=5))
        awaits = dict(pool.map(cut_at_await, range(1, life().awaits + 1), chunksize=20))
    failing = sorted(seed for chunk in chunks for seed in chunk.failing)
    if failing:
        say(f"failing seeds: {failing}")
    for seed in failing[:EXPLAINED]:
        explain(seed)
    line = figures(chunks) | cut_awaits(awaits) | {"wrong_designs_caught": f"{print_table(table)}/{len(DESIGNS)}"}
    say(f"took {time.monotonic() - began_s:.0f} s")
    print(json.dumps(line))
    return 0 if holds(line, given.seeds) else 1


def watched(pool, count):
    """Yield what became of all seeds, and say now and then how far it is."""
    done = 0
    for chunk in pool.map(
        judged, [range(first, min(first + AT_ONCE, count + 1)) for first in range(1, count + 1, AT_ONCE)]
    ):
        yield chunk
        done += chunk.sums["seeds"]
        if chunk.failing:
            say(f"failing: {chunk.failing}")
        if done % 200 < AT_ONCE:
            say(f"{done} of {count} seeds")


def cut_awaits(verdicts):
    """Say at which awaits a power cut does harm; return at how many of all it does none."""
    for number, verdict in verdicts.items():
        if not verdict.holds:
            say(f'a power cut at await {number}: {verdict}\nagain: make simulate-faults ARGS="--awaits {number}"')
    return {"awaits_cut": f"{sum(verdict.holds for verdict in verdicts.values())}/{len(verdicts)}"}


def print_table(table):
    """Say in how many seeds each wrong design was caught and by which checks; return how many designs were in most."""
    found = 0
    for number, design in enumerate(DESIGNS):
        verdicts = [each.by for each in table if each.number == number]
        seen = sum(bool(by) for by in verdicts)
        found += seen >= LEAST_CAUGHT
        how = ", ".join(f"{name} {n}" for name, n in Counter(name for by in verdicts for name in by).most_common())
        say(f"{number + 1:>2} {design.name:<46} caught in {seen:>2} of {len(verdicts)} seeds: {how or 'NEVER'}")
    return found


def figures(chunks):
    """Return what became of all seeds, for the last line; keep how often each fault happened."""
    sums, happened, points = Counter(), Counter(), CrashPoints()
    for chunk in chunks:
        sums.update(chunk.sums)
        happened.update(chunk.happened)
        points.add(chunk.points)
    SIMULATED.parent.mkdir(exist_ok=True)
    SIMULATED.write_text(json.dumps(happened), encoding="utf-8")
    say("faults: " + ", ".join(f"{kind} {n}" for kind, n in happened.most_common()))
    say("power went while devices were " + ", ".join(f"{doing} {n}" for doing, n in points.awaited.most_common()))
    for point in sorted(points.seen - points.died):
        why = next((f" ({why})" for what, why in WHY_NOT.items() if what in point.what), "")
        say(f"nothing died at: {point.who}, {point.what}{why}")
    names = ("seeds", "acknowledged", "faults", "lost", "doubled", "misattached", "stuck", "reported")
    return {name: sums[name] for name in names} | {"crash_points": f"{len(points.died)}/{len(points.seen)}"}


def holds(line: dict[str, Any], seeds: int):
    """Tell whether the figures are what was promised."""
    wrong = line["lost"] + line["doubled"] + line["misattached"] + line["stuck"]
    enough = line["acknowledged"] >= min(LEAST_ACKNOWLEDGED, seeds * LEAST_ACKNOWLEDGED // SEEDS)
    cut, awaits = line["awaits_cut"].split("/")
    return enough and not wrong and cut == awaits and line["wrong_designs_caught"] == f"{len(DESIGNS)}/{len(DESIGNS)}"


if __name__ == "__main__":
    sys.exit(main())
