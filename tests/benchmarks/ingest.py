"""`make bench-ingest`: our bridge and what one would otherwise use, side by side on the same backlog.

Every round measures all of them, one after the other. The last line is JSON: ratios of medians, and beside them the
rates, in responses a second. It ends with 0 when every ratio that could be measured keeps its limit (`aims_missed` are
told, and not held against it); what could not be measured is null, and `unmeasured` says why.
"""

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

import structlog

from tests.benchmarks import candidates, latency, node_red
from tests.benchmarks.backlog import Broker, broker
from tests.benchmarks.workload import Said, messages
from tests.postgresql import Cluster, cluster

BATCH = 25
NAIVE_SHARE = 20  # the naive script gets a twentieth of the messages: it would take minutes
STEADY = 3_000  # messages at a steady rate, to see how long each takes
AT_LEAST = {
    "batched_to_executemany": 0.6,
    "batched_postgresql_to_copy": 0.6,
    "single_to_raw_paho": 0.6,
    "single_to_naive": 20.0,
    "batched_to_node_red_our_tables": 1.0,
}
AIMS = {"batched_to_node_red": 1.0}  # said when missed, and not held against the bridge: DECISIONS 46
AT_MOST = {"end_to_end_acks_cost": 0.3, "p99_to_commit_a_message": 2.0}
RATIOS = {
    "batched_to_executemany": ("batched_sqlite", "executemany"),
    "batched_postgresql_to_copy": ("batched_postgresql", "copy"),
    "batched_postgresql_to_bare_copy": ("batched_postgresql", "bare_copy"),
    "single_to_raw_paho": ("single_sqlite", "raw_paho"),
    "single_postgresql_to_raw_paho": ("single_postgresql", "raw_paho"),
    "single_to_naive": ("single_sqlite", "naive"),
    "batched_to_node_red": ("batched_sqlite", "node_red"),
    "batched_to_node_red_our_tables": ("batched_sqlite", "node_red_our_tables"),
    "p99_to_commit_a_message": ("p99_bridge", "p99_commit_a_message"),
}

Figures = dict[str, float | None]
Candidate = Callable[[Path], float]  # given a folder of its own, returns its rate, or its 99th percentile


def main(arguments: list[str]) -> int:
    """Measure, print, and return the exit code."""
    options = parsed(arguments)
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))  # standard output is for the figures
    measured: dict[str, list[float]] = {}
    unmeasured: dict[str, str] = {}
    with cluster() as postgresql:
        everyone = chosen(options, postgresql)
        for number in range(1, options.rounds + 1):
            for name, candidate in everyone.items():
                if name not in unmeasured:
                    measure(f"round {number} of {options.rounds}", name, candidate, measured, unmeasured)
    found = figures({name: statistics.median(each) for name, each in measured.items() if name not in unmeasured})
    short = {"missed": missed(found), "aims_missed": below(found, AIMS)}
    print(json.dumps({"ok": not short["missed"], **short, **found, "unmeasured": unmeasured}))
    return int(bool(short["missed"]))


def measure(
    place: str, name: str, candidate: Candidate, measured: dict[str, list[float]], unmeasured: dict[str, str]
) -> None:
    """Measure a candidate once more, or note why it cannot be."""
    with tempfile.TemporaryDirectory(prefix="hymio-bench-") as folder:
        try:
            value = candidate(Path(folder))
        except node_red.NotToBeHad as trouble:
            unmeasured[name] = str(trouble)
            say(f"{place}: {name:<22} not measured: {trouble}")
            return
    measured.setdefault(name, []).append(value)
    say(f"{place}: {name:<22} {value * 1000:>8.2f} ms" if is_time(name) else f"{place}: {name:<22} {value:>9,.0f}/s")


def is_time(name: str) -> bool:
    """Tell whether a candidate's figure is seconds, not a rate."""
    return name.startswith("p99")


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


def chosen(options: argparse.Namespace, postgresql: Cluster) -> dict[str, Candidate]:
    """Return the candidates by name: next to each other those that are compared."""
    single, batched = messages(options.single, 1), messages(options.batched, BATCH)
    few, steady = single[: len(single) // NAIVE_SHARE], messages(STEADY, 1)
    on_postgresql = partial(with_postgresql, postgresql)
    everyone = {
        "raw_paho": rate(with_broker(candidates.raw_paho), single),
        "single_sqlite": rate(with_broker(bridge_on_sqlite), single),
        "single_without_acks": rate(with_broker(partial(bridge_on_sqlite, acks=False)), single),
        "single_postgresql": rate(with_broker(on_postgresql(bridge_on_postgresql)), single),
        "naive": rate(with_broker(candidates.naive), few),
        "executemany": rate(on_sqlite(candidates.executemany), batched),
        "batched_sqlite": rate(with_broker(bridge_on_sqlite), batched),
        "node_red": rate(with_broker(node_red.take), batched),
        "node_red_our_tables": rate(with_broker(partial(node_red.take, way=node_red.OUR_TABLES)), batched),
        "copy": rate(on_postgresql(written(candidates.copy)), batched),
        "batched_postgresql": rate(with_broker(on_postgresql(bridge_on_postgresql)), batched),
        "bare_copy": rate(on_postgresql(written(candidates.bare_copy)), batched),
        "p99_bridge": lambda folder: with_broker(latency.bridge)(folder, steady),
        "p99_commit_a_message": lambda folder: with_broker(latency.commit_a_message)(folder, steady),
    }
    if options.no_node_red:
        del everyone["node_red"], everyone["node_red_our_tables"]
    return {name: everyone[name] for name in (options.only or everyone)}


def rate(take: Callable[[Path, Sequence[Said]], float], said: Sequence[Said]) -> Candidate:
    """Return a candidate that measures how many responses a second something takes."""
    responses = sum(message.responses for message in said)
    return lambda folder: responses / take(folder, said)


def with_broker(take: Callable[[Broker, Path, Sequence[Said]], float]) -> Callable[[Path, Sequence[Said]], float]:
    """Give a broker of its own to what takes messages from one."""

    def run(folder: Path, said: Sequence[Said]) -> float:
        with broker(folder) as running:
            return take(running, folder, said)

    return run


def with_postgresql(postgresql: Cluster, take: Callable[..., float]) -> Callable[..., float]:
    """Give a new database, as the first argument, to what writes to one."""

    def run(*arguments: object) -> float:
        with postgresql.database() as url:
            return take(url, *arguments)

    return run


def bridge_on_sqlite(running: Broker, folder: Path, said: Sequence[Said], *, acks: bool = True) -> float:
    return candidates.bridge(running, str(folder / "hymio.db"), folder, said, acks=acks)


def bridge_on_postgresql(url: str, running: Broker, folder: Path, said: Sequence[Said]) -> float:
    return candidates.bridge(running, url, folder, said)


def on_sqlite(write: candidates.Write) -> Callable[[Path, Sequence[Said]], float]:
    return lambda folder, said: candidates.written(str(folder / "hymio.db"), said, write)


def written(write: candidates.Write) -> Callable[..., float]:
    return lambda url, folder, said: candidates.written(url, said, write)


def figures(medians: dict[str, float]) -> Figures:
    """Return the ratios, None where a side was not measured, and beside them what they are made of."""
    found: Figures = {name: ratio(medians, *sides) for name, sides in RATIOS.items()}
    kept = ratio(medians, "single_sqlite", "single_without_acks")
    found["end_to_end_acks_cost"] = None if kept is None else round(1 - kept, 3)
    absolute = {
        f"{name}_ms" if is_time(name) else f"{name}_per_s": round(value * 1000, 2) if is_time(name) else round(value)
        for name, value in medians.items()
    }
    return found | absolute


def ratio(medians: dict[str, float], ours: str, theirs: str) -> float | None:
    """Return one measured figure by another, None where one of them is missing."""
    return round(medians[ours] / medians[theirs], 3) if ours in medians and theirs in medians else None


def missed(found: Figures) -> list[str]:
    """Return the names of the ratios that do not keep their limit; what was not measured is not judged."""
    return below(found, AT_LEAST) + [
        name for name, limit in AT_MOST.items() if (value := found[name]) is not None and value > limit
    ]


def below(found: Figures, limits: Mapping[str, float]) -> list[str]:
    """Return the names of the ratios that are below their limits."""
    return [name for name, limit in limits.items() if (value := found[name]) is not None and value < limit]


def say(line: str) -> None:
    """Tell the person in front of the terminal."""
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
