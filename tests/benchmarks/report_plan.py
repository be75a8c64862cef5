"""The past that reports are measured on."""

from datetime import date

from server.trial.history.county import County, Plan
from server.trial.history.hours import start_s

LAST_DAY = date(2026, 11, 1)


def plan(responses: int) -> Plan:
    """Return the past of a county of 300 units with so many responses."""
    return Plan(responses, LAST_DAY)


FROM, UNTIL = start_s(plan(1).since) * 1000, start_s(LAST_DAY) * 1000
YEAR = start_s(date(2025, 11, 1)) * 1000
MONTH, MONTH_END = start_s(date(2026, 9, 1)) * 1000, start_s(date(2026, 10, 1)) * 1000
# The unit with most answers among those that have a box of five faces: the hardest one to look at.
UNIT = max(
    (device for device in County(plan(1)).devices if device.form == "smiley"), key=lambda device: device.weight
).unit.code
