"""What a visitor waits for and what a response costs; ends with one JSON line. `make bench-kiosk`, some minutes.

`frame_ms` is what this machine needs to draw a screen. `frames_touch_to_durable` and `frames_touch_to_thanks` are
medians over real touches as multiples of it: how long the outbox took, and from the event until the thanks are drawn.
`frames_to_thanks` counts the frames that Kivy's loop needs for that. `memory_growth` is the resident memory after
10,000 visitors over that after the first 1,000, when every screen has been drawn. Writes are counted below the C
library, by `tests.kiosk_app.writes`.
"""

import json
import sys
import tempfile
from pathlib import Path

from kiosk_app.envelope import Envelope
from kiosk_app.outbox import Outbox
from tests.kiosk_app.ui import pace
from tests.kiosk_app.writes import writes_per_response

WAITS = 200
VISITORS, SETTLED = 10_000, 1_000
MOST_GROWTH = 1.03
MOST_FRAMES = 3
MOST_WRITES = 3


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def fresh(folder: str, name: str) -> Outbox:
    path = Path(folder) / name
    path.mkdir()
    return Outbox(path, Envelope())


def summary(visitors: int = VISITORS, settled: int = SETTLED, waits: int = WAITS) -> dict:
    """Return all figures."""
    with tempfile.TemporaryDirectory() as folder:
        say(f"{waits} visitors, how long they wait")
        line = pace.waits(fresh(folder, "waits"), waits) | {"frames_to_thanks": pace.frames_to_thanks()}
        say("2,000 responses, what they cost the card")
        line |= writes_per_response()
        say(f"{visitors} visitors, what they leave in memory")
        before, after = pace.memory(fresh(folder, "memory"), visitors, settled)
    megabytes = {"memory_mb": round(after / 1e6, 1), "memory_growth": round(after / before, 4)}
    return line | {"visitors": visitors} | megabytes


def holds(line: dict) -> bool:
    """Tell whether the figures are what was promised; times are compared with a frame, never with a clock."""
    waits = max(line["frames_to_thanks"], line["frames_touch_to_thanks"])
    return waits <= MOST_FRAMES and line["writes_per_response"] <= MOST_WRITES and line["memory_growth"] <= MOST_GROWTH


def main() -> int:
    line = summary()
    print(json.dumps(line))
    return 0 if holds(line) else 1


if __name__ == "__main__":
    sys.exit(main())
