"""Opening hours of a schedule, in Unix seconds."""

from device.limits import DAY_MIN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from device.limits import Schedule

DAY_S = DAY_MIN * 60
EPOCH_WEEKDAY = 3  # 1970-01-01 was a Thursday


def is_open(schedule: "Schedule", at: int) -> bool:
    """Tell whether the point is open."""
    hours = _hours(schedule, at)
    return hours is not None and hours[0] * 60 <= _second(schedule, at) < hours[1] * 60


def opens_at(schedule: "Schedule", at: int) -> "int | None":
    """Return the moment from which it is open, `at` itself while it is; None when it never opens."""
    if is_open(schedule, at):
        return at
    midnight = at - _second(schedule, at)
    for day in range(8):
        hours = _hours(schedule, midnight + day * DAY_S)
        if hours and midnight + day * DAY_S + hours[0] * 60 >= at:
            return midnight + day * DAY_S + hours[0] * 60
    return None


def closes_at(schedule: "Schedule", at: int) -> "int | None":
    """Return the moment at which an open point closes; None when it never does."""
    midnight = at - _second(schedule, at)
    for day in range(8):
        hours = _hours(schedule, midnight + day * DAY_S)
        if hours is None or (day and hours[0]):
            return midnight + day * DAY_S
        if hours[1] < DAY_MIN:
            return midnight + day * DAY_S + hours[1] * 60
    return None


def _hours(schedule: "Schedule", at: int) -> "tuple[int, int] | None":
    hours: tuple[int, int] | None = schedule.open[_weekday(schedule, at)]
    return hours


def _second(schedule: "Schedule", at: int) -> int:
    second: int = (at + schedule.utc_offset_s) % DAY_S
    return second


def _weekday(schedule: "Schedule", at: int) -> int:
    weekday: int = ((at + schedule.utc_offset_s) // DAY_S + EPOCH_WEEKDAY) % 7
    return weekday
