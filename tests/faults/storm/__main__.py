"""`make fleet`: ten thousand boxes, a broker that dies, and wrong designs; ARGS="--devices 1000" for fewer."""

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from server.trial.fleet.judgement import EVEN, figures, untrue
from server.trial.fleet.run import Found, Plan, simulated
from server.trial.unstartable import Unstartable
from tests.faults.checker import Verdict
from tests.faults.storm.truth import verdict

DEVICES, WRONG_DEVICES = 10_000, 1_000
DESIGNS = "tests.faults.storm.designs"
SHORT = {"retry_ms": 250, "longest_retry_ms": 15_000}  # a back-off that leaves the second of the storm its meaning
BRIEF = {"devices": WRONG_DEVICES, "day_s": 6, "presses": 4, "away_s": 0.5, "settings": SHORT}


class Trial(NamedTuple):
    """What a fleet came to."""

    plan: Plan
    found: Found
    verdict: Verdict

    @property
    def faults(self):
        """Return what does not hold, by name."""
        kinds = ("lost", "doubled", "misattached", "stuck")
        found = [f"nothing is {kind}" for kind in kinds if getattr(self.verdict, kind)]
        return untrue(self.plan, self.found) + found


def say(line):
    """Tell the person in front of the terminal; standard output is for the result."""
    print(line, file=sys.stderr, flush=True)


def tried(plan, tell=say):
    """Run a fleet and check it."""
    with tempfile.TemporaryDirectory(prefix="hymio-fleet-") as folder:
        data = Path(folder)
        found = simulated(plan, data, tell)
        logs = sorted(data.glob("boxes/*/log.jsonl"))
        return Trial(plan, found, verdict(str(data / "hymio.db"), logs, found.drained))


def wrong(tell=say):
    """Yield the name of each wrong design, what it must be caught by, and by what it was."""
    designs = [
        ("no-chance", {"program": ("-m", DESIGNS, "no-chance")}, EVEN),
        ("within-a-second", {"program": ("-m", DESIGNS, "within-a-second")}, EVEN),
        ("dropping-bridge", {"bridge": ("-m", DESIGNS, "dropping-bridge")}, "nothing is lost"),
    ]
    for name, program, caught_by in designs:
        tell(f"A wrong design: {name}")
        yield name, caught_by, tried(Plan(**BRIEF | program), tell).faults


def main(arguments):
    """Print the figures; return 0 when they hold and every wrong design is caught."""
    parser = argparse.ArgumentParser(prog="make fleet", description=__doc__)
    parser.add_argument("--devices", type=int, default=DEVICES, help="how many boxes; %(default)s unless given")
    parser.add_argument("--days", type=int, default=1, help="of how many days the visitors come")
    asked = parser.parse_args(arguments)
    began_s = time.monotonic()
    try:
        trial = tried(Plan(asked.devices, asked.days))
        caught = [caught_by in faults for _, caught_by, faults in wrong()]
    except Unstartable as error:
        print(error.format_message(), file=sys.stderr)
        return 2
    for fault in trial.faults:
        say(f"It is not so that {fault}.")
    say(str(trial.verdict)[:2000])
    line = figures(trial.plan, trial.found)
    line |= {kind: len(getattr(trial.verdict, kind)) for kind in ("lost", "doubled", "misattached", "stuck")}
    line |= {"wrong_designs_caught": f"{sum(caught)}/{len(caught)}", "seconds": round(time.monotonic() - began_s)}
    print(json.dumps(line))
    return 0 if all(caught) and not trial.faults else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
