"""Real processes on free ports: broker, bridge, server where it is asked for, and boxes on MicroPython."""

import json
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Self

import pytest

from broker_bridge.database import registry, survey_versions
from broker_bridge.database.migrate import open_database
from server.trial import chain, county, ports, reckoning
from server.trial.boxes import Box
from server.trial.processes import Group

PATIENCE_S = 90.0
PROMPT = {"ack_timeout_ms": 500, "retry_ms": 50, "longest_retry_ms": 200}


class Bench:
    """One chain with its boxes, from which every test takes what it needs."""

    def __init__(self, data: Path, with_server: bool = False, database: str | None = None) -> None:
        self.trial = chain.Trial(data, ports.free_port(), ports.free_port(), database)
        self.data = data
        self.said: list[str] = []
        self.boxes: list[Box] = []
        children = chain.children(self.trial)
        self.group = Group(children if with_server else children[:2], self.said.append)

    def __enter__(self) -> Self:
        self.data.mkdir(exist_ok=True)
        connection = open_database(self.trial.database)
        survey_versions.add_survey(connection, county.load("surveys.json")[0])
        connection.close()
        self.group.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        for box in self.boxes:
            box.stop()
        for name in self.group.children:
            self.group.kill(name)  # an orderly end is for other tests to show, and takes a second
        self.group.stop()

    def register(self, device_id: str) -> None:
        connection = open_database(self.trial.database)
        registry.add_device(connection, device_id, "button-5", "smiley@1", ["fi"])
        connection.close()

    def box(self, device_id: str = "box-1", *firmware: str) -> Box:
        """Register a box and switch it on."""
        self.register(device_id)
        return self.switch_on(device_id, *firmware)

    def switch_on(self, device_id: str, *firmware: str) -> Box:
        """Switch on a registered box, perhaps with another firmware module, and wait until it knows what to ask."""
        box = Box(self.data / device_id, device_id, "button-5", self.trial.mqtt_port, **PROMPT)
        if firmware:
            box.command[2:3] = firmware
        self.boxes.append(box)
        box.start()
        self.wait_until(box.has_survey)
        return box

    def press(self, box: Box, *buttons: int) -> None:
        """Press and wait until each press is answered with a light."""
        for button in buttons:
            box.press(button)
        self.wait_until(lambda: box.answered >= box.pressed)

    def wait_until(self, condition: Callable[[], bool]) -> None:
        """Wait, keeping the chain alive meanwhile."""
        deadline_s = time.monotonic() + PATIENCE_S
        while not condition():
            assert time.monotonic() < deadline_s, f"waited in vain; {self.said}"
            self.group.tend()
            time.sleep(0.02)

    def ask(self, method: str, path: str, **fields: object) -> Any:
        """Ask the server's interface and return its answer."""
        content = json.dumps(fields).encode() if fields else None
        headers = {"Content-Type": "application/json"}
        asked = urllib.request.Request(f"{self.trial.page}api/v1/{path}", content, headers, method=method)
        with urllib.request.urlopen(asked, timeout=30) as answer:
            return json.load(answer)

    def reckon(self) -> reckoning.Reckoning:
        """Wait until every box is rid of what it holds, and compare."""
        self.wait_until(lambda: all(box.drained() for box in self.boxes))
        said = reckoning.read_logs({box.device_id: box.log for box in self.boxes})
        return reckoning.reckon(said, self.rows(), reckoning.read_journals(self.trial.database))

    def rows(self) -> list[reckoning.Row]:
        return reckoning.read_rows(self.trial.database)


@pytest.fixture
def bench(tmp_path) -> Iterator[Bench]:
    with Bench(tmp_path / "bench") as bench:
        yield bench


@pytest.fixture
def bench_with_server(tmp_path) -> Iterator[Bench]:
    with Bench(tmp_path / "bench", with_server=True) as bench:
        yield bench
