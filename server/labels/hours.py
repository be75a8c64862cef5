"""When a service point is open, in its own time: day by day."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from broker_bridge.database.opening_hours import Span


@dataclass(frozen=True)
class Hours:
    """The spans of each day; a day without spans is closed."""

    time_zone: str
    spans: Callable[[date], Sequence[Span]]

    def is_open(self, from_ms: int, to_ms: int, margin_ms: int) -> bool:
        """Tell whether the point was open, or within the margin of it, at any moment from one to the other."""
        first = self.local_day(from_ms - margin_ms)
        last = self.local_day(to_ms + margin_ms)
        days = [first + timedelta(days=ahead) for ahead in range((last - first).days + 1)]
        spans = [self.moments(day, span) for day in days for span in self.spans(day)]
        return any(opens - margin_ms <= to_ms and from_ms < closes + margin_ms for opens, closes in spans)

    def moments(self, day: date, span: Span) -> tuple[int, int]:
        """Return a span as moments in UTC; the wall clock decides, also on days of 23 and 25 hours."""
        midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(self.time_zone))
        ends = [(midnight + timedelta(minutes=minutes)).timestamp() * 1000 for minutes in span]
        return int(ends[0]), int(ends[1])

    def local_day(self, at_ms: int) -> date:
        """Return the day of a moment."""
        return datetime.fromtimestamp(at_ms / 1000, ZoneInfo(self.time_zone)).date()
