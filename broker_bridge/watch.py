"""Knows how the bridge is, and tells those who look after it: the service manager, monitoring, a file.

The loop that ingests says so itself, each time that it comes round: a bridge whose loop hangs falls silent, is
unhealthy to monitoring, and is started anew by the service manager.
"""

import time
from collections.abc import Callable
from pathlib import Path

from broker_bridge import metrics, notify

TELL_EVERY_S = 1.0
HANGS_AFTER_S = 60.0  # as WatchdogSec in the service file
STARTING = "starting: the database is being checked"


class Watch:
    """The state of one bridge: `trouble` is None while it is subscribed and the database takes writes."""

    def __init__(self, ready_file: Path, clock_s: Callable[[], float] = time.monotonic) -> None:
        self.ready_file = ready_file
        self.clock_s = clock_s
        self.trouble: str | None = STARTING
        self.came_round_s = self.told_s = clock_s()
        self.away()

    def comes_round(self) -> None:
        """Note that the loop is alive; tell the service manager once a second."""
        self.came_round_s = self.clock_s()
        if self.came_round_s - self.told_s >= TELL_EVERY_S:
            self.told_s = self.came_round_s
            notify.tell(notify.ALIVE)

    def ready(self) -> None:
        """Note that the bridge is subscribed, and that the database took a write before."""
        self.trouble = None
        self.ready_file.touch()
        metrics.broker.set(1)
        notify.tell(f"{notify.READY}\nSTATUS=subscribed")

    def writable(self) -> None:
        """Note that the database takes writes."""
        metrics.database.set(1)

    def away(self) -> None:
        """Note that the bridge is no longer subscribed."""
        self.ready_file.unlink(missing_ok=True)
        metrics.broker.set(0)

    def broker_away(self, trouble: str) -> None:
        """Note why there is no broker."""
        self.tell_trouble(f"broker away: {trouble}")

    def database_away(self, trouble: str) -> None:
        """Note why the database takes no writes."""
        metrics.database.set(0)
        self.tell_trouble(f"database away: {trouble}")

    def tell_trouble(self, trouble: str) -> None:
        """Note a trouble."""
        self.trouble = trouble
        notify.tell(f"STATUS={trouble}")

    def health(self) -> dict[str, object]:
        """Return what monitoring is told; `ok` is false as well when the loop has not come round for a while."""
        silent_s = self.clock_s() - self.came_round_s
        hangs = silent_s > HANGS_AFTER_S and self.trouble != STARTING
        trouble = f"hangs since {silent_s:.0f} s" if hangs else self.trouble
        return {"ok": trouble is None, "trouble": trouble, "loop_silent_s": round(silent_s, 1)}
