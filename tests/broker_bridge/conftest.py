"""A small county for tests of the bridge: one box in one unit, whose class changed on 2026-06-01."""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from broker_bridge.broker import write_configuration
from broker_bridge.database.connect import Connection
from broker_bridge.database.migrate import open_database
from broker_bridge.ingest import Outgoing, Received, ingest
from device.protocol import messages, topics
from server.trial.ports import free_port
from tests.broker_bridge.listener import Listener

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
INSERT INTO units VALUES ('keskus', '{"fi": "Keskus"}', 'Europe/Helsinki');
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
def connection(tmp_path: Path) -> Iterator[Connection]:
    """Give a database with the county in it."""
    connection = open_database(tmp_path / "hymio.db")
    connection.executescript(COUNTY)
    add_survey(connection, SURVEY)
    yield connection
    connection.close()


def add_survey(connection: Connection, survey: dict[str, Any]) -> None:
    """Insert a survey version as it is, without what storing one sets off."""
    connection.execute("INSERT INTO surveys VALUES (?, ?)", (survey["survey"], json.dumps(survey)))
    rows = [
        (survey["survey"], question["id"], place, question["kind"])
        for place, question in enumerate(survey["questions"])
    ]
    connection.executemany("INSERT INTO questions VALUES (?, ?, ?, ?)", rows)


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
    yield port
    broker.terminate()
    broker.wait(10)


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
