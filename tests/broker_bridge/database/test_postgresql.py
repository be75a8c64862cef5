"""The engine beyond one machine: what its server's errors and settings mean to us."""

import psycopg
import pytest
from psycopg import errors

from broker_bridge.database.connect import Outrun, Unavailable, UnsafeDatabase, connect
from tests.conftest import TEMPLATE


@pytest.fixture
def connection(postgresql):
    with postgresql.database(TEMPLATE) as url:
        connection = connect(url)
        yield connection
        connection.close()


@pytest.mark.parametrize(
    ("trouble", "meaning"),
    [
        (errors.SerializationFailure, Outrun),
        (errors.DeadlockDetected, Outrun),
        (errors.LockNotAvailable, Unavailable),
        (errors.DiskFull, Unavailable),
        (errors.AdminShutdown, Unavailable),
        (errors.ReadOnlySqlTransaction, Unavailable),
        (errors.IoError, UnsafeDatabase),
        (errors.DataCorrupted, UnsafeDatabase),
        (psycopg.InterfaceError, Unavailable),
    ],
)
def test_each_trouble_of_the_server_has_its_meaning(connection, trouble, meaning):
    with pytest.raises(meaning):
        connection.explain(trouble("as the server says"))


def test_a_connection_that_the_server_ends_is_unavailable(connection, postgresql):
    backend = connection.execute("SELECT pg_backend_pid()").fetchone()[0]
    postgresql.command(f"SELECT pg_terminate_backend({backend})")

    for _ in range(2):
        with pytest.raises(Unavailable):
            connection.execute("SELECT 1").fetchone()


def test_a_session_that_does_not_wait_for_the_disk_is_refused(connection):
    connection.execute("SET synchronous_commit = off")

    with pytest.raises(UnsafeDatabase, match="synchronous_commit"):
        connection.check_durability()


def test_a_server_that_takes_writes_passes_the_check(connection):
    connection.check_integrity()
