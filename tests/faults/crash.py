"""`make crash`: power cuts at every write and sync, and kills at every stage; the last line says what was lost.

The controls are wrong bridges, which the same checker has to catch before it is believed about the right one.
"""

import json
import random
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults import cuts, kills
from tests.faults.checker import Account
from tests.postgresql import cluster

NOTHING = Account(lost=0, doubled=0)
SESSIONS = 3
WANTED = {"cuts": 500, "kills": 50, "acknowledged": 20_000}


def say(line: str) -> None:
    """Tell the person in front of the terminal; standard output is for the result."""
    print(line, file=sys.stderr, flush=True)


def controls() -> list[str]:
    """Return the wrong designs that the checker did not catch."""
    wrong = {
        "acknowledges before it commits": cuts.record(seed=1, presses=150, hasty=True),
        "does not sync its commits": cuts.record(seed=1, presses=150, synchronous="NORMAL"),
    }
    missed = []
    for design, session in wrong.items():
        lost = sum(cuts.cut(session, every=5), NOTHING).lost
        say(f"control: a bridge that {design} loses {lost}")
        missed += [design] if lost == 0 else []
    return missed


def power_cuts() -> tuple[int, int, Account]:
    """Cut the power everywhere in some sessions; return how often, how many responses were acknowledged, and what
    became of them."""
    done, acknowledged, total = 0, 0, NOTHING
    for seed in range(1, SESSIONS + 1):
        session = cuts.record(seed, presses=400)
        acknowledged += session.acknowledged
        for each in cuts.cut(session, every=1):
            total += each
            done += 1
            if done % 100 == 0:
                say(f"power cut {done} times; lost {total.lost}, doubled {total.doubled}")
    return done, acknowledged, total


def tolls() -> Iterator[kills.Toll]:
    """Kill the bridge on either engine, and the server of one of them."""
    chance = random.Random(1)
    with folder() as data:
        database = str(data / "hymio.db")
        yield kills.bridges(data, database, kills.schedule(30, chance), count=16, presses=25, say=say)
    with folder() as data:
        yield kills.machines(data, kills.schedule(9, chance), count=10, presses=25, say=say)
    with cluster() as running, folder() as data, running.database() as database:
        yield kills.bridges(data, database, kills.schedule(12, chance), count=16, presses=25, say=say)
    with cluster() as running, folder() as data, running.database() as database:
        yield kills.servers(data, running, database, kills=10, count=10, presses=50, say=say)


@contextmanager
def folder() -> Iterator[Path]:
    """Give a folder that is removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="hymio-crash-") as name:
        yield Path(name)


def main() -> int:
    """Print the figures; return 0 when they hold."""
    missed = controls()
    done, acknowledged, total = power_cuts()
    killed = 0
    for toll in tolls():
        killed += toll.kills
        acknowledged += toll.acknowledged
        total += toll.account
    reached = {"cuts": done, "kills": killed, "acknowledged": acknowledged}
    print(json.dumps(reached | {"lost": total.lost, "doubled": total.doubled, "controls_missed": len(missed)}))
    enough = all(reached[name] >= least for name, least in WANTED.items())
    return 0 if enough and total == NOTHING and not missed else 1


if __name__ == "__main__":
    sys.exit(main())
