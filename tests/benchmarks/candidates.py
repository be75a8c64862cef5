"""What is measured: our bridge, and what one would otherwise use; each takes the same messages and times itself."""

import gc
import json
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from msgspec.structs import astuple
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from broker_bridge.database import answers, responses, rollups
from broker_bridge.database.connect import Connection, connect, transaction
from broker_bridge.database.memory import Memory
from broker_bridge.database.moments import put
from broker_bridge.database.responses import Response
from broker_bridge.database.timelines import Place
from broker_bridge.settings import Settings
from broker_bridge.subscriber import Subscriber
from device.protocol import topics
from tests.benchmarks import workload
from tests.benchmarks.backlog import HOST, Broker
from tests.benchmarks.workload import Said

PREPARED_AT_ONCE = 6_400  # responses in a transaction of those who have no socket: as many as the bridge's megabyte


def bridge(broker: Broker, url: str, folder: Path, messages: Sequence[Said], *, acks: bool = True) -> float:
    """Let our bridge take a backlog; return the seconds from its connection to its last commit and acknowledgement.

    Without `acks` it tells the devices nothing, so that what telling them costs can be seen.
    """
    workload.opened(url).close()
    subscriber = Subscriber(Settings(folder, broker.port, url))
    broker.queue("hymio-bridge", messages)
    awaited = [len(messages)]
    answer = subscriber.answer

    def counting(pending, replies):
        answer(pending, replies if acks else [])
        awaited[0] -= len(pending.received)
        if awaited[0] <= 0:
            subscriber.stopping = True

    subscriber.answer = counting
    seconds = timed(subscriber.run)
    stored = count(url, "responses")
    assert stored == sum(message.responses for message in messages), f"stored {stored}"
    return seconds


def raw_paho(broker: Broker, folder: Path, messages: Sequence[Said]) -> float:
    """Let a stock paho client take and acknowledge a backlog, storing nothing."""
    heard = Counter()

    def take(client, userdata, message):
        heard["n"] += 1
        if heard["n"] == len(messages):
            client.disconnect()

    return with_paho(broker, "raw-paho", messages, take)


def naive(broker: Broker, folder: Path, messages: Sequence[Said]) -> float:
    """Let the script that one writes first take a backlog: one insert and one commit a message, as sqlite3 comes."""
    database = naive_database(folder)
    heard = Counter()

    def take(client, userdata, message):
        commit(database, message)
        heard["n"] += 1
        if heard["n"] == len(messages):
            client.disconnect()

    seconds = with_paho(broker, "naive", messages, take)
    stored = database.execute("SELECT count(*) FROM responses").fetchone()[0]
    database.close()
    assert stored == sum(message.responses for message in messages)
    return seconds


def naive_database(folder: Path) -> sqlite3.Connection:
    database = sqlite3.connect(folder / "naive.db", check_same_thread=False)
    database.execute("CREATE TABLE responses (device TEXT, seq INTEGER, at INTEGER, survey TEXT, answers TEXT)")
    return database


def commit(database: sqlite3.Connection, message: Any) -> None:
    """Store a message as the naive script does."""
    for record in json.loads(message.payload)["responses"]:
        row = (message.topic, record["seq"], record["at"], record["survey"], json.dumps(record["answers"]))
        database.execute("INSERT INTO responses VALUES (?, ?, ?, ?, ?)", row)
    database.commit()


def with_paho(broker: Broker, client_id: str, messages: Sequence[Said], take: Callable[..., None]) -> float:
    """Time a stock client, from its connection until it disconnects."""
    broker.queue(client_id, messages)
    client = Client(CallbackAPIVersion.VERSION2, client_id=client_id, clean_session=False)
    client.on_message = take

    def run():
        client.connect(HOST, broker.port)
        client.loop_forever()

    return timed(run)


def prepared(messages: Sequence[Said]) -> list[Response]:
    """Return the rows of messages as the tables hold them; what that costs is not measured."""
    rows = []
    for message in messages:
        batch = json.loads(message.payload)
        device = topics.split(message.topic)[0]
        number = int(device[-4:])
        at = Place(
            f"bench-point-{number:04d}", f"bench-unit-{number // workload.POINTS_A_UNIT:04d}", workload.SCHEME, "2540"
        )
        for record in batch["responses"]:
            row = Response(
                device_id=device,
                epoch=batch["epoch"],
                channel="button",
                kind="response",
                place=at,
                hash=f"{len(rows):064x}",
                id=len(rows) + 1,
                seq=record["seq"],
                received_ms=workload.NOW_MS,
                boot=1,
                uptime_s=record["uptime_s"],
                device_at=record["at"],
                survey=record["survey"],
                language=record["language"],
            )
            put(row, record["at"] * 1000, record["at"] * 1000, record["at"] * 1000 + 999, "clock")
            row.service_point, row.unit, row.scheme, row.service_class, _ = at
            row.answers = [answers.Answer("smiley", record["answers"]["smiley"])]
            rows.append(row)
    return rows


class Chunk(NamedTuple):
    """The rows of one transaction."""

    rows: list[Response]
    responses: list[tuple[Any, ...]]
    answers: list[tuple[Any, ...]]


def chunks(messages: Sequence[Said]) -> list[Chunk]:
    """Return prepared rows, as many at a time as the bridge commits at a time."""
    rows = prepared(messages)
    parts = [rows[start : start + PREPARED_AT_ONCE] for start in range(0, len(rows), PREPARED_AT_ONCE)]
    return [
        Chunk(
            part,
            [astuple(row)[: len(responses.COLUMNS)] for row in part],
            [(row.id, 0, *answer) for row in part for answer in row.answers],
        )
        for part in parts
    ]


Write = Callable[[Connection, Memory, Chunk], None]


def written(url: str, messages: Sequence[Said], write: Write) -> float:
    """Time a way to write rows that are already at hand into our tables."""
    connection = workload.opened(url)
    given = chunks(messages)
    memory = Memory(connection)

    def run():
        for chunk in given:
            with transaction(connection):
                write(connection, memory, chunk)

    seconds = timed(run)
    connection.close()
    assert count(url, "responses") == sum(message.responses for message in messages)
    return seconds


def executemany(connection: Connection, memory: Memory, chunk: Chunk) -> None:
    """Write into SQLite with `executemany` and nothing else, with dedupe by the index, and the same rollups."""
    insert = "INSERT INTO {} ({}) VALUES ({}) ON CONFLICT DO NOTHING"
    for table, columns, rows in tables(chunk):
        connection.raw.executemany(insert.format(table, ", ".join(columns), ", ".join("?" * len(columns))), rows)
    rollups.add(connection, memory, chunk.rows)


def copy(connection: Connection, memory: Memory, chunk: Chunk) -> None:
    """Write into PostgreSQL as one does who wants dedupe: COPY aside, insert from there; and the same rollups."""
    for table, columns, rows in tables(chunk):
        named = ", ".join(columns)
        connection.execute(f"CREATE TEMPORARY TABLE IF NOT EXISTS new_{table} (LIKE {table}) ON COMMIT DELETE ROWS")
        connection.append(f"new_{table}", columns, rows)
        connection.execute(f"INSERT INTO {table} ({named}) SELECT {named} FROM new_{table} ON CONFLICT DO NOTHING")
    rollups.add(connection, memory, chunk.rows)


def bare_copy(connection: Connection, memory: Memory, chunk: Chunk) -> None:
    """Write into PostgreSQL with COPY and nothing else: no dedupe, no rollups."""
    for table, columns, rows in tables(chunk):
        connection.append(table, columns, rows)


def tables(chunk: Chunk) -> Sequence[tuple[str, Sequence[str], list[tuple[Any, ...]]]]:
    """Return what is written to which table."""
    return ("responses", responses.COLUMNS, chunk.responses), ("answers", answers.COLUMNS, chunk.answers)


def timed(run: Callable[[], object]) -> float:
    """Return how many seconds something takes."""
    gc.collect()
    start_s = time.perf_counter()
    run()
    return time.perf_counter() - start_s


def count(url: str, table: str) -> int:
    connection = connect(url)
    found = connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
    connection.close()
    return int(found)
