"""The chain device, service point, unit, service class, each link valid for a time."""

import pytest

from broker_bridge.database.connect import Connection
from broker_bridge.database.corrections import OF_POINT, reattach
from tests.broker_bridge.conftest import JUNE_MS, Send, press, run

JUNE_S = JUNE_MS // 1000


def attached(connection: Connection) -> list[tuple[str | None, ...]]:
    rows = connection.execute("SELECT service_point, unit, scheme, service_class FROM responses ORDER BY seq")
    return [tuple(row) for row in rows]


def test_a_units_link_is_the_default_of_its_points(connection: Connection, send: Send) -> None:
    run(
        connection,
        """DELETE FROM service_class_links;
           INSERT INTO service_class_links VALUES (9, 'keskus', NULL, 'aura', '2545', 0, NULL)""",
    )

    send("up/responses", responses=[press(1)])

    assert attached(connection) == [("aula", "keskus", "aura", "2545")]


def test_a_points_own_link_decides_over_its_units(connection: Connection, send: Send) -> None:
    connection.execute("INSERT INTO service_class_links VALUES (9, 'keskus', NULL, 'aura', '2540', 0, NULL)")

    send("up/responses", responses=[press(1)])

    assert attached(connection) == [("aula", "keskus", "aura", "2545")]


@pytest.mark.parametrize(
    ("missing", "left"),
    [
        ("service_class_links", ("aula", "keskus", None, None)),
        ("service_point_units", ("aula", None, "aura", "2545")),
        ("placements", (None, None, None, None)),
    ],
)
def test_a_missing_link_leaves_what_comes_before_it(
    connection: Connection, send: Send, missing: str, left: tuple[str | None, ...]
) -> None:
    connection.execute(f"DELETE FROM {missing}")

    send("up/responses", responses=[press(1)])

    assert attached(connection) == [left]


def test_a_range_holds_its_first_millisecond_and_not_its_last(connection: Connection, send: Send) -> None:
    send("up/responses", responses=[press(1, at=JUNE_S - 1), press(2, at=JUNE_S)])

    assert [row[3] for row in attached(connection)] == ["2540", "2545"]


def test_a_moved_box_leaves_its_old_presses_where_they_were_made(connection: Connection, send: Send) -> None:
    run(
        connection,
        f"""INSERT INTO service_points VALUES ('kerros', '{{"fi": "Kerros"}}');
            UPDATE placements SET valid_to_ms = {JUNE_MS};
            INSERT INTO placements VALUES (2, 'box-0001', 'kerros', {JUNE_MS}, NULL)""",
    )

    send("up/responses", responses=[press(1, at=JUNE_S - 1), press(2, at=JUNE_S)])

    assert [row[0] for row in attached(connection)] == ["aula", "kerros"]


def test_a_correction_of_the_past_attaches_what_is_stored_already(connection: Connection, send: Send) -> None:
    send("up/responses", responses=[press(1, at=JUNE_S - 1), press(2, at=JUNE_S)])
    connection.execute("UPDATE service_class_links SET code = '2545' WHERE id = 1")

    moved = reattach(connection, OF_POINT, {"service_point": "aula"}, 0, JUNE_MS)

    assert moved == 1
    assert [row[3] for row in attached(connection)] == ["2545", "2545"]
