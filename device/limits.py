"""What `down/settings` may say about gestures and hours: checked, and with a default for each."""

from collections import namedtuple

from device.protocol.kinds import Fields, Integer, Listed, Refused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_MIN = 1440

Limits = namedtuple("Limits", ("repeat_ms", "undo_ms", "hold_ms", "cleaning_s"))
"""`repeat_ms`: a press within it is labelled a repeat. `undo_ms`: a second press of the same button within it takes the
first back. `hold_ms`: how long the outer buttons are held for cleaning, which lasts `cleaning_s`. 0 turns each off."""

Schedule = namedtuple("Schedule", ("open", "batch_s", "earlier_at", "utc_offset_s"))
"""`open`: for each weekday from Monday the local minutes from which to which the point is open, or None.
A box that sleeps sends every `batch_s` while it is open, earlier when `earlier_at` responses wait, and at closing."""

LIMITS = Fields(
    {},
    {
        "repeat_ms": Integer(0, 600000),
        "undo_ms": Integer(0, 60000),
        "hold_ms": Integer(0, 60000),
        "cleaning_s": Integer(1, 3600),
    },
)
MINUTES = Listed(Integer(0, DAY_MIN), 2)
SCHEDULE = Fields(
    {},
    {
        "open": Fields({}, dict.fromkeys(WEEKDAYS, MINUTES)),
        "batch_s": Integer(60, 86400),
        "earlier_at": Integer(1, 10000),
        "utc_offset_s": Integer(-50400, 50400),
    },
)

LIMITS_UNLESS_GIVEN = {"repeat_ms": 0, "undo_ms": 0, "hold_ms": 5000, "cleaning_s": 120}
SCHEDULE_UNLESS_GIVEN = {"open": ((0, DAY_MIN),) * 7, "batch_s": 3600, "earlier_at": 100, "utc_offset_s": 0}


def read_limits(given: "dict[str, Any]") -> Limits:
    """Return the limits of a `down/settings`; Refused names the one that is out of its bounds."""
    return Limits(**(LIMITS_UNLESS_GIVEN | LIMITS.check(given, "limits")))


def read_schedule(given: "dict[str, Any]") -> Schedule:
    """Return the schedule of a `down/settings`; a weekday that is not among the open ones is closed."""
    checked = SCHEDULE.check(given, "schedule")
    if "open" in checked:
        checked["open"] = tuple([hours(checked["open"].get(day), day) for day in WEEKDAYS])
    return Schedule(**(SCHEDULE_UNLESS_GIVEN | checked))


def hours(given: "list[int] | None", day: str) -> "tuple[int, int] | None":
    """Return from when to when a day is open, or None."""
    if given is None:
        return None
    if len(given) != 2 or given[0] >= given[1]:
        raise Refused(f"schedule.open.{day} must be two minutes of the day, the earlier first")
    return given[0], given[1]


DEFAULT_LIMITS = read_limits({})
DEFAULT_SCHEDULE = read_schedule({})
