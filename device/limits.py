"""Gestures and hours as the bridge may set them, and what holds unless it does."""

from collections import namedtuple

Limits = namedtuple("Limits", ("repeat_ms", "undo_ms", "hold_ms", "cleaning_s"))
"""`repeat_ms`: a press within it is labelled a repeat. `undo_ms`: a second press of the same button within it takes the
first back. `hold_ms`: how long the outer buttons are held for cleaning, which lasts `cleaning_s`. 0 turns each off."""

Schedule = namedtuple("Schedule", ("open", "batch_s", "earlier_at", "utc_offset_s"))
"""`open`: for each weekday from Monday the local minutes from which to which the point is open, or None.
A box that sleeps sends every `batch_s` while it is open, earlier when `earlier_at` responses wait, and at closing."""

DAY_MIN = 1440
DEFAULT_LIMITS = Limits(0, 0, 5000, 120)
DEFAULT_SCHEDULE = Schedule(((0, DAY_MIN),) * 7, 3600, 100, 0)
