"""What outlives a power cut beside the journal: how many starts in a row failed, and the latest certain time."""

import json
import os

FAILED_STARTS = 5
HEALTHY_MS = 600000
POWER_ON = "power on"
SAFE_MS = 6 * 3600000


class Starts:
    """Counts a start as failed until the box has been well for HEALTHY_MS, or has talked with its bridge.

    A start because the power came is nobody's failure, and forgets the earlier ones. After FAILED_STARTS the box is in
    safe mode: it counts on without a network for SAFE_MS, or until staff hold the outer buttons; `safe_until_ms` is the
    uptime before which the network is left alone. A file that cannot be written never stops a start.
    """

    def __init__(self, path: str, reset_cause: str, retained: "list[int] | None" = None) -> None:
        self._path = path
        self.failed, self.floor_at, self.safe_until_ms = retained or self._read()
        if retained is None:
            was_failed, self.failed = self.failed, 0 if reset_cause == POWER_ON else self.failed + 1
            self.safe_until_ms = SAFE_MS if self.failed > FAILED_STARTS else 0
            if self.failed != was_failed:
                self._write()

    @property
    def retained(self) -> "list[int]":
        return [self.failed, self.floor_at, self.safe_until_ms]

    def _read(self) -> "list[int]":
        try:
            with open(self._path) as file:
                kept = json.loads(file.read())
            return [int(kept["failed"]), int(kept["floor_at"]), 0]
        except (OSError, ValueError, KeyError, TypeError):
            return [0, 0, 0]

    def _write(self) -> None:
        try:
            with open(self._path + ".new", "w") as file:
                file.write(json.dumps({"failed": self.failed, "floor_at": self.floor_at}))
                file.flush()
            os.rename(self._path + ".new", self._path)
        except OSError:
            pass  # it counts presses all the same; only the safe mode may come later

    def end_safe_mode(self, uptime_ms: int) -> None:
        """Try the network again: somebody who stands beside the box wants it."""
        self.safe_until_ms = min(self.safe_until_ms, uptime_ms)

    def well(self, uptime_ms: int, has_answered: bool, floor_at: int) -> None:
        """Note how the box is doing; writes only when there is something new to keep."""
        is_well = has_answered or uptime_ms >= self.safe_until_ms + HEALTHY_MS
        failed = 0 if is_well else self.failed
        if failed != self.failed or floor_at > self.floor_at:
            self.failed, self.floor_at = failed, max(floor_at, self.floor_at)
            self._write()
