"""A commit is durable, whole, and refused when it cannot be; on either engine."""

from threading import Thread

import pytest

from broker_bridge.database.connect import Unavailable, UnsafeDatabase, Violated, connect, transaction
from broker_bridge.database.migrate import files, name_of, open_database
from broker_bridge.database.rows import find, insert

UNIT = {"code": "keskus", "names": "{}", "time_zone": "Europe/Helsinki"}
MIGRATIONS = {"sqlite": "SELECT name FROM _sqlite_migrations", "postgresql": "SELECT name FROM migrations"}


@pytest.fixture
def connection(database):
    connection = connect(database)
    yield connection
    connection.close()


def test_a_row_is_read_by_name_and_by_place(connection):
    row = connection.execute("SELECT :one AS one, 'two' AS two", {"one": 1}).fetchone()

    assert (row["one"], row[1], list(row), len(row), dict(row)) == (1, "two", [1, "two"], 2, {"one": 1, "two": "two"})


def test_a_sum_is_an_integer_and_a_mean_is_not(connection):
    row = connection.execute("SELECT sum(n) AS sum, avg(n) AS mean FROM (SELECT 1 AS n UNION ALL SELECT 2) AS q")

    assert [(type(value), value) for value in row.fetchone()] == [(int, 3), (float, 1.5)]


def test_large_numbers_keep_their_value_in_a_product(connection):
    values = {"seconds": 1_795_325_090, "more": 5}

    assert connection.execute("SELECT :seconds * 1000 + :more", values).fetchone()[0] == 1_795_325_090_005


def test_colons_and_per_cent_signs_in_texts_and_comments_are_left_alone(connection):
    sql = "SELECT ':code 5 % %s' AS said, :code AS code -- it's :nothing at 5 %"

    assert tuple(connection.execute(sql, {"code": "a"}).fetchone()) == (":code 5 % %s", "a")


def test_an_exception_takes_the_whole_transaction_back(connection):
    def fail_half_way():
        with transaction(connection):
            insert(connection, "units", UNIT)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()

    assert find(connection, "units", {"code": "keskus"}) is None
    assert not connection.in_transaction


def test_a_row_that_breaks_a_constraint_is_violated(connection):
    insert(connection, "units", UNIT)

    with pytest.raises(Violated):
        insert(connection, "units", UNIT)


def test_a_mistake_in_the_sql_is_not_taken_for_a_database_that_is_away(connection):
    with pytest.raises(Exception, match="nowhere") as mistake:
        connection.execute("SELECT * FROM nowhere")

    assert not isinstance(mistake.value, Unavailable | UnsafeDatabase | Violated)


def test_every_migration_is_applied_once(database):
    again = open_database(database)

    applied = again.execute(MIGRATIONS[again.engine]).fetchall()
    wanted = [name_of(path) for path in files(again.engine)]

    again.close()
    assert sorted(row["name"] for row in applied) == wanted


def test_several_processes_may_open_a_new_database_at_once(tmp_path, postgresql):
    with postgresql.database() as url:
        for each in (tmp_path / "hymio.db", url):
            threads = [Thread(target=lambda each=each: open_database(each).close()) for _ in range(3)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(30)

            connection = connect(each)
            assert find(connection, "units", UNIT) is None
            connection.close()


def test_a_path_and_its_url_are_the_same_database(tmp_path):
    connection = open_database(f"sqlite:///{tmp_path}/hymio.db")
    insert(connection, "units", UNIT)
    connection.close()

    connection = connect(tmp_path / "hymio.db")
    assert find(connection, "units", UNIT)
    connection.close()
