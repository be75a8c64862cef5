"""A small county for tests of the bridge: one box in one unit, whose class changed on 2026-06-01."""

import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from broker_bridge.acks import Outgoing
from broker_bridge.broker import write_configuration
from broker_bridge.database.connect import Connection, connect
from broker_bridge.database.rows import insert
from broker_bridge.ingest import Received, ingest
from device.protocol import messages, topics
from server.trial.ports import answers, free_port
from tests.broker_bridge.listener import Listener, wait_until

BOX = "box-0001"
EPOCH = "k3v9q0x2m1"
JUNE_MS = 1_780_261_200_000  # 2026-06-01 00:00 in Helsinki
NOW_MS = 1_795_325_090_000  # 2026-11-22
SURVEY = {
    "survey": "reception@3",
    "languages": ["fi", "sv"],
    "questions": [
        {"id": "smiley", "kind": "smiley5", "text": {"fi": "Millainen?"}},
        {"id": "nps", "kind": "nps", "text": {"fi": "Suosittelisitko?"}},
        {"id": "reason", "kind": "choice", "text": {"fi": "Miksi?"}, "options": [{"id": "waiting"}, {"id": "staff"}]},
        {"id": "text", "kind": "text", "text": {"fi": "Kerro lisää"}},
    ],
}

COUNTY = """
INSERT INTO units (code, names, time_zone) VALUES ('keskus', '{"fi": "Keskus"}', 'Europe/Helsinki');
INSERT INTO service_points VALUES ('aula', '{"fi": "Aula"}');
INSERT INTO service_point_units VALUES (1, 'aula', 'keskus', 0, NULL);
INSERT INTO service_classes VALUES ('aura', '2540', '{}', 'exact', NULL, NULL, NULL, 'test');
INSERT INTO service_classes VALUES ('aura', '2545', '{}', 'exact', NULL, NULL, NULL, 'test');
INSERT INTO service_class_links VALUES (1, NULL, 'aula', 'aura', '2540', 0, 1780261200000);
INSERT INTO service_class_links VALUES (2, NULL, 'aula', 'aura', '2545', 1780261200000, NULL);
INSERT INTO devices VALUES ('box-0001', 'button-5', 'button', 'registered', NULL, '[]', 0);
INSERT INTO devices VALUES ('box-gone', 'button-5', 'button', 'revoked', NULL, '[]', 0);
INSERT INTO placements VALUES (1, 'box-0001', 'aula', 0, NULL);
"""


@pytest.fixture
def connection(database: str) -> Iterator[Connection]:
    """Give a database with the county in it, on either engine."""
    connection = connect(database)
    run(connection, COUNTY)
    add_survey(connection, SURVEY)
    yield connection
    connection.close()


def run(connection: Connection, script: str) -> None:
    """Run statements, each of which ends with a semicolon at the end of a line."""
    for statement in script.strip().split(";\n"):
        connection.execute(statement)


def add_survey(connection: Connection, survey: dict[str, Any]) -> None:
    """Insert a survey version as it is, without what storing one sets off."""
    insert(connection, "surveys", {"survey": survey["survey"], "definition": json.dumps(survey)})
    for place, question in enumerate(survey["questions"]):
        row = {"survey": survey["survey"], "question": question["id"], "position": place, "kind": question["kind"]}
        insert(connection, "questions", row)


@contextmanager
def locked(database: str) -> Iterator[None]:
    """Keep everybody else from writing."""
    other = connect(database)
    other.begin()
    if other.engine == "postgresql":
        other.execute("LOCK TABLE journals")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


def do_not_wait(connection: Connection) -> None:
    """Let a connection give up at once when something is locked."""
    patience = {"sqlite": "PRAGMA busy_timeout = 0", "postgresql": "SET lock_timeout = 20"}
    connection.execute(patience[connection.engine])


Send = Callable[..., list[messages.Message]]


@pytest.fixture
def send(connection: Connection) -> Send:
    """Give a function that ingests one message as fields and returns the decoded replies."""

    def send(name: str, device_id: str = BOX, received_ms: int = NOW_MS, **fields: Any) -> list[messages.Message]:
        payload = json.dumps({"v": 1, "epoch": EPOCH, "boot": 1, "uptime_s": 100} | fields).encode()
        return said(ingest(connection, [Received(topics.topic(device_id, name), payload, False, received_ms)], NOW_MS))

    return send


def said(replies: list[Outgoing]) -> list[messages.Message]:
    """Return replies as a device reads them."""
    return [messages.decode(reply.topic, reply.payload) for reply in replies]


def press(seq: int, value: int = 4, **fields: Any) -> dict[str, Any]:
    """Return the record of a press; it was made a minute before NOW_MS unless `at` says otherwise."""
    record = {
        "seq": seq,
        "boot": 1,
        "uptime_s": 40,
        "at": NOW_MS // 1000 - 60,
        "survey": "reception@3",
        "language": "sv",
    }
    return record | {"answers": {"smiley": value}} | fields


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """Give the port of a running broker with our configuration."""
    port = free_port()
    broker = subprocess.Popen(["mosquitto", "-c", write_configuration(tmp_path, port)])
    wait_until(lambda: answers(port))
    yield port
    broker.terminate()
    broker.wait(60)


Listen = Callable[[str, str], Listener]


@pytest.fixture
def listen(port: int) -> Iterator[Listen]:
    """Give a function that makes a listener from a username and a topic; all are ended afterwards."""
    listeners: list[Listener] = []

    def listen(username: str, topic: str) -> Listener:
        listeners.append(Listener(port, username, topic))
        return listeners[-1]

    yield listen
    for listener in listeners:
        listener.client.disconnect()
        listener.client.loop_stop()
