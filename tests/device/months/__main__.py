"""Leads one life and prints what became of it: `micropython -m tests.device.months RATE DAYS SEED DIRECTORY`."""

import json
import sys

from tests.device.months.checker import figures
from tests.device.months.world import World, lead

if __name__ == "__main__":
    rate, days, seed = [int(word) for word in sys.argv[1:4]]
    world = World(seed, rate, days)
    lead(world, sys.argv[4])
    print(json.dumps(figures(world)))
