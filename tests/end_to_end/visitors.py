"""A kiosk whose visitors come one after the other, its time turned by hand: in a test, or as a process to be killed.

`python -m tests.end_to_end.visitors SETTINGS LOG [drain]` answers until it is killed; `drain`: delivers and ends.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from kiosk_app.kiosk import Kiosk
from kiosk_app.settings import Settings, load
from server.trial.reckoning import Identity, Said, content_hash

PATIENCE_S = 90


class Visitors:
    """A kiosk in this process whose time is turned by hand, and what its visitors were thanked for."""

    def __init__(self, settings: Settings, language: str = "sv") -> None:
        self.language = language
        self.skipped_ms = 0
        self.said = Said()
        self.kiosk = Kiosk(settings, now_ms=lambda: time.monotonic_ns() // 1_000_000 + self.skipped_ms)
        self.kiosk.session.recorder.stored = self.thanked
        self.name = settings.device_id
        self.log: Callable[[dict], None] = lambda event: None

    def thanked(self, record: dict) -> None:
        content = {name: value for name, value in record.items() if name != "seq"}
        event = {"event": "thanked", "epoch": self.kiosk.outbox.epoch, "seq": record["seq"], "content": content}
        self.log(event)
        identity = Identity(self.name, self.kiosk.outbox.epoch, record["seq"])
        self.said.thanked[identity] = content_hash(content)

    def skip(self, ms: int) -> None:
        self.skipped_ms += ms
        self.kiosk.tick()

    def visit(self, face: int, words: str = "") -> None:
        """Answer as a visitor does, and see the thanks."""
        self.log({"event": "pressed"})
        session = self.kiosk.session
        written = (f"key.{letter}" for letter in words)
        for target in (f"language.{self.language}", f"option.{face}", *written, "action.next"):
            self.skip(500)
            session.touched(target if words or target != "action.next" else "action.skip")
            session.lifted()
        assert session.page.kind == "thanks", session.page
        self.said.pressed[self.name] += 1
        self.skip(6_000)


def main(settings: Path, log: Path, drain: bool) -> int:
    """Answer for ever, or deliver what there is; return the exit code."""
    visitors = Visitors(load(settings))
    kiosk = visitors.kiosk
    with log.open("a", buffering=1, encoding="utf-8") as file:
        visitors.log = lambda event: print(json.dumps(event), file=file)
        kiosk.start()
        deadline_s = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline_s:
            kiosk.tick()
            if drain and kiosk.conversation.is_drained:
                kiosk.stop()
                return 0
            if not drain and kiosk.session.page.kind == "attract":
                visitors.visit(1 + kiosk.outbox.next_seq % 5, "hej" * (kiosk.outbox.next_seq % 2))
            time.sleep(0.01)
    return 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]), drain=sys.argv[3:] == ["drain"]))
