"""`make nemesis`: two minutes of real processes on SQLite, then on PostgreSQL; ARGS="--seconds 3600" for an hour.

Where root may have one, all of it runs in a network namespace, in which the kernel loses packets.
"""

import argparse
import json
import sys
import tempfile
import time

from tests.faults.nemesis import network
from tests.faults.nemesis.acts import Nemesis
from tests.faults.nemesis.scene import Scene
from tests.postgresql import cluster

SECONDS, LEAST_KILLS, LEAST_ACKNOWLEDGED = 120, 20, 2_000
BOXES = 6


def say(line):
    """Tell the person in front of the terminal; standard output is for the result."""
    print(line, file=sys.stderr, flush=True)


def visited(seconds, boxes, server=None, tell=say):
    """Return what a while with a nemesis came to: kills, acknowledged, the verdict, what was done."""
    with tempfile.TemporaryDirectory(prefix="hymio-nemesis-") as folder:
        scene = Scene(folder, boxes, server)
        try:
            nemesis = Nemesis(scene, tell)
            end_s = time.monotonic() + seconds
            while time.monotonic() < end_s:
                nemesis.press_for(scene.chance.uniform(0.3, 1.5))
                nemesis.act()
            acknowledged, verdict = scene.verdict(scene.heal())
            if not verdict.holds:
                tell(scene.last_words())
        finally:
            scene.close()
    tell(", ".join(f"{name} {n}" for name, n in sorted(nemesis.done.items())))
    tell(f"{acknowledged} acknowledged; {str(verdict)[:400]}")
    return nemesis.kills, acknowledged, verdict


def main(arguments):
    """Print the figures; return 0 when they hold."""
    network.enter("tests.faults.nemesis", arguments)
    parser = argparse.ArgumentParser(prog="make nemesis", description=__doc__)
    parser.add_argument("--seconds", type=int, default=SECONDS, help="how long, on both engines together")
    seconds = parser.parse_args(arguments).seconds
    began_s = time.monotonic()
    say("boxes, a kiosk, broker, bridge, SQLite on a small disk")
    found = [visited(seconds / 2, BOXES)]
    say("boxes, a kiosk, broker, bridge, PostgreSQL")
    with cluster() as server:
        found.append(visited(seconds / 2, BOXES, server))
    line = {"seconds": round(time.monotonic() - began_s), "kills": sum(kills for kills, _, _ in found)}
    line["acknowledged"] = sum(acknowledged for _, acknowledged, _ in found)
    for name in ("lost", "doubled", "stuck"):
        line[name] = sum(len(getattr(verdict, name)) for _, _, verdict in found)
    line["network"] = "namespace" if network.is_ours() else "proxy"
    print(json.dumps(line))
    enough = seconds < SECONDS or (line["kills"] >= LEAST_KILLS and line["acknowledged"] >= LEAST_ACKNOWLEDGED)
    return 0 if enough and not (line["lost"] or line["doubled"] or line["stuck"]) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
