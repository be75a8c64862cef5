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
from server.trial.verbs import MOST_DAYS
from tests.faults.checker import Verdict
from tests.faults.storm import paper
from tests.faults.storm.truth import verdict

FEWEST, DEVICES, WRONG_DEVICES = 10, 10_000, 1_000
KINDS = ("lost", "doubled", "misattached", "stuck")
DESIGNS = "tests.faults.storm.designs"
SHORT = {"retry_ms": 250, "longest_retry_ms": 15_000}  # a back-off that leaves the second of the storm its meaning
BRIEF = {"devices": WRONG_DEVICES, "quiet_s": 1, "day_s": 6, "presses": 4, "away_s": 0.5, "settings": SHORT}


class Trial(NamedTuple):
    """What a fleet came to."""

    plan: Plan
    found: Found
    verdict: Verdict

    @property
    def faults(self):
        """Return what does not hold, by name."""
        found = [f"nothing is {kind}" for kind in KINDS if getattr(self.verdict, kind)]
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


def fleet(plan):
    """Print the figures of a fleet; return 0 when they hold and every wrong design is caught."""
    began_s = time.monotonic()
    trial = tried(plan)
    caught = [caught_by in faults for _, caught_by, faults in wrong()]
    for fault in trial.faults:
        say(f"It is not so that {fault}.")
    say(str(trial.verdict)[:2000])
    line = figures(trial.plan, trial.found)
    line |= {kind: len(getattr(trial.verdict, kind)) for kind in KINDS}
    line |= {"wrong_designs_caught": f"{sum(caught)}/{len(caught)}", "seconds": round(time.monotonic() - began_s)}
    print(json.dumps(line))
    return 0 if all(caught) and not trial.faults else 1


def reckoned():
    """Print what more boxes would need."""
    cost = paper.measured()
    for row in paper.rows(cost):
        say(row)
    print(json.dumps(paper.figures(cost)))
    return 0


def kept(plan):
    """Print what a fleet costs, and keep it for the paper."""
    print(json.dumps(paper.keep(plan, tried(plan).found)))
    return 0


def main(arguments):
    """Do what is asked; return the exit status."""
    parser = argparse.ArgumentParser(prog="make fleet", description=__doc__)
    parser.add_argument("--devices", type=int, default=DEVICES, help="how many boxes; %(default)s unless given")
    parser.add_argument("--days", type=int, default=1, choices=range(1, MOST_DAYS + 1), help="of how many days")
    parser.add_argument("--paper", action="store_true", help="only reckon what a million boxes would need")
    parser.add_argument("--costs", action="store_true", help="only measure what that is reckoned from, and keep it")
    asked = parser.parse_args(arguments)
    if asked.devices < FEWEST:
        parser.error(f"argument --devices: {asked.devices} is fewer than {FEWEST}")
    plan = Plan(asked.devices, asked.days)
    try:
        return reckoned() if asked.paper else kept(plan) if asked.costs else fleet(plan)
    except Unstartable as error:
        print(error.format_message(), file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
