"""A small county for tests of the server: two units, their boxes, and the bridge's own ingest to make them speak."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from broker_bridge.database import registry, survey_versions
from broker_bridge.database.connect import Connection, connect
from broker_bridge.database.ranges import Range
from broker_bridge.ingest import Received, ingest
from server.app import create_app
from server.settings import Settings

PAGE = "http://127.0.0.1:8765"
EPOCH = "k3v9q0x2m1"
NOON_S = 1_795_341_600  # 2026-11-22 12:00 in Helsinki
RECEIVED_S = 1_806_526_800  # 2027-04-01
TEXTS = {"fi": "Millainen käyntisi oli?", "sv": "Hur var ditt besök?", "en": "How was your visit?"}
WHY = [{"id": "waiting", "text": {"fi": "Odotus"}}, {"id": "staff", "text": {"fi": "Henkilökunta"}}]
SURVEY = {
    "survey": "reception@3",
    "languages": ["fi", "sv"],
    "questions": [
        {"id": "smiley", "kind": "smiley5", "text": TEXTS},
        {"id": "nps", "kind": "nps", "text": {"fi": "Suosittelisitko?", "sv": "Skulle du rekommendera oss?"}},
        {"id": "helped", "kind": "agree5", "text": {"fi": "Sain apua", "sv": "Jag fick hjälp"}},
        {"id": "reason", "kind": "choice", "text": {"fi": "Miksi?"}, "options": WHY},
        {"id": "text", "kind": "text", "text": {"fi": "Kerro lisää"}},
    ],
}
UNITS = (("kokkola", "Kokkolan terveysasema"), ("salla", "Sallan neuvola"))
COLUMNS = "code,name_fi,short_fi_2021,level,parent_code,first_fiscal_year_seen,last_fiscal_year_seen_in_kunta_list,note"
CLASSES = f"""{COLUMNS}
9010,Keksityt palvelut,,coarse,,2021,,
9011,Keksitty vastaanotto,,exact,9010,2021,,made up
9012,Keksitty neuvola,,exact,9010,2021,2022,made up
"""


@pytest.fixture
def settings(database: str, tmp_path: Path) -> Settings:
    return Settings(tmp_path / "data", database_url=database)


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(settings), PAGE, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def connection(client: TestClient, settings: Settings) -> Iterator[Connection]:
    connection = connect(settings.database)
    yield connection
    connection.close()


@pytest.fixture
def county(connection: Connection) -> Connection:
    """Give the database with a survey, and a box in each of two units."""
    survey_versions.add_survey(connection, SURVEY)
    for number, (code, name) in enumerate(UNITS, start=1):
        registry.add_unit(connection, code, {"fi": name, "sv": f"{name} på svenska"})
        registry.add_service_point(connection, f"{code}-aula", code, {"fi": "Aula"})
        registry.add_device(connection, f"box-{number}", "button-5", "reception@3", ["fi", "sv"])
        registry.add_placement(connection, f"box-{number}", f"{code}-aula", Range())
    return connection


Press = Callable[..., None]


@pytest.fixture
def press(county: Connection) -> Press:
    """Give a function that lets a box send one record, by default an answer with a clock."""
    seqs: dict[str, int] = {}

    def press(device_id: str = "box-1", at: int | None = NOON_S, language: str = "fi", **fields: Any) -> None:
        seqs[device_id] = fields.pop("seq", seqs.get(device_id, 0) + 1)
        record = {"seq": seqs[device_id], "boot": 1, "uptime_s": 60 + seqs[device_id], "at": at}
        said = {} if "undoes" in fields else {"survey": "reception@3", "language": language}
        if not {"undoes", "counters"} & fields.keys():
            said["answers"] = fields.pop("answers", {"smiley": 5})
        batch = {"v": 1, "epoch": EPOCH, "boot": 1, "uptime_s": 100, "responses": [record | said | fields]}
        topic = f"hymio/v1/{device_id}/up/responses"
        ingest(county, [Received(topic, json.dumps(batch).encode(), False, RECEIVED_S * 1000)], RECEIVED_S * 1000)

    return press
