"""When a service point is open, in its own time: by weekday, with exceptions by day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

Span = tuple[int, int]  # minutes of the local day, from and up to; 24 * 60 is midnight at its end


@dataclass(frozen=True)
class Hours:
    """Spans by weekday, Monday first, and by day where a day is an exception; a day without spans is closed."""

    time_zone: str
    week: Sequence[Sequence[Span]]
    exceptions: Mapping[date, Sequence[Span]] = field(default_factory=dict)

    def is_open(self, from_ms: int, to_ms: int, margin_ms: int) -> bool:
        """Tell whether the point was open, or within the margin of it, at any moment from one to the other."""
        first = self.local_day(from_ms - margin_ms)
        last = self.local_day(to_ms + margin_ms)
        days = [first + timedelta(days=ahead) for ahead in range((last - first).days + 1)]
        spans = [self.moments(day, span) for day in days for span in self.spans(day)]
        return any(opens - margin_ms <= to_ms and from_ms < closes + margin_ms for opens, closes in spans)

    def spans(self, day: date) -> Sequence[Span]:
        """Return the spans of a day."""
        return self.exceptions.get(day, self.week[day.weekday()])

    def moments(self, day: date, span: Span) -> tuple[int, int]:
        """Return a span as moments in UTC; the wall clock decides, also on days of 23 and 25 hours."""
        midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(self.time_zone))
        ends = [(midnight + timedelta(minutes=minutes)).timestamp() * 1000 for minutes in span]
        return int(ends[0]), int(ends[1])

    def local_day(self, at_ms: int) -> date:
        """Return the day of a moment."""
        return datetime.fromtimestamp(at_ms / 1000, ZoneInfo(self.time_zone)).date()
