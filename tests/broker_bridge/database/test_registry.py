"""The rules of the registry: once and the same, dated, never overlapping, and responses follow every correction."""

import pytest

from broker_bridge.database import registry
from broker_bridge.database.connect import connect
from broker_bridge.database.invalid import Conflict, Invalid, Unknown
from broker_bridge.database.ranges import Range
from tests.broker_bridge.conftest import BOX, JUNE_MS, press

NAMES = {"fi": "Sallan neuvola", "sv": "Salla rådgivning"}


def attached(connection):
    return [tuple(row) for row in connection.execute("SELECT service_point, unit, service_class FROM responses")]


def test_the_same_again_changes_nothing(connection):
    assert registry.add_unit(connection, "salla", NAMES, "Europe/Helsinki").new
    assert registry.add_service_point(connection, "salla-aula", "salla", NAMES).new
    assert registry.add_device(connection, "box-0002", "button-4", "reception@3", ["fi"]).new

    assert not registry.add_unit(connection, "salla", NAMES, "Europe/Helsinki").new
    assert not registry.add_service_point(connection, "salla-aula", "salla", NAMES).new
    assert not registry.add_device(connection, "box-0002", "button-4", "reception@3", ["fi"]).new


def registered(connection):
    tables = ("units", "service_points", "service_point_units", "devices", "placements", "service_class_links")
    return [[tuple(row) for row in connection.execute(f"SELECT * FROM {table}")] for table in tables]


@pytest.mark.parametrize(
    "add",
    [
        lambda connection: registry.add_unit(connection, "keskus", {"fi": "Toinen"}),
        lambda connection: registry.add_unit(connection, "keskus", {"fi": "Keskus"}, "Europe/Stockholm"),
        lambda connection: registry.add_service_point(connection, "aula", "keskus", {"fi": "Toinen"}),
        lambda connection: registry.add_device(connection, BOX, "button-4"),
        lambda connection: registry.add_device(connection, BOX, "kiosk-1"),
    ],
)
def test_something_else_under_the_same_key_is_a_conflict(connection, add):
    before = registered(connection)

    with pytest.raises(Conflict):
        add(connection)

    assert registered(connection) == before


def test_a_point_of_another_unit_is_a_conflict(connection):
    registry.add_unit(connection, "salla", NAMES)

    with pytest.raises(Conflict, match="keskus"):
        registry.add_service_point(connection, "aula", "salla", {"fi": "Aula"})


@pytest.mark.parametrize(
    ("where", "add"),
    [
        ("time_zone", lambda c: registry.add_unit(c, "u", NAMES, "Europe/Kokkola")),
        ("time_zone", lambda c: registry.add_unit(c, "u", NAMES, "Europe")),
        ("time_zone", lambda c: registry.add_unit(c, "u", NAMES, "")),
        ("code", lambda c: registry.add_unit(c, "", NAMES)),
        ("code", lambda c: registry.add_unit(c, " u", NAMES)),
        ("code", lambda c: registry.add_unit(c, "u\n", NAMES)),
        ("code", lambda c: registry.add_unit(c, "kokkola/own", NAMES)),
        ("name", lambda c: registry.add_unit(c, "u", {})),
        ("name.fi", lambda c: registry.add_unit(c, "u", {"fi": "  "})),
        ("name", lambda c: registry.add_unit(c, "u", {"FI": "Nimi"})),
        ("device_id", lambda c: registry.add_device(c, "box", "button-5")),
        ("device_id", lambda c: registry.add_device(c, "Box-0001", "button-5")),
        ("device_id", lambda c: registry.add_device(c, "box-0001\n", "button-5")),
        ("model", lambda c: registry.add_device(c, "box-0003", "")),
        ("languages", lambda c: registry.add_device(c, "box-0003", "button-5", "reception@3", ["se"])),
        ("languages", lambda c: registry.add_device(c, "box-0003", "button-5", None, ["suomi!"])),
        ("unit", lambda c: registry.add_service_class_link(c, "aura", "2540", Range())),
        (
            "unit",
            lambda c: registry.add_service_class_link(c, "aura", "2540", Range(), unit="keskus", service_point="aula"),
        ),
    ],
)
def test_what_breaks_a_rule_is_named(connection, where, add):
    with pytest.raises(Invalid) as invalid:
        add(connection)

    assert (type(invalid.value), invalid.value.where) == (Invalid, where)
    assert not connection.in_transaction


@pytest.mark.parametrize(
    ("where", "add"),
    [
        ("unit", lambda c: registry.add_service_point(c, "p", "nowhere", NAMES)),
        ("survey", lambda c: registry.add_device(c, "box-0003", "button-5", "reception@9")),
        ("device_id", lambda c: registry.add_placement(c, "box-9999", "aula", Range())),
        ("service_point", lambda c: registry.add_placement(c, BOX, "nowhere", Range(1))),
        ("unit", lambda c: registry.add_service_class_link(c, "aura", "2540", Range(), unit="nowhere")),
        ("code", lambda c: registry.add_service_class_link(c, "aura", "9999", Range(), unit="keskus")),
        ("device_id", lambda c: registry.revoke_device(c, "box-9999")),
        ("id", lambda c: registry.end(c, "placements", 99, None)),
    ],
)
def test_what_is_not_stored_is_named_with_what_is(connection, where, add):
    with pytest.raises(Unknown) as unknown:
        add(connection)

    assert unknown.value.where == where
    assert not connection.in_transaction


@pytest.mark.parametrize(("model", "channel"), [("button-5", "button"), ("kiosk-10", "kiosk"), ("other", "button")])
def test_the_model_tells_the_channel(connection, model, channel):
    registry.add_device(connection, "box-0002", model)

    row = connection.execute("SELECT channel, status FROM devices WHERE device_id = 'box-0002'").fetchone()
    assert tuple(row) == (channel, "registered")


def test_a_revoked_device_posted_again_stays_revoked(connection):
    registry.add_device(connection, "box-0002", "button-5")
    registry.revoke_device(connection, "box-0002")

    assert not registry.add_device(connection, "box-0002", "button-5").new
    assert connection.execute("SELECT status FROM devices WHERE device_id = 'box-0002'").fetchone()[0] == "revoked"


def test_a_device_is_told_another_survey(connection):
    registry.set_survey(connection, BOX, "reception@3", ["sv"])

    row = connection.execute("SELECT survey, languages FROM devices WHERE device_id = :box", {"box": BOX}).fetchone()
    assert tuple(row) == ("reception@3", '["sv"]')


def test_a_late_placement_moves_the_responses_of_its_time_only(connection, send):
    connection.execute("DELETE FROM placements")
    for seq, at in enumerate((JUNE_MS // 1000 - 1, JUNE_MS // 1000), start=1):
        send("up/responses", responses=[press(seq, at=at)])
    assert attached(connection) == [(None, None, None)] * 2

    registry.add_placement(connection, BOX, "aula", Range(JUNE_MS))

    assert attached(connection) == [(None, None, None), ("aula", "keskus", "2545")]


def test_an_ended_placement_lets_its_responses_go(connection, send):
    send("up/responses", responses=[press(1, at=JUNE_MS // 1000)])

    registry.end(connection, "placements", 1, JUNE_MS)
    assert attached(connection) == [(None, None, None)]

    registry.end(connection, "placements", 1, None)
    assert attached(connection) == [("aula", "keskus", "2545")]


def test_a_reclassification_of_the_past_moves_responses(connection, send):
    send("up/responses", responses=[press(1, at=JUNE_MS // 1000 - 1)])
    assert attached(connection) == [("aula", "keskus", "2540")]

    registry.end(connection, "service_class_links", 1, JUNE_MS - 1000)
    registry.add_service_class_link(connection, "aura", "2545", Range(JUNE_MS - 1000, JUNE_MS), service_point="aula")

    assert attached(connection) == [("aula", "keskus", "2545")]


def test_an_end_must_not_reach_into_the_next_range(connection):
    with pytest.raises(Conflict, match="2026-05-31"):
        registry.end(connection, "service_class_links", 1, None)

    row = connection.execute("SELECT valid_to_ms FROM service_class_links WHERE id = 1").fetchone()
    assert row[0] == JUNE_MS


def test_a_range_that_begins_where_another_ends_is_no_overlap(connection):
    registry.end(connection, "placements", 1, JUNE_MS)

    assert registry.add_placement(connection, BOX, "aula", Range(JUNE_MS)).new


def test_one_owner_has_one_class_at_a_time_whatever_the_scheme(connection):
    connection.execute("INSERT INTO service_classes VALUES ('own', '1', '{}', 'exact', NULL, NULL, NULL, 'test')")

    with pytest.raises(Conflict):
        registry.add_service_class_link(connection, "own", "1", Range(JUNE_MS), service_point="aula")


def test_a_points_link_and_its_units_link_may_overlap(connection):
    assert registry.add_service_class_link(connection, "aura", "2540", Range(), unit="keskus").new


def test_the_same_link_again_has_the_same_id(connection):
    first = registry.add_service_class_link(connection, "aura", "2540", Range(), unit="keskus")
    again = registry.add_service_class_link(connection, "aura", "2540", Range(), unit="keskus")

    assert (first.id, again.id, again.new) == (first.id, first.id, False)


def test_a_refused_write_leaves_no_trace(connection, database):
    with pytest.raises(Unknown):
        registry.add_service_point(connection, "aula", "nowhere", NAMES)

    again = connect(database)
    assert again.execute("SELECT count(*) FROM service_points").fetchone()[0] == 1
    again.close()
