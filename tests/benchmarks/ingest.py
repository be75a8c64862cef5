"""`make bench-ingest`: our bridge and what one would otherwise use, side by side on the same backlog.

Prints progress to standard error and one line of JSON at the end; exits 0 when the targets are met. Rates are
responses (or single messages) a second, medians of interleaved rounds.
"""

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.benchmarks import candidates, node_red
from tests.benchmarks.backlog import broker
from tests.benchmarks.workload import Said, messages
from tests.postgresql import Cluster, cluster

BATCH = 25
NAIVE_SHARE = 20  # the naive script gets a twentieth of the messages: it would take minutes
TARGETS = {
    "batched_to_executemany": 0.6,
    "batched_postgresql_to_copy": 0.6,
    "single_to_raw_paho": 0.6,
    "single_to_naive": 20.0,
    "batched_to_node_red": 1.0,
}
RATIOS = {
    "batched_to_executemany": ("batched_sqlite", "executemany"),
    "batched_postgresql_to_copy": ("batched_postgresql", "copy"),
    "single_to_raw_paho": ("single_sqlite", "raw_paho"),
    "single_postgresql_to_raw_paho": ("single_postgresql", "raw_paho"),
    "single_to_naive": ("single_sqlite", "naive"),
    "batched_to_node_red": ("batched_sqlite", "node_red"),
}

Candidate = Callable[[Path], float]


def main(arguments: list[str]) -> int:
    """Measure, print, and return the exit code."""
    options = parsed(arguments)
    rates: dict[str, list[float]] = {}
    with cluster() as postgresql:
        measured = chosen(options, postgresql)
        for number in range(1, options.rounds + 1):
            for name, (candidate, responses) in measured.items():
                with tempfile.TemporaryDirectory() as folder:
                    rate = responses / candidate(Path(folder))
                rates.setdefault(name, []).append(rate)
                print(f"round {number} of {options.rounds}: {name:<20}{rate:>10,.0f}/s", file=sys.stderr, flush=True)
    medians = {name: statistics.median(found) for name, found in rates.items()}
    found = figures(medians)
    print(json.dumps({"ok": not missed(found), "missed": missed(found), **found}))
    return int(bool(missed(found)))


def parsed(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench-ingest", description="Measure the ingest beside others.")
    parser.add_argument("--rounds", type=int, default=3, help="of which the median counts (3)")
    parser.add_argument("--single", type=int, default=40_000, help="responses that come one a message (40000)")
    parser.add_argument("--batched", type=int, default=100_000, help=f"responses that come {BATCH} a message (100000)")
    parser.add_argument("--only", nargs="*", help="candidates to measure, such as single_sqlite raw_paho")
    parser.add_argument(
        "--no-node-red", action="store_true", help="do without Node-RED, which npm takes minutes to fetch"
    )
    return parser.parse_args(arguments)


def chosen(options: argparse.Namespace, postgresql: Cluster) -> dict[str, tuple[Candidate, int]]:
    """Return the candidates by name, each with how many responses it is given."""
    single, batched = messages(options.single, 1), messages(options.batched, BATCH)
    few = single[: len(single) // NAIVE_SHARE]
    everyone: dict[str, tuple[Candidate, int]] = {
        "raw_paho": (with_broker(candidates.raw_paho, single), len(single)),
        "single_sqlite": (with_broker(bridge_on_sqlite, single), len(single)),
        "single_postgresql": (with_broker(partial(bridge_on, postgresql), single), len(single)),
        "naive": (with_broker(candidates.naive, few), len(few)),
        "executemany": (partial(executemany, batched), BATCH * len(batched)),
        "batched_sqlite": (with_broker(bridge_on_sqlite, batched), BATCH * len(batched)),
        "copy": (partial(copy, postgresql, batched), BATCH * len(batched)),
        "batched_postgresql": (with_broker(partial(bridge_on, postgresql), batched), BATCH * len(batched)),
    }
    if not options.no_node_red and (program := node_red.installed()):
        everyone["node_red"] = (with_broker(partial(node_red.take, program), batched), BATCH * len(batched))
    return {name: everyone[name] for name in (options.only or everyone)}


def with_broker(take: Callable[..., float], said: list[Said]) -> Candidate:
    """Return a candidate that gets a broker of its own."""

    def run(folder: Path) -> float:
        with broker(folder) as running:
            return take(running, folder, said)

    return run


def bridge_on_sqlite(running, folder: Path, said: list[Said]) -> float:
    return candidates.bridge(running, str(folder / "hymio.db"), folder, said)


def bridge_on(postgresql: Cluster, running, folder: Path, said: list[Said]) -> float:
    with postgresql.database() as url:
        return candidates.bridge(running, url, folder, said)


def executemany(said: list[Said], folder: Path) -> float:
    return candidates.written(str(folder / "hymio.db"), said, candidates.executemany)


def copy(postgresql: Cluster, said: list[Said], folder: Path) -> float:
    with postgresql.database() as url:
        return candidates.written(url, said, candidates.copy)


def figures(medians: dict[str, float]) -> dict[str, float | None]:
    """Return the ratios, None where a side was not measured, and the rates beside them."""
    ratios = {
        name: round(medians[ours] / medians[theirs], 3) if ours in medians and theirs in medians else None
        for name, (ours, theirs) in RATIOS.items()
    }
    return ratios | {f"{name}_per_s": round(rate) for name, rate in medians.items()}


def missed(found: dict[str, float | None]) -> list[str]:
    """Return the names of the ratios that are below their target; what was not measured is not judged."""
    return [name for name, target in TARGETS.items() if (ratio := found[name]) is not None and ratio < target]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
