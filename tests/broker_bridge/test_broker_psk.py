"""Boxes on their keys and kiosks on their certificates at one broker: nobody speaks or listens for another."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from broker_bridge.broker import Certificates, Psk, write
from server.trial.ports import free_port
from tests.broker_bridge.authority import Authority
from tests.broker_bridge.listener import Listener, wait_until

BRIDGE = "hymio-bridge"
KEYS = {"box-0001": "3f1c" * 8, "box-0002": "a7d4" * 8}
PATIENCE_S = "60"


class Site:
    """A broker with both listeners, and the bridge on it."""

    def __init__(self, folder: Path, own: str = "%u") -> None:
        self.authority = Authority(folder / "authority")
        keys = folder / "keys.psk"
        keys.touch(mode=0o600)
        keys.write_text("".join(f"{box}:{key}\n" for box, key in KEYS.items()))
        self.by_key = Psk(free_port(), "127.0.0.1", keys)
        certificate = self.authority.named("localhost")
        self.by_certificate = Certificates(free_port(), "127.0.0.1", self.authority.certificate, *certificate)
        configuration = write(folder, [self.by_key, self.by_certificate], BRIDGE)
        access = configuration.with_name("access.acl")
        access.write_text(access.read_text().replace("%u", own))
        self.broker = subprocess.Popen(["mosquitto", "-c", configuration])
        self.bridge = self.kiosk(BRIDGE, "hymio/v1/+/up/#")

    def kiosk(self, name: str, topic: str) -> Listener:
        """Connect by a certificate."""
        tls = (self.authority.certificate, *self.authority.named(name))
        return Listener(self.by_certificate.port, "somebody", topic, "", tls)

    def box(self, program: str, identity: str, key: str, *more: str) -> subprocess.Popen[str]:
        """Start a client that connects by a key."""
        where = ["-h", "127.0.0.1", "-p", str(self.by_key.port), "--psk-identity", identity, "--psk", key]
        return subprocess.Popen(
            [program, *where, "-V", "mqttv5", "-q", "1", *more],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=os.environ,
        )

    def says(self, identity: str, key: str, topic: str, *more: str) -> bool:
        """Let a box say something; tell whether the broker let it in."""
        speaker = self.box("mosquitto_pub", identity, key, "-t", topic, "-m", "{}", *more)
        speaker.communicate(timeout=60)
        return speaker.returncode == 0

    def stop(self) -> None:
        self.bridge.client.disconnect()
        self.bridge.client.loop_stop()
        self.broker.terminate()
        self.broker.wait(60)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = Site(tmp_path)
    yield site
    site.stop()


def up(device_id: str) -> str:
    return f"hymio/v1/{device_id}/up/hello"


def test_a_box_speaks_for_itself_and_for_nobody_else(site: Site) -> None:
    box = ("box-0001", KEYS["box-0001"])

    site.says(*box, up("box-0002"))
    site.says(*box, up("box-0002"), "-u", "box-0002", "-i", "box-0002")
    site.says(*box, up("kiosk-0001"), "-u", BRIDGE)
    site.says(*box, "hymio/v1/box-0001/down/ack")
    assert site.says(*box, up("box-0001"))

    wait_until(lambda: site.bridge.heard)
    assert site.bridge.heard == [up("box-0001")]


def test_a_broker_that_lets_every_box_speak_for_all_would_be_seen(tmp_path: Path) -> None:
    site = Site(tmp_path, own="+")
    site.says("box-0001", KEYS["box-0001"], up("box-0002"))

    wait_until(lambda: site.bridge.heard)
    assert site.bridge.heard == [up("box-0002")]
    site.stop()


def test_a_kiosk_does_not_speak_for_a_box(site: Site) -> None:
    kiosk = site.kiosk("kiosk-0001", "hymio/v1/kiosk-0001/down/#")

    kiosk.say(up("box-0001"))
    kiosk.say(up("kiosk-0001"))
    kiosk.client.disconnect()
    kiosk.client.loop_stop()

    wait_until(lambda: site.bridge.heard)
    assert site.bridge.heard == [up("kiosk-0001")]


@pytest.mark.parametrize("topic", ["hymio/v1/#", "#", "hymio/v1/+/down/#"])
def test_a_box_hears_what_is_said_to_it_and_to_no_other(site: Site, topic: str) -> None:
    curious = site.box("mosquitto_sub", "box-0001", KEYS["box-0001"], "-t", topic, "-v", "-C", "3", "-W", PATIENCE_S)

    def said() -> bool:
        for device_id in ("box-0002", "kiosk-0001", "box-0001"):
            site.bridge.say(f"hymio/v1/{device_id}/down/ack")
        return curious.poll() is not None

    wait_until(said)
    heard, _ = curious.communicate(timeout=60)

    assert heard == "hymio/v1/box-0001/down/ack {}\n" * 3


@pytest.mark.parametrize(
    ("identity", "key"),
    [("box-0001", KEYS["box-0002"]), ("box-0003", "00" * 16), (BRIDGE, KEYS["box-0001"])],
    ids=["another box's key", "a box that nobody knows", "the bridge's name"],
)
def test_without_its_key_nobody_gets_in(site: Site, identity: str, key: str) -> None:
    assert site.says("box-0001", KEYS["box-0001"], up("box-0001"))
    assert not site.says(identity, key, up(identity))


def test_a_client_without_tls_gets_in_nowhere(site: Site) -> None:
    for port in (site.by_key.port, site.by_certificate.port):
        plain = [
            "mosquitto_pub",
            "-h",
            "127.0.0.1",
            "-p",
            str(port),
            "-t",
            up("box-0001"),
            "-m",
            "{}",
            "-u",
            "box-0001",
        ]

        assert subprocess.run(plain, capture_output=True, timeout=60, check=False).returncode != 0
