"""How long reports take at a million and at ten million responses, beside the raw tables and DuckDB.

`make bench-report` takes sizes in responses: `ARGS="1000000 10000000 50000000"`. For each it makes a past up, loads the
same tables into DuckDB, and asks four questions in three ways, one after the other in every round. Ours is the whole
report, with intervals and completeness; the others only count. The last line is JSON: medians in milliseconds, how many
times longer the raw tables and DuckDB took at the largest size (`to_raw`, `to_duckdb`: the least of the four), and how
many times longer our reports took at a larger size than at a smaller one. It ends with 0 when all three ways gave the
same counts, no report grew more than three times, and the bridge, which then stores some more, kept seven tenths of
its speed (`ingest_kept_...`).
"""

import json
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

from broker_bridge.database.connect import connect
from server.trial.history.generate import generate
from tests.benchmarks import duck, growing
from tests.benchmarks.report_plan import plan
from tests.benchmarks.report_questions import QUESTIONS

SIZES = (1_000_000, 10_000_000)
ROUNDS = 9
SLOW_ROUNDS = 1  # of the raw tables, which take up to half a minute a question
MOST_GROWTH = 3.0
LEAST_SPEED_KEPT = 0.7
WAYS = ("ours", "raw", "duckdb")


def main(sizes: list[int]) -> int:
    """Measure all sizes and print what came out; return the exit code."""
    folder = Path(tempfile.mkdtemp(prefix="hymio-bench-"))
    try:
        measured = {size: measure(folder, size) for size in sizes}
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    found = figures(measured)
    print(json.dumps(found))
    return int(not holds(found))


def measure(folder: Path, size: int) -> dict:
    """Make a past of one size up, ask everything, and throw it away."""
    path = folder / f"{size}.db"
    made = generate(str(path), plan(size), folder / "truth.json", quietly())
    connection = connect(path)
    loaded = duck.load(connection, folder / f"{size}.duckdb", quietly())
    try:
        asked = {question.name: ask_all(question, connection, loaded) for question in QUESTIONS}
    finally:
        connection.close()
        loaded.close()
    say(f"{size:,} responses: the bridge stores {(stored_per_s := growing.rate_per_s(str(path))):,} a second more")
    sizes = {"ingested_per_s": stored_per_s, "sqlite_mb": mb(path), "duckdb_mb": mb(folder / f"{size}.duckdb")}
    for file in folder.iterdir():
        file.unlink()
    return {"asked": asked, "generated_per_s": made["responses_per_s"], **sizes}


def ask_all(question, connection, loaded) -> dict:
    """Ask one question in all three ways, round by round; return the medians, and whether all gave the same counts."""
    ways = {
        "ours": lambda: question.ours(connection),
        "raw": lambda: question.by_hand(lambda sql: connection.execute(sql.replace("//", "/")).fetchall()),
        "duckdb": lambda: question.by_hand(lambda sql: loaded.execute(sql).fetchall()),
    }
    counts = {way: ask() for way, ask in ways.items()}  # warms up, too
    taken = {way: [] for way in ways}
    for number in range(ROUNDS):
        for way, ask in ways.items():
            if way != "raw" or number < SLOW_ROUNDS:
                taken[way].append(milliseconds(ask))
    medians = {way: round(statistics.median(each), 2) for way, each in taken.items()}
    say(f"{question.name}: {medians}")
    same = bool(counts["ours"]) and counts["ours"] == counts["raw"] == counts["duckdb"]
    return {"ms": medians, "same": same, "answers": sum(counts["ours"].values())}


def milliseconds(ask: Callable[[], object]) -> float:
    """Return how long a question takes."""
    begun = time.perf_counter()
    ask()
    return (time.perf_counter() - begun) * 1000


def figures(measured: dict) -> dict:
    """Return what the last line says."""
    sizes = sorted(measured)
    largest = measured[sizes[-1]]["asked"]
    ratios = {
        way: {name: round(each["ms"][way] / each["ms"]["ours"], 2) for name, each in largest.items()} for way in WAYS
    }
    found = {
        "ms": {str(size): {name: each["ms"] for name, each in measured[size]["asked"].items()} for size in sizes},
        "same_counts": all(each["same"] for size in sizes for each in measured[size]["asked"].values()),
        "to_raw": min(ratios["raw"].values()),
        "to_duckdb": min(ratios["duckdb"].values()),
        "times_raw": ratios["raw"],
        "times_duckdb": ratios["duckdb"],
        "sizes": {str(size): {key: measured[size][key] for key in FACTS} for size in sizes},
    }
    for smaller, larger in pairwise(sizes):
        found[f"worst_growth_{millions(smaller)}_to_{millions(larger)}_million"] = worst_growth(
            measured, smaller, larger
        )
        kept = measured[larger]["ingested_per_s"] / measured[smaller]["ingested_per_s"]
        found[f"ingest_kept_{millions(smaller)}_to_{millions(larger)}_million"] = round(kept, 2)
    return found


FACTS = ("generated_per_s", "ingested_per_s", "sqlite_mb", "duckdb_mb")


def worst_growth(measured: dict, smaller: int, larger: int) -> float:
    """Return how many times longer a report takes at the larger size, for the report that grows most."""
    before, after = measured[smaller]["asked"], measured[larger]["asked"]
    return round(max(after[name]["ms"]["ours"] / before[name]["ms"]["ours"] for name in after), 2)


def holds(found: dict) -> bool:
    """Tell whether all ways agree, no report grows too much, and the ingest does not slow down too much."""
    growths = [value for name, value in found.items() if name.startswith("worst_growth_")]
    kept = [value for name, value in found.items() if name.startswith("ingest_kept_")]
    return bool(
        found["same_counts"] and max(growths, default=0) <= MOST_GROWTH and min(kept, default=1) >= LEAST_SPEED_KEPT
    )


def millions(size: int) -> str:
    """Return a size in millions."""
    return f"{size / 1e6:g}"


def mb(path: Path) -> int:
    """Return the size of a file in megabytes."""
    return round(path.stat().st_size / 1e6)


def quietly() -> Callable[[str], None]:
    """Return a `say` that speaks every ten seconds at most."""
    spoken = [0.0]

    def say_at_times(line: str) -> None:
        if time.monotonic() - spoken[0] > 10:
            spoken[0] = time.monotonic()
            say(line)

    return say_at_times


def say(line: str) -> None:
    """Tell the person in front of the terminal."""
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main([int(size) for size in sys.argv[1:]] or list(SIZES)))
