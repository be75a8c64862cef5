"""Fleets that come back in the wrong way, and a bridge that loses: each must be caught by a figure of `make fleet`.

`python -m tests.faults.storm.designs NAME ...`, where the rest is what the right program takes.
"""

import json
import sys

from broker_bridge import subscriber
from device import fleet
from device.app import App
from hymio import main as hymio

DROPS_EVERY = 10


class WithoutChance(App):
    """Every box waits the whole back-off."""

    def wait_ms(self, failures):
        return min(self.settings.retry_ms << min(failures - 1, 12), self.settings.longest_retry_ms)


class WithinASecond(App):
    """As the firmware was before this trial: a good connection that is lost counts for nothing, half is by chance."""

    def _on_failure(self, error):
        self.link.is_answered = False
        super()._on_failure(error)

    def wait_ms(self, failures):
        bound = min(self.settings.retry_ms << min(failures - 1, 12), self.settings.longest_retry_ms)
        return bound // 2 + bound * self.hal.urandom(1)[0] // 510


FLEETS = {"no-chance": WithoutChance, "within-a-second": WithinASecond}


class Dropping:
    """An ingest that says of the last record of every tenth batch that the box could not read it."""

    def __init__(self, ingest):
        self.ingest = ingest
        self.batches = 0

    def __call__(self, connection, received, now_ms):
        return self.ingest(connection, [self.spoilt(each) for each in received], now_ms)

    def spoilt(self, received):
        if not received.topic.endswith("up/responses"):
            return received
        self.batches += 1
        if self.batches % DROPS_EVERY:
            return received
        message = json.loads(received.payload)
        message["responses"][-1] = {"seq": message["responses"][-1]["seq"], "lost": "crc"}
        return received._replace(payload=json.dumps(message).encode())


def main(arguments):
    """Run the program of this name."""
    name, *rest = arguments
    if name in FLEETS:
        return fleet.main(rest, FLEETS[name])
    subscriber.ingest = Dropping(subscriber.ingest)
    return hymio(["bridge", *rest])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
