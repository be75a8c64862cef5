"""What a hello costs the bridge when hundreds come at once: measured on the product's own ingest."""

import gc
import json
import tempfile
import time
from contextlib import closing
from pathlib import Path

from broker_bridge.database.migrate import open_database
from broker_bridge.ingest import Received, ingest
from device.protocol import topics
from server.trial.fleet import county

BOXES, AT_ONCE = 2_000, 300  # as many as come in a second of ten thousand boxes' storm


def hello(number, now_ms):
    """Return the hello of a box that comes back with all settings that it should have."""
    name = county.device_id(number)
    fields = {"v": 1, "epoch": f"epoch{number:06}", "next_seq": 13, "oldest_seq": 1, "acked_seq": 12, "boot": 1}
    fields |= {"uptime_s": 5000, "clock_at": now_ms // 1000, "settings": county.SURVEY["survey"], "model": "button-5"}
    return Received(topics.topic(name, "up/hello"), json.dumps(fields).encode(), False, now_ms)


def cost(boxes=BOXES):
    """Return microseconds of the bridge's processor for each of many hellos, the second of each box."""
    with tempfile.TemporaryDirectory(prefix="hymio-hellos-") as folder:
        database = Path(folder) / "hymio.db"
        county.furnish(database, boxes)
        with closing(open_database(database)) as connection:
            say_all(connection, boxes)
            gc.collect()
            before_s = time.process_time()
            say_all(connection, boxes)
            return (time.process_time() - before_s) / boxes * 1e6


def say_all(connection, boxes):
    """Let every box say hello, some hundred in a transaction."""
    now_ms = time.time_ns() // 1_000_000
    for first in range(0, boxes, AT_ONCE):
        ingest(connection, [hello(number, now_ms) for number in range(first, min(first + AT_ONCE, boxes))], now_ms)


if __name__ == "__main__":
    print(cost())
