"""When a press was made: by the device's clock, by an anchor of its boot, or between bounds; and never in 1970."""

from typing import Any

import pytest

from broker_bridge.database.connect import Connection
from tests.broker_bridge.conftest import JUNE_MS, NOW_MS, Send, press

NOW_S = NOW_MS // 1000
DAY_S = 86_400


def times(connection: Connection) -> list[tuple[Any, ...]]:
    rows = connection.execute("SELECT at_ms, time_quality FROM responses ORDER BY seq")
    return [(row["at_ms"], row["time_quality"]) for row in rows]


def test_the_devices_own_clock_is_taken(connection: Connection, send: Send) -> None:
    send("up/responses", responses=[press(1, at=NOW_S - 60)])

    assert times(connection) == [((NOW_S - 60) * 1000, "clock")]


@pytest.mark.parametrize("implausible", [-1, 0, 946_684_800, NOW_S + 301, NOW_S + 40 * 365 * DAY_S])
def test_an_implausible_clock_is_no_clock_but_kept_as_given(
    connection: Connection, send: Send, implausible: int
) -> None:
    send("up/responses", responses=[press(1, at=implausible)])

    assert times(connection) == [(NOW_MS, "bounded")]
    assert connection.execute("SELECT device_at FROM responses").fetchone()["device_at"] == implausible


def test_a_batch_that_knows_the_time_dates_the_presses_of_its_boot(connection: Connection, send: Send) -> None:
    send("up/responses", uptime_s=100, clock_at=NOW_S, responses=[press(1, at=None, uptime_s=40)])

    assert times(connection) == [((NOW_S - 60) * 1000, "reconstructed")]


def test_the_longer_ago_a_clock_was_read_the_less_certain_is_what_it_dates(connection: Connection, send: Send) -> None:
    ten_hours_s = 36_000
    send("up/hello", next_seq=1, uptime_s=100, clock_at=NOW_S - ten_hours_s)
    send("up/responses", uptime_s=100 + ten_hours_s, responses=[press(1, at=None, uptime_s=40 + ten_hours_s)])

    row = connection.execute("SELECT at_ms, earliest_ms, latest_ms FROM responses").fetchone()
    stray_ms = 1000 + (ten_hours_s - 60) * 10
    assert tuple(row) == (at_ms := (NOW_S - 60) * 1000, at_ms - stray_ms, at_ms + stray_ms)


def test_a_clock_that_comes_later_dates_the_presses_before_it(connection: Connection, send: Send) -> None:
    send("up/responses", responses=[press(1, at=None, uptime_s=40)])
    send("up/hello", next_seq=2, uptime_s=100, clock_at=NOW_S)

    assert times(connection) == [((NOW_S - 60) * 1000, "reconstructed")]


def test_a_clock_dates_no_other_boot_and_no_other_journal(connection: Connection, send: Send) -> None:
    send("up/responses", boot=3, responses=[press(1, at=None, boot=2)])
    send("up/hello", boot=3, next_seq=2, clock_at=NOW_S)
    send("up/hello", epoch="another", boot=2, next_seq=2, clock_at=NOW_S)

    assert times(connection) == [(NOW_MS, "bounded")]


def test_an_undated_press_lies_between_the_last_dated_one_and_its_receipt(connection: Connection, send: Send) -> None:
    send("up/responses", responses=[press(1, at=NOW_S - DAY_S), press(2, at=None, boot=2)])

    bounded = connection.execute("SELECT earliest_ms, latest_ms FROM responses WHERE seq = 2").fetchone()
    assert (bounded["earliest_ms"], bounded["latest_ms"]) == ((NOW_S - DAY_S) * 1000, NOW_MS)


def test_the_order_of_two_anchors_does_not_matter(connection: Connection, send: Send) -> None:
    early = {"next_seq": 1, "uptime_s": 100, "clock_at": NOW_S - 50}
    late = {"next_seq": 1, "uptime_s": 160, "clock_at": NOW_S}

    send("up/hello", epoch="forward", **early)
    send("up/hello", epoch="forward", **late)
    send("up/hello", epoch="backward", **late)
    send("up/hello", epoch="backward", **early)

    anchors = connection.execute("SELECT DISTINCT boot, uptime_s, booted_ms FROM anchors").fetchall()
    assert [tuple(anchor) for anchor in anchors] == [(1, 100, (NOW_S - 150) * 1000)]


def test_an_implausible_clock_is_no_anchor(connection: Connection, send: Send) -> None:
    send("up/hello", next_seq=1, clock_at=946_684_800)

    assert connection.execute("SELECT * FROM anchors").fetchall() == []


def test_a_reconstructed_time_moves_the_press_to_the_class_of_that_time(connection: Connection, send: Send) -> None:
    months_s = NOW_S - JUNE_MS // 1000 + 1
    send("up/responses", responses=[press(1, at=None, uptime_s=40)])
    before = connection.execute("SELECT service_class FROM responses").fetchone()["service_class"]

    send("up/hello", next_seq=2, uptime_s=40 + months_s, clock_at=NOW_S)

    after = connection.execute("SELECT service_class FROM responses").fetchone()["service_class"]
    assert (before, after) == ("2545", "2540")


def test_a_clock_never_overrules_the_devices_own_time(connection: Connection, send: Send) -> None:
    send("up/responses", responses=[press(1, at=NOW_S - 5000, uptime_s=40)])
    send("up/hello", next_seq=2, uptime_s=100, clock_at=NOW_S)

    assert times(connection) == [((NOW_S - 5000) * 1000, "clock")]


def bounds(connection: Connection) -> list[tuple[Any, ...]]:
    rows = connection.execute("SELECT at_ms, earliest_ms, latest_ms FROM responses ORDER BY seq")
    return [tuple(row) for row in rows]


def test_an_undated_press_was_made_before_a_dated_one_that_comes_later(connection: Connection, send: Send) -> None:
    send("up/responses", responses=[press(2, at=None, boot=2)])
    send("up/responses", responses=[press(3, at=NOW_S - 500), press(1, at=NOW_S - 900)])

    assert bounds(connection)[1] == ((NOW_S - 500) * 1000 + 999, (NOW_S - 900) * 1000, (NOW_S - 500) * 1000 + 999)


def test_an_undated_press_was_made_before_the_receipt_of_a_later_one(connection: Connection, send: Send) -> None:
    send("up/responses", received_ms=NOW_MS - 5000, responses=[press(2, at=None, boot=2)])
    send("up/responses", received_ms=NOW_MS, responses=[press(1, at=None, boot=2)])

    assert bounds(connection) == [(NOW_MS - 5000, None, NOW_MS - 5000)] * 2


def test_where_two_clocks_disagree_the_earliest_is_not_after_the_latest(connection: Connection, send: Send) -> None:
    early_s, late_s = NOW_S - 900, NOW_S - 100

    send("up/responses", responses=[press(1, at=late_s), press(2, at=None, boot=2), press(3, at=early_s)])

    assert bounds(connection)[1] == (early_s * 1000 + 999,) * 3


@pytest.mark.parametrize("uptime_s", [10**12, 3 * 365 * DAY_S])
def test_a_clock_in_a_boot_that_began_before_there_were_devices_is_no_anchor(
    connection: Connection, send: Send, uptime_s: int
) -> None:
    send("up/responses", uptime_s=uptime_s, clock_at=NOW_S, responses=[press(1, at=None, uptime_s=40)])

    assert times(connection) == [(NOW_MS, "bounded")]


def test_an_uptime_that_leads_into_the_future_is_not_believed(connection: Connection, send: Send) -> None:
    send("up/responses", uptime_s=100, clock_at=NOW_S, responses=[press(1, at=None, uptime_s=10**12)])

    assert times(connection) == [(NOW_MS, "bounded")]
