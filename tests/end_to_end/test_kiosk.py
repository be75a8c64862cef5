"""A kiosk's own publisher over TLS with certificates, the real broker, bridge and report, and their faults."""

import json
import queue
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Self

import pytest

from broker_bridge import broker
from broker_bridge.database import registry, survey_versions
from broker_bridge.database.connect import connect
from broker_bridge.database.migrate import open_database
from kiosk_app.settings import Settings, Tls
from server.trial import chain, ports
from server.trial.processes import WITH_US, environment
from server.trial.reckoning import Said, read_journals, read_logs, reckon
from tests.device.cpython.authority import Authority
from tests.end_to_end.conftest import Bench
from tests.end_to_end.visitors import Visitors

HOST = "localhost"
NAME = "kiosk-1"
HOUR_S = 3_600
SURVEY = {
    "survey": "kiosk@2",
    "languages": ["fi", "sv"],
    "questions": [
        {"id": "smiley", "kind": "smiley5", "text": {"fi": "Millainen?", "sv": "Hurdan?"}},
        {"id": "text", "kind": "text", "text": {"fi": "Mitä?", "sv": "Vad?"}},
    ],
}


class TlsBench(Bench):
    """The chain with a broker that also listens for kiosks with certificates of an authority made for the test."""

    def __init__(self, data: Path, with_server: bool = False) -> None:
        super().__init__(data, with_server)
        self.tls_port = ports.free_port()
        data.mkdir()
        self.authority = Authority(data)
        certificate, key = self.authority.issue(HOST)
        listener = broker.Certificates(
            self.tls_port, ports.HOST, Path(self.authority.certificate), Path(certificate), Path(key)
        )
        configuration = broker.write(data, [listener], broker.bridge_username(data))
        # The bridge of a trial has no certificate, so it comes by a door of its own.
        plain = "\n".join(broker.Trial(self.trial.mqtt_port).lines())
        configuration.write_text(f"{configuration.read_text()}{plain}\n")
        self.group.children["broker"].command = [chain.mosquitto(), "-c", str(configuration)]

    def __enter__(self) -> Self:
        super().__enter__()
        connection = open_database(self.trial.database)
        survey_versions.add_survey(connection, SURVEY)
        registry.add_device(connection, NAME, "kiosk", "kiosk@2", ["fi", "sv"])
        connection.close()
        return self

    def settings(self, name: str = NAME, authority: str | None = None) -> Settings:
        """Return the settings of a kiosk with a certificate of its own, made at the first call."""
        certificate, key = self.data / f"{name}.pem", self.data / f"{name}.key"
        if not certificate.exists():
            self.authority.issue(name)
        tls = Tls(Path(authority or self.authority.certificate), certificate, key)
        quick = {"ack_timeout_ms": 2_000, "retry_ms": 100, "longest_retry_ms": 60_000}
        return Settings(name, HOST, self.tls_port, self.data / name, tls, **quick)

    def everything_arrived(self, said: Said) -> None:
        found = reckon(said, self.rows(), read_journals(self.trial.database))
        assert found.holds(), found.table()

    def times(self) -> list[tuple[int, str]]:
        connection = connect(self.trial.database)
        rows = connection.execute("SELECT at_ms, time_quality FROM responses ORDER BY seq").fetchall()
        connection.close()
        return [(row["at_ms"], row["time_quality"]) for row in rows]


@pytest.fixture
def bench(tmp_path, request) -> Iterator[TlsBench]:
    with TlsBench(tmp_path / "bench", with_server=getattr(request, "param", False)) as bench:
        yield bench


@pytest.fixture
def visitors(bench) -> Iterator[Visitors]:
    visitors = Visitors(bench.settings())
    yield visitors
    visitors.kiosk.stop()


def run_until(bench: TlsBench, visitors: Visitors, condition) -> None:
    def ticked() -> bool:
        visitors.kiosk.tick()
        return bool(condition())

    bench.wait_until(ticked)


with_server = pytest.mark.parametrize("bench", [True], indirect=True, ids=[""])


@with_server
def test_what_visitors_say_reaches_the_report(bench, visitors):
    kiosk = visitors.kiosk
    assert kiosk.session.page.reason == "no_survey"
    kiosk.start()
    run_until(bench, visitors, lambda: kiosk.session.page.kind == "attract")

    visitors.visit(5)
    visitors.visit(1, "hej")
    kiosk.session.touched("action.undo")
    run_until(bench, visitors, lambda: kiosk.conversation.is_drained)

    bench.everything_arrived(visitors.said)
    assert bench.ask("GET", "reports/summary?question=smiley&language=sv&channel=kiosk")["n"] == 2
    assert kiosk.surveys.version == "kiosk@2"


def test_an_hour_without_a_broker_costs_nothing_but_the_hour(bench, visitors):
    kiosk = visitors.kiosk
    kiosk.surveys.offer(json.dumps({"v": 1, "settings": "kiosk@2", "survey": SURVEY}).encode())
    kiosk.tick()
    bench.group.hold("broker")
    waits: queue.Queue[float] = queue.Queue()
    go_on = threading.Semaphore(0)

    def wait(seconds: float) -> bool:
        waits.put(seconds)
        go_on.acquire()
        return False

    kiosk.publisher.wait = wait
    kiosk.start()
    began_ms, began_s = kiosk.clock.uptime_ms(), time.time()
    while kiosk.clock.uptime_ms() - began_ms < HOUR_S * 1000:
        visitors.skip(int(1000 * waits.get(timeout=60)))
        visitors.visit(1 + len(visitors.said.thanked) % 5)
        go_on.release()

    attempts = kiosk.publisher.failures
    # The wait grows to anything up to a minute: on average about a hundred attempts, give or take six.
    assert 65 <= attempts <= 140
    assert kiosk.publisher.state != "connected"
    bench.group.release("broker")
    kiosk.publisher.wait = lambda seconds: time.sleep(0.1) or False
    go_on.release(1_000)
    run_until(bench, visitors, lambda: kiosk.conversation.is_drained)

    bench.everything_arrived(visitors.said)
    moments = [at_ms / 1000 for at_ms, _ in bench.times()]
    assert {quality for _, quality in bench.times()} == {"reconstructed"}
    assert moments == sorted(moments)
    # The hour was skipped, so that to the bridge it lies before the test began.
    assert HOUR_S * 0.9 < moments[-1] - moments[0] < HOUR_S * 1.2
    assert abs(moments[0] - (began_s - HOUR_S)) < HOUR_S * 0.2


def test_a_kiosk_that_is_killed_and_a_bridge_that_is_killed_lose_nothing(bench, visitors):
    first = visitors.kiosk
    first.start()
    run_until(bench, visitors, lambda: first.session.page.kind == "attract")
    visitors.visit(3)
    bench.group.kill("bridge")
    visitors.visit(4)
    # As a crash leaves it: nothing said, nothing written, only the file let go.
    first.publisher._stopping.set()
    first.outbox._leave()

    again = Visitors(bench.settings())
    again.said = visitors.said
    again.kiosk.start()
    again.visit(5)
    run_until(bench, again, lambda: again.kiosk.conversation.is_drained)
    again.kiosk.stop()

    assert again.kiosk.outbox.boot == 2
    bench.everything_arrived(visitors.said)


@pytest.mark.parametrize(
    ("name", "why"),
    [("another-ca", "CERTIFICATE_VERIFY_FAILED"), ("wrong-name", "certificate is not valid for '127.0.0.1'")],
)
def test_a_broker_that_is_not_ours_gets_nothing(bench, tmp_path, name, why):
    settings = bench.settings()
    if name == "another-ca":
        settings = bench.settings(authority=Authority(tmp_path, "stranger").certificate)
    else:
        settings = Settings(NAME, "127.0.0.1", bench.tls_port, settings.data, settings.tls, retry_ms=100)
    visitors = Visitors(settings)
    visitors.kiosk.start()
    bench.wait_until(lambda: visitors.kiosk.publisher.failures >= 2)
    visitors.kiosk.stop()

    assert why in visitors.kiosk.publisher.trouble
    assert visitors.kiosk.publisher.state == "untrusted"
    assert bench.rows() == []


def test_a_kiosk_can_only_speak_for_itself(bench, visitors):
    visitors.kiosk.start()
    run_until(bench, visitors, lambda: visitors.kiosk.session.page.kind == "attract")
    intruder = Visitors(bench.settings("kiosk-2"))
    intruder.kiosk.conversation._settings = bench.settings()  # speaks with the name of the other
    intruder.kiosk.surveys.offer(json.dumps({"v": 1, "settings": "kiosk@2", "survey": SURVEY}).encode())
    intruder.kiosk.tick()

    intruder.kiosk.start()
    intruder.visit(1)
    visitors.visit(5)
    run_until(bench, visitors, lambda: visitors.kiosk.conversation.is_drained)
    intruder.kiosk.stop()

    bench.everything_arrived(visitors.said)
    assert intruder.kiosk.outbox.acked_seq == 0


@with_server
def test_a_survey_that_cannot_be_shown_is_reported_and_the_old_one_goes_on(bench, visitors):
    kiosk = visitors.kiosk
    kiosk.surveys.renders = lambda survey: "the title is cut off" if survey.version == "kiosk@3" else ""
    kiosk.start()
    run_until(bench, visitors, lambda: kiosk.session.page.kind == "attract")
    bench.ask("POST", "surveys", **(SURVEY | {"survey": "kiosk@3"}))
    bench.ask("PATCH", f"devices/{NAME}", survey="kiosk@3")
    bench.group.kill("bridge")
    kiosk.outbox.refused_acks += 1  # an alarm is news, so the kiosk says hello
    run_until(bench, visitors, lambda: kiosk.surveys.refused)
    visitors.visit(2)
    run_until(bench, visitors, lambda: kiosk.conversation.is_drained)

    assert kiosk.surveys.refused == "screen: the title is cut off"
    assert kiosk.surveys.version == "kiosk@2"
    bench.everything_arrived(visitors.said)
    run_until(bench, visitors, lambda: "settings_refused" in last_hello(bench))

    assert last_hello(bench)["settings_refused"] == "screen: the title is cut off"
    assert last_hello(bench)["settings"] == "kiosk@2"


def last_hello(bench: TlsBench) -> dict:
    connection = connect(bench.trial.database)
    row = connection.execute("SELECT hello FROM journals").fetchone()
    connection.close()
    return json.loads(row["hello"]) if row and row["hello"] else {}


def written_settings(bench: TlsBench) -> Path:
    settings = bench.settings()
    path = bench.data / "kiosk.json"
    tls = {name: str(getattr(settings.tls, name)) for name in ("ca", "certificate", "key")}
    fields = {"device_id": NAME, "host": HOST, "port": settings.port, "data": str(settings.data), "tls": tls}
    path.write_text(json.dumps(fields | {"width": 800, "height": 480, "retry_ms": 100}))
    return path


def test_the_program_itself_takes_its_survey_and_comes_back_after_a_kill(bench):
    command = [sys.executable, "-m", "hymio", "kiosk", "run", "--settings", str(written_settings(bench))]
    for boot in (1, 2):
        with (bench.data / "kiosk.log").open("ab") as log:
            more = {"SDL_VIDEODRIVER": "offscreen", "KIVY_HOME": str(bench.data / "kivy")}
            kiosk = subprocess.Popen([*WITH_US, *command], stdout=log, stderr=log, env=environment() | more)
        bench.wait_until(partial(is_asking, bench, boot))
        kiosk.kill()
        kiosk.wait(60)

    assert last_hello(bench)["model"] == "kiosk"
    assert "settings_refused" not in last_hello(bench)


def is_asking(bench: TlsBench, boot: int) -> bool:
    hello = last_hello(bench)
    return (hello.get("settings"), hello.get("boot")) == ("kiosk@2", boot)


def test_a_kiosk_process_that_is_killed_again_and_again_loses_nothing(bench):
    log = bench.data / "visitors.jsonl"
    command = [sys.executable, "-m", "tests.end_to_end.visitors", str(written_settings(bench)), str(log)]
    chance = random.Random(7)
    for life in range(6):
        kiosk = subprocess.Popen([*WITH_US, *command], env=environment())
        seen = len(thanked(log))
        bench.wait_until(partial(has_thanked, log, seen + chance.randrange(5, 25)))
        if life == 3:
            bench.group.kill("bridge")
        kiosk.kill()
        kiosk.wait(60)
    last = subprocess.Popen([*WITH_US, *command, "drain"], env=environment())
    bench.wait_until(lambda: last.poll() is not None)

    assert last.returncode == 0
    assert len(thanked(log)) >= 30
    bench.everything_arrived(read_logs({NAME: log}))


def thanked(log: Path) -> list[str]:
    return [line for line in log.read_text().splitlines() if "thanked" in line] if log.exists() else []


def has_thanked(log: Path, count: int) -> bool:
    return len(thanked(log)) >= count
