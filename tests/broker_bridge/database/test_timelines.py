"""What is kept in mind of dated ranges is what the rule in SQL says of any moment."""

from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broker_bridge.database.attachment import ATTACHED_TO, CHAIN, PLACED
from broker_bridge.database.connect import Connection
from broker_bridge.database.rows import insert
from broker_bridge.database.timelines import timeline
from tests.broker_bridge.conftest import BOX

NUMBERS = count(1)
HOURS = st.integers(0, 12)
RANGES = st.lists(st.tuples(HOURS, st.one_of(st.none(), HOURS), st.sampled_from(["one", "two"])), max_size=4)

BY_THE_RULE = f"""
SELECT {ATTACHED_TO} FROM (SELECT CAST(:device_id AS TEXT) AS device_id, CAST(:at_ms AS BIGINT) AS at_ms) AS responses
LEFT JOIN placements ON {PLACED} {CHAIN}
"""


def apart(ranges):
    """Return as many of the ranges as do not overlap."""
    kept = []
    for start, end, name in sorted(ranges, key=lambda each: each[0]):
        if (end is None or end > start) and (not kept or (kept[-1][1] is not None and kept[-1][1] <= start)):
            kept.append((start, end, name))
    return kept


def write(connection: Connection, table: str, owner: dict[str, str], ranges: list, *columns: str) -> None:
    """Insert ranges of an owner; what they lead to stands in the columns."""
    for start, end, name in apart(ranges):
        valid = {"id": next(NUMBERS), "valid_from_ms": start, "valid_to_ms": end}
        insert(connection, table, owner | dict.fromkeys(columns, name) | valid)


@given(placed=RANGES, of_one=RANGES, of_two=RANGES, point_links=RANGES, unit_links=RANGES)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_a_timeline_is_the_rule_at_every_moment(connection, *, placed, of_one, of_two, point_links, unit_links) -> None:
    connection.begin()
    for table in ("placements", "service_class_links", "service_point_units", "service_points", "units"):
        connection.execute(f"DELETE FROM {table}")
    for code in ("one", "two"):
        insert(connection, "units", {"code": code, "names": "{}", "time_zone": "Europe/Helsinki"})
        insert(connection, "service_points", {"code": code, "names": "{}"})
        row = {"names": "{}", "level": "exact", "source": "test", "scheme": code, "code": code}
        insert(connection, "service_classes", row)
    write(connection, "placements", {"device_id": BOX}, placed, "service_point")
    write(connection, "service_point_units", {"service_point": "one"}, of_one, "unit")
    write(connection, "service_point_units", {"service_point": "two"}, of_two, "unit")
    write(connection, "service_class_links", {"service_point": "one"}, point_links, "scheme", "code")
    write(connection, "service_class_links", {"unit": "two"}, unit_links, "scheme", "code")

    kept = timeline(connection, BOX)
    by_rule = [
        tuple(connection.execute(BY_THE_RULE, {"device_id": BOX, "at_ms": at}).fetchone()) for at in range(-1, 14)
    ]
    connection.execute("ROLLBACK")

    assert [tuple(kept.at(at))[:4] for at in range(-1, 14)] == by_rule
