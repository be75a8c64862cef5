"""Whatever is corrected of the past, responses, rollups and audit say the same as when one looks at each response."""

import random
from threading import Thread

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from broker_bridge.database import registry, service_points, unit_files
from broker_bridge.database.attachment import ATTACH
from broker_bridge.database.connect import Violated, connect
from broker_bridge.database.corrections import Because, audited
from broker_bridge.database.invalid import Conflict, Unknown
from broker_bridge.database.ranges import Range
from broker_bridge.database.rollup_accounts import rebuild
from broker_bridge.database.rows import insert
from tests.broker_bridge.conftest import BOX, JUNE_MS
from tests.broker_bridge.database.rollup_model import expected, kept
from tests.broker_bridge.database.stored_responses import put, put_many

DAY_MS = 86_400_000
BECAUSE = Because("Aino", "the list was wrong")
DAYS = some.integers(-180, 180)
POINTS = ("aula", "kerros")
UNITS = ("keskus", "ranta")
CLASSES = ("2540", "2545")


@pytest.fixture
def county(connection):
    """Give a county with another unit and point, and no dated row but the point's unit."""
    registry.add_unit(connection, "ranta", {"fi": "Ranta"}, "Europe/Stockholm")
    registry.add_service_point(connection, "kerros", "ranta", {"fi": "Kerros"})
    return connection


def holding(connection, table, column, value, at_ms):
    """Return the row of a dated table that holds at a moment, by looking at all of them."""
    rows = connection.execute(f"SELECT * FROM {table}").fetchall()
    for row in rows:
        ends_ms = row["valid_to_ms"] or at_ms + 1
        if row[column] == value and row["valid_from_ms"] <= at_ms < ends_ms:
            return row
    return None


def attachment(connection, at_ms):
    """Return what a response of the box belongs to, one step after the other."""
    placement = holding(connection, "placements", "device_id", BOX, at_ms)
    point = placement["service_point"] if placement else None
    at_unit = holding(connection, "service_point_units", "service_point", point, at_ms) if point else None
    unit = at_unit["unit"] if at_unit else None
    link = point and holding(connection, "service_class_links", "service_point", point, at_ms)
    link = link or (unit and holding(connection, "service_class_links", "unit", unit, at_ms))
    return (point, unit, link["scheme"], link["code"]) if link else (point, unit, None, None)


def attachments(connection):
    rows = connection.execute(
        "SELECT id, service_point, unit, scheme, service_class, at_ms FROM responses ORDER BY id"
    ).fetchall()
    return {row["id"]: tuple(row)[1:5] for row in rows}, {row["id"]: row["at_ms"] for row in rows}


# One correction: what to do, with which day, point, unit and class. Many are refused, and that must change nothing.
CORRECTIONS = some.tuples(
    some.sampled_from(["place", "end placement", "link point", "link unit", "end link", "move point", "time zone"]),
    DAYS,
    some.one_of(some.none(), some.integers(1, 200)),
    some.integers(0, 1),
    some.integers(0, 1),
    some.integers(1, 6),
)


def correct(connection, correction):
    what, day, length, one, other, row_id = correction
    from_ms = JUNE_MS + day * DAY_MS
    to_ms = None if length is None else from_ms + length * DAY_MS
    valid = Range(from_ms, to_ms)
    if what == "place":
        registry.add_placement(connection, BOX, POINTS[one], valid, BECAUSE)
    elif what == "end placement":
        registry.end(connection, "placements", row_id % 2 + 1, to_ms, BECAUSE)
    elif what == "link point":
        registry.add_service_class_link(
            connection, "aura", CLASSES[one], valid, service_point=POINTS[other], because=BECAUSE
        )
    elif what == "link unit":
        registry.add_service_class_link(connection, "aura", CLASSES[one], valid, unit=UNITS[other], because=BECAUSE)
    elif what == "end link":
        registry.end(connection, "service_class_links", row_id, to_ms, BECAUSE)
    elif what == "move point":
        service_points.move(connection, POINTS[one], UNITS[other], from_ms, BECAUSE)
    else:
        zone = ("Europe/Helsinki", "America/New_York")[one]
        unit_files.import_units(connection, f"code,name_fi,time_zone\nkeskus,Keskus,{zone}\n".encode())


EMPTIED = (
    "answers responses rollup_days rollup_months rollup_hours audit placements service_class_links service_point_units"
).split()


def begin_anew(connection):
    """Bring the county back to its beginning, and let people answer there."""
    for table in EMPTIED:
        connection.execute(f"DELETE FROM {table}")
    connection.execute("UPDATE units SET time_zone = 'Europe/Helsinki' WHERE code = 'keskus'")
    since_ever = {"valid_from_ms": 0}
    for number, (point, unit) in enumerate(zip(POINTS, UNITS, strict=True), start=1):
        insert(connection, "service_point_units", {"id": number, "service_point": point, "unit": unit} | since_ever)
    insert(connection, "placements", {"id": 1, "device_id": BOX, "service_point": "aula"} | since_ever)
    link = {"id": 1, "service_point": "aula", "scheme": "aura", "code": "2540"} | since_ever
    insert(connection, "service_class_links", link | {"valid_to_ms": JUNE_MS})
    insert(connection, "service_class_links", link | {"id": 2, "code": "2545", "valid_from_ms": JUNE_MS})
    put_many(connection, 40, random.Random(7))
    rebuild(connection)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(some.lists(CORRECTIONS, min_size=1, max_size=6))
def test_after_any_corrections_all_is_as_if_it_had_always_been_so(county, corrections):
    begin_anew(county)
    for correction in corrections:
        before, _ = attachments(county)
        changes = len(audited(county, 100))
        try:
            correct(county, correction)
        except (Conflict, Unknown):
            assert attachments(county)[0] == before
            continue
        after, moments = attachments(county)
        moved = sum(before[each] != after[each] for each in before)

        assert after == {each: attachment(county, at_ms) for each, at_ms in moments.items()}
        newest = audited(county, 100)[: len(audited(county, 100)) - changes]
        assert [row["responses"] for row in newest if row["what"] != "time_zone"] in ([], [moved])
        assert moved == 0 or newest
    assert kept(county) == expected(county)


def test_the_model_catches_a_correction_that_forgets_the_rollups(county):
    begin_anew(county)
    county.execute("UPDATE service_class_links SET code = '2545' WHERE id = 1")
    county.execute(f"{ATTACH} AND device_id = '{BOX}'")

    assert kept(county) != expected(county)


def test_the_audit_says_who_when_why_and_how_many(county):
    begin_anew(county)
    first = sum(at_ms >= JUNE_MS for at_ms in attachments(county)[1].values())

    registry.end(county, "service_class_links", 2, JUNE_MS + 1, BECAUSE)

    (row,) = audited(county, 10)
    assert (row["who"], row["why"], row["what"]) == ("Aino", "the list was wrong", "service_class_link")
    assert row["detail"] == {
        "id": 2,
        "service_point": "aula",
        "valid_to": "2026-05-31T21:00:00.001000Z",
        "valid_to_before": "open end",
    }
    assert row["responses"] == first > 5
    assert row["at_ms"] > JUNE_MS / 2


def test_a_correction_that_fails_leaves_no_audit(county):
    begin_anew(county)

    with pytest.raises(Conflict):
        registry.add_placement(county, BOX, "kerros", Range(), BECAUSE)

    assert audited(county, 10) == []


def test_older_corrections_are_read_page_by_page(county):
    begin_anew(county)
    for day in range(3):
        service_points.move(county, "aula", UNITS[day % 2], JUNE_MS + day * DAY_MS + 1)
    ids = [row["id"] for row in audited(county, 10)]

    assert [row["id"] for row in audited(county, 1)] == ids[:1]
    assert [row["id"] for row in audited(county, 10, before_id=ids[0])] == ids[1:]


def test_a_moved_point_takes_the_answers_of_later_times_along(county):
    begin_anew(county)

    written = service_points.move(county, "aula", "ranta", JUNE_MS, BECAUSE)

    units = {(at_ms >= JUNE_MS, attachments(county)[0][each][1]) for each, at_ms in attachments(county)[1].items()}
    assert units == {(False, "keskus"), (True, "ranta")}
    assert written.new
    assert not service_points.move(county, "aula", "ranta", JUNE_MS + DAY_MS).new
    assert kept(county) == expected(county)


def test_a_correction_looks_at_no_other_device(county):
    begin_anew(county)
    registry.add_device(county, "box-0002", "button-5")
    put(county, 99, [], device_id="box-0002", service_point="kerros", unit=None, scheme=None, service_class=None)

    registry.end(county, "service_class_links", 2, JUNE_MS + 1, BECAUSE)

    assert attachments(county)[0][99] == ("kerros", None, None, None)


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("placements", {"device_id": BOX, "service_point": "kerros"}),
        ("service_point_units", {"service_point": "aula", "unit": "ranta"}),
        ("service_class_links", {"service_point": "aula", "scheme": "aura", "code": "2540"}),
    ],
)
@pytest.mark.parametrize("valid", [(0, None), (JUNE_MS - 1, JUNE_MS + 1), (0, 1), (JUNE_MS + 5, None)])
def test_the_tables_themselves_refuse_an_overlap(county, table, row, valid):
    begin_anew(county)
    row = row | {"id": 9, "valid_from_ms": valid[0], "valid_to_ms": valid[1]}

    with pytest.raises(Violated, match="overlap"):
        insert(county, table, row)

    assert county.execute(f"SELECT count(*) FROM {table} WHERE id = 9").fetchone()[0] == 0


def test_the_tables_themselves_refuse_an_end_that_reaches_too_far(county):
    begin_anew(county)

    with pytest.raises(Violated, match="overlap"):
        county.execute("UPDATE service_class_links SET valid_to_ms = NULL WHERE id = 1")


def test_the_tables_themselves_refuse_a_range_without_a_moment(county):
    begin_anew(county)

    with pytest.raises(Violated):
        county.execute("UPDATE placements SET valid_to_ms = 0")


def test_two_writers_at_once_do_not_both_pass(county, database):
    begin_anew(county)
    other = connect(database)
    row = {"device_id": BOX, "service_point": "kerros", "valid_from_ms": JUNE_MS}
    registry.end(county, "placements", 1, JUNE_MS)

    county.begin()
    insert(county, "placements", row | {"id": 8})
    overlapping = Thread(target=lambda: outcome.append(attempt(other, row | {"id": 9})))
    outcome = []
    overlapping.start()
    overlapping.join(0.3)
    county.execute("COMMIT")
    overlapping.join(60)

    other.close()
    assert outcome == ["refused"]


def attempt(connection, row):
    try:
        insert(connection, "placements", row)
    except Violated:
        return "refused"
    return "taken"
