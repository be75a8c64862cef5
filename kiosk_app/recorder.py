"""Makes records of what visitors answered or took back, and has the outbox store them."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from kiosk_app.visit import Visit


class Clock(Protocol):
    """Milliseconds since the start of this boot, and Unix seconds while they are certain to a minute."""

    def uptime_ms(self) -> int: ...
    def at(self) -> int | None: ...


class Outbox(Protocol):
    """Where records are kept: `put` returns one once it is durable, or raises OutboxError."""

    @property
    def boot(self) -> int: ...
    def put(self, content: Mapping[str, Any]) -> Mapping[str, Any]: ...
    def trouble(self) -> str:
        """Return one word for why nothing could be stored now, or "" when it could."""
        ...


class Recorder:
    """Each method returns after the outbox has the record, or raises OutboxError; `stored` hears of every one."""

    def __init__(self, outbox: Outbox, clock: Clock) -> None:
        self.stored: Callable[[Mapping[str, Any]], None] = lambda record: None
        self._outbox = outbox
        self._clock = clock
        self._answered_ms: int | None = None

    def answer(self, visit: Visit, repeat_ms: int) -> int:
        """Store what a visitor answered, with a label when it is so soon after another; return its seq."""
        now_ms = self._clock.uptime_ms()
        said = {"survey": visit.survey.version, "language": visit.language, "answers": visit.answers}
        is_repeat = self._answered_ms is not None and now_ms - self._answered_ms < repeat_ms
        seq = self._put(said | ({"flags": ["repeat"]} if is_repeat else {}))
        self._answered_ms = now_ms
        return seq

    def undo(self, seq: int) -> None:
        """Store that a visitor took a response back; who then answers again repeats nothing."""
        self._put({"undoes": seq})
        self._answered_ms = None

    def _put(self, said: dict[str, Any]) -> int:
        moment = {"boot": self._outbox.boot, "uptime_s": self._clock.uptime_ms() // 1000, "at": self._clock.at()}
        record = self._outbox.put(moment | said)
        self.stored(record)
        seq: int = record["seq"]
        return seq
