"""Connections are lent from request to request, and none that leads nowhere, or was left half way, is lent again."""

import asyncio

import pytest

from broker_bridge.database.connect import connect
from broker_bridge.database.invalid import Invalid
from broker_bridge.database.migrate import open_database
from server.database import MOST_IDLE, Connections, connection
from tests.benchmarks.addresses import addresses

UNITS = "/api/v1/units"


@pytest.fixture
def connections(database):
    connections = Connections(database)
    yield connections
    connections.close()


def lent(connections):
    return asyncio.run(connections.lend())


def test_what_comes_back_is_lent_again(connections):
    first = lent(connections)
    connections.take_back(first)

    again = lent(connections)

    connections.take_back(again)
    assert again is first


def test_two_at_a_time_get_one_each(connections):
    first, second = lent(connections), lent(connections)
    assert first is not second
    for each in (first, second):
        connections.take_back(each)


def test_a_few_are_kept_and_none_after_the_end(connections):
    several = [lent(connections) for _ in range(MOST_IDLE + 2)]
    late = several.pop()
    for each in several:
        connections.take_back(each)
    assert len(connections.idle) == MOST_IDLE

    connections.close()
    connections.take_back(late)

    assert connections.idle == []


def test_one_with_an_open_transaction_is_not_lent_again(connections):
    first = lent(connections)
    first.begin()
    connections.take_back(first)

    assert connections.idle == []


@pytest.mark.parametrize("mistake", [Invalid("unit", "x", "y"), asyncio.CancelledError()])
def test_one_on_which_something_went_wrong_is_closed(connections, mistake):
    class Request:
        class app:  # noqa: N801 - as a request has it
            class state:  # noqa: N801 - as above
                pass

    Request.app.state.connections = connections

    async def one_request():
        lending = connection(Request)
        await anext(lending)
        with pytest.raises(type(mistake)):
            await lending.athrow(mistake)

    asyncio.run(one_request())

    assert connections.idle == []


def test_a_file_that_was_replaced_is_opened_anew(tmp_path):
    here, restored = tmp_path / "hymio.db", tmp_path / "restored.db"
    for path in (here, restored):
        open_database(path).close()
    connections = Connections(here)
    first = lent(connections)
    connections.take_back(first)
    first.execute("INSERT INTO units (code, names, time_zone) VALUES ('gone', '{}', 'Europe/Helsinki')")

    for left in tmp_path.glob("hymio.db-*"):
        left.unlink()
    restored.replace(here)

    second = lent(connections)
    assert second.execute("SELECT count(*) FROM units").fetchone()[0] == 0
    second.close()
    connections.close()


def test_a_server_that_ended_the_connection_is_asked_anew(client, settings, county):
    assert client.get(UNITS).status_code == 200
    if settings.database.startswith("postgresql"):
        other = connect(settings.database)
        other.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
                      " AND datname = current_database()")  # fmt: skip
        other.close()

    assert client.get(UNITS).status_code == 200


def test_no_report_keeps_reading_after_it_was_given(client, connection, press):
    press(answers={"smiley": 5, "nps": 9})
    asked = [address.replace("question=smiley", "question=nps") for address in addresses("kokkola").values()]
    answered = [client.get(address).status_code for address in [*asked, "/api/v1/responses", "/api/v1/completeness"]]

    assert 200 in answered
    if connection.engine == "sqlite":
        busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        assert busy == 0
