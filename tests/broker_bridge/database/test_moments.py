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


def bounds(connection: Connection, seq: int) -> tuple[Any, ...]:
    row = connection.execute("SELECT earliest_ms, at_ms, latest_ms FROM responses WHERE seq = :seq", {"seq": seq})
    return tuple(row.fetchone())


NEIGHBOURS = (
    press(1, at=NOW_S - 3 * DAY_S),
    press(2, at=None, boot=2),
    press(3, at=NOW_S - 2 * DAY_S, boot=3),
)


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 2, 1), (2, 1, 3), (2, 3, 1)])
def test_an_undated_press_lies_between_its_neighbours_in_whatever_order_they_come(
    connection: Connection, send: Send, order: tuple[int, ...]
) -> None:
    for seq in order:
        send("up/responses", responses=[NEIGHBOURS[seq - 1]])

    latest_ms = (NOW_S - 2 * DAY_S) * 1000
    assert bounds(connection, 2) == ((NOW_S - 3 * DAY_S) * 1000, latest_ms, latest_ms)


def test_an_undated_press_goes_to_the_class_of_the_time_before_its_next_neighbour(
    connection: Connection, send: Send
) -> None:
    send("up/responses", responses=[press(1, at=None, boot=2)])
    before = connection.execute("SELECT service_class FROM responses WHERE seq = 1").fetchone()["service_class"]

    send("up/responses", responses=[press(2, at=JUNE_MS // 1000 - 1, boot=3)])

    after = connection.execute("SELECT service_class FROM responses WHERE seq = 1").fetchone()["service_class"]
    assert (before, after) == ("2545", "2540")


def test_a_clock_that_dates_a_neighbour_later_narrows_the_bounds(connection: Connection, send: Send) -> None:
    send("up/responses", boot=3, responses=[press(1, at=None, boot=2), press(2, at=None, boot=3, uptime_s=40)])

    send("up/hello", boot=3, next_seq=3, uptime_s=100 + DAY_S, clock_at=NOW_S)

    assert bounds(connection, 1) == (None, *[(NOW_S - 60 - DAY_S) * 1000] * 2)


def test_a_neighbour_whose_clock_is_ahead_does_not_turn_the_bounds_around(connection: Connection, send: Send) -> None:
    send("up/responses", responses=[press(1, at=NOW_S + 200), press(2, at=None, boot=2)])

    assert bounds(connection, 2) == (NOW_MS, NOW_MS, NOW_MS)


def test_a_press_that_an_anchor_puts_into_the_future_is_bounded(connection: Connection, send: Send) -> None:
    send("up/responses", clock_at=NOW_S, responses=[press(1, at=None, uptime_s=1_099_511_627_775)])

    assert times(connection) == [(NOW_MS, "bounded")]


def test_a_later_clock_puts_no_press_into_the_future(connection: Connection, send: Send) -> None:
    send("up/responses", responses=[press(1, at=None, uptime_s=1_099_511_627_775)])
    send("up/hello", next_seq=2, clock_at=NOW_S)

    assert times(connection) == [(NOW_MS, "bounded")]


def test_a_boot_that_began_before_there_were_devices_is_no_anchor(connection: Connection, send: Send) -> None:
    send("up/responses", uptime_s=1_099_511_627_775, clock_at=NOW_S, responses=[press(1, at=None, uptime_s=40)])

    assert times(connection) == [(NOW_MS, "bounded")]
