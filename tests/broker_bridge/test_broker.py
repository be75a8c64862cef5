"""The broker as we configure it: a device says and hears its own, and nothing too large gets through."""

import stat
from pathlib import Path

from broker_bridge.broker import bridge_username, write_configuration
from tests.broker_bridge.conftest import Listen
from tests.broker_bridge.listener import wait_until


def test_the_bridge_hears_a_device_below_its_own_name_only(listen: Listen, tmp_path: Path) -> None:
    bridge = listen(bridge_username(tmp_path), "hymio/v1/+/up/#")
    box = listen("box-0001", "hymio/v1/box-0001/down/#")

    box.say("hymio/v1/box-0002/up/hello")
    box.say("hymio/v1/box-0001/up/hello")

    wait_until(lambda: bridge.heard)
    assert bridge.heard == ["hymio/v1/box-0001/up/hello"]


def test_a_device_hears_what_is_said_to_it_and_to_no_other(listen: Listen, tmp_path: Path) -> None:
    bridge = listen(bridge_username(tmp_path), "hymio/v1/+/up/#")
    curious = listen("box-0002", "hymio/v1/#")
    box = listen("box-0001", "hymio/v1/box-0001/down/#")

    bridge.say("hymio/v1/box-0001/down/ack")
    bridge.say("hymio/v1/box-0002/down/ack")

    wait_until(lambda: box.heard and curious.heard)
    assert (box.heard, curious.heard) == (["hymio/v1/box-0001/down/ack"], ["hymio/v1/box-0002/down/ack"])


def test_a_packet_above_the_limit_does_not_reach_the_bridge_and_is_not_acknowledged(
    listen: Listen, tmp_path: Path
) -> None:
    bridge = listen(bridge_username(tmp_path), "hymio/v1/+/up/#")
    box = listen("box-0001", "hymio/v1/box-0001/down/#")

    sent = box.client.publish("hymio/v1/box-0001/up/responses", b" " * 17_000, qos=1)

    wait_until(lambda: box.disconnected)
    assert not sent.is_published()
    assert bridge.heard == []


def test_a_message_to_be_retained_reaches_nobody_now_or_later(listen: Listen, tmp_path: Path) -> None:
    bridge = listen(bridge_username(tmp_path), "hymio/v1/+/up/#")
    box = listen("box-0001", "hymio/v1/box-0001/down/#")

    box.client.publish("hymio/v1/box-0001/up/hello", b"{}", qos=1, retain=True)
    wait_until(lambda: box.disconnected)
    late = listen(bridge_username(tmp_path), "hymio/v1/+/up/#")
    listen("box-0002", "hymio/v1/box-0002/down/#").say("hymio/v1/box-0002/up/hello")

    wait_until(lambda: bridge.heard and late.heard)
    assert bridge.heard == late.heard == ["hymio/v1/box-0002/up/hello"]


def test_the_brokers_files_are_private_and_its_bridge_has_one_name(tmp_path: Path) -> None:
    first = write_configuration(tmp_path, 1883)
    names = {bridge_username(tmp_path) for _ in range(2)}
    write_configuration(tmp_path, 1884)

    assert len(names) == 1
    modes = {stat.S_IMODE(path.stat().st_mode) for path in first.parent.iterdir()}
    assert modes == {0o600}
    assert "listener 1884 127.0.0.1\n" in first.read_text()


def test_two_installations_have_bridges_of_different_names(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()

    assert bridge_username(tmp_path) != bridge_username(tmp_path / "other")
