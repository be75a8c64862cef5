"""The broker beyond loopback: a certificate's common name is the device, and nobody gets in without one."""

import json
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from broker_bridge.broker import Certificates, Trial, render, write
from broker_bridge.database import registry
from broker_bridge.database.connect import connect as open_again
from broker_bridge.database.migrate import open_database
from broker_bridge.settings import Settings, Tls, Unusable
from broker_bridge.subscriber import Subscriber
from device import mqtt
from server.trial.ports import answers, free_port
from tests.broker_bridge.authority import Authority
from tests.broker_bridge.listener import Listener, wait_until

Connect = Callable[..., Listener]


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "authority")


@pytest.fixture
def port(tmp_path: Path, authority: Authority) -> Iterator[int]:
    """Give the port of a broker that asks for certificates."""
    listener = Certificates(free_port(), "127.0.0.1", authority.certificate, *authority.named("localhost"))
    broker = subprocess.Popen(["mosquitto", "-c", write(tmp_path, [listener], "hymio-bridge")])
    wait_until(lambda: answers(listener.port))
    yield listener.port
    broker.terminate()
    broker.wait(60)


@pytest.fixture
def connect(port: int, authority: Authority) -> Iterator[Connect]:
    """Give a function that connects a listener under a certificate's name; all are ended afterwards."""
    listeners: list[Listener] = []

    def connect(common_name: str, topic: str, client_id: str = "") -> Listener:
        tls = (authority.certificate, *authority.named(common_name))
        listeners.append(Listener(port, "somebody", topic, client_id, tls))
        return listeners[-1]

    yield connect
    for listener in listeners:
        listener.client.disconnect()
        listener.client.loop_stop()


def is_let_in(port: int, trusted: Authority, issuer: Authority) -> bool:
    """Tell whether the broker answers a client with a certificate of that issuer."""
    context = ssl.create_default_context(cafile=str(trusted.certificate))
    context.load_cert_chain(*map(str, issuer.named("kiosk-0002")))
    with socket.create_connection(("127.0.0.1", port), 60) as plain:
        try:
            with context.wrap_socket(plain, server_hostname="localhost") as secured:
                secured.sendall(mqtt.connect("kiosk-0002", "kiosk-0002", 30, "topic", b""))
                return secured.recv(4) == bytes([mqtt.CONNACK << 4, 2, 0, 0])
        except (ssl.SSLError, ConnectionResetError):
            return False


def test_the_certificate_and_not_the_client_says_who_it_is(connect: Connect) -> None:
    bridge = connect("hymio-bridge", "hymio/v1/+/up/#")
    kiosk = connect("kiosk-0001", "hymio/v1/kiosk-0001/down/#")

    kiosk.say("hymio/v1/box-0001/up/hello")
    kiosk.say("hymio/v1/kiosk-0001/up/hello")

    wait_until(lambda: bridge.heard)
    assert bridge.heard == ["hymio/v1/kiosk-0001/up/hello"]


def test_a_device_cannot_take_over_the_bridges_session_by_its_client_id(connect: Connect) -> None:
    bridge = connect("hymio-bridge", "hymio/v1/+/up/#", client_id="hymio-bridge")
    connect("kiosk-0001", "hymio/v1/kiosk-0001/down/#", client_id="hymio-bridge")
    kiosk = connect("kiosk-0002", "hymio/v1/kiosk-0002/down/#")

    kiosk.say("hymio/v1/kiosk-0002/up/hello")

    wait_until(lambda: bridge.heard)
    assert not bridge.disconnected


def test_a_certificate_of_another_authority_is_refused(
    connect: Connect, port: int, authority: Authority, tmp_path: Path
) -> None:
    connect("kiosk-0001", "hymio/v1/kiosk-0001/down/#")

    assert is_let_in(port, authority, authority)
    assert not is_let_in(port, authority, Authority(tmp_path / "rogue"))


def test_a_listener_without_passwords_stands_alone(tmp_path: Path) -> None:
    beside = Certificates(8883, "0.0.0.0", tmp_path, tmp_path, tmp_path)

    with pytest.raises(ValueError, match="stands alone"):
        render(tmp_path, tmp_path, [Trial(1883), beside], "nobody")


@pytest.fixture
def settings(tmp_path: Path, port: int, authority: Authority) -> Settings:
    """Give a bridge's settings for that broker, with a box in its database."""
    connection = open_database(tmp_path / "hymio.db")
    registry.add_device(connection, "kiosk-0001", "kiosk")
    connection.close()
    tls = Tls(authority.certificate, *authority.named("hymio-bridge"))
    return Settings(tmp_path, port, mqtt_host="localhost", tls=tls)


def test_the_bridge_takes_and_acknowledges_over_tls(connect: Connect, settings: Settings) -> None:
    bridge = Subscriber(settings)
    thread = threading.Thread(target=bridge.run)
    thread.start()
    try:
        wait_until(settings.ready_file.exists)
        kiosk = connect("kiosk-0001", "hymio/v1/kiosk-0001/down/#")
        # Far more than one piece of TLS holds.
        records = [{"seq": seq, "boot": 1, "uptime_s": seq, "at": None, "lost": "flash"} for seq in range(1, 41)]
        for place in range(0, 40, 20):
            batch = {"v": 1, "epoch": "e1", "boot": 1, "uptime_s": 99, "responses": records[place : place + 20]}
            kiosk.client.publish("hymio/v1/kiosk-0001/up/responses", json.dumps(batch), qos=1)
        wait_until(lambda: kiosk.heard.count("hymio/v1/kiosk-0001/down/ack") >= 1 and stored(settings) == 40)
    finally:
        bridge.stopping = True
        thread.join(60)
    assert stored(settings) == 40


def stored(settings: Settings) -> int:
    connection = open_again(settings.database)
    count = connection.execute("SELECT count(*) FROM responses").fetchone()[0]
    connection.close()
    return int(count)


def test_the_bridge_speaks_to_no_broker_whose_certificate_is_not_signed(settings: Settings, tmp_path: Path) -> None:
    rogue = Authority(tmp_path / "rogue")
    bridge = Subscriber(replace(settings, tls=Tls(rogue.certificate, *rogue.named("hymio-bridge"))))

    with pytest.raises(ssl.SSLCertVerificationError):
        bridge.connect()
    bridge.forget_database()


def test_files_that_are_no_certificates_are_named(tmp_path: Path, authority: Authority) -> None:
    (tmp_path / "empty.pem").touch()

    with pytest.raises(Unusable, match=r"empty\.pem"):
        Tls(tmp_path / "empty.pem", *authority.named("hymio-bridge")).context()


def test_another_machine_is_not_spoken_to_without_tls(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="certificates are needed"):
        Settings(tmp_path, 8883, mqtt_host="mqtt.example")
