"""What keeps a trial from starting is one clear line, said before anything is started."""

import socket

import pytest

from server.trial import chain, ports
from server.trial.unstartable import Unstartable


def trial(tmp_path, http_port=0, mqtt_port=0) -> chain.Trial:
    return chain.Trial(tmp_path, http_port or ports.free_port(), mqtt_port or ports.free_port())


@pytest.fixture
def taken():
    with socket.create_server((ports.HOST, 0)) as listener:
        yield listener.getsockname()[1]


def test_free_ports_are_accepted(tmp_path):
    chain.check(trial(tmp_path))


def test_a_taken_http_port_is_named_with_its_option(tmp_path, taken):
    with pytest.raises(Unstartable, match=f"Port {taken} cannot be used .*--http-port"):
        chain.check(trial(tmp_path, http_port=taken))


def test_a_taken_mqtt_port_is_named_with_its_option(tmp_path, taken):
    with pytest.raises(Unstartable, match=f"Port {taken} cannot be used .*--mqtt-port"):
        chain.check(trial(tmp_path, mqtt_port=taken))


def test_one_port_for_both_is_refused(tmp_path):
    port = ports.free_port()

    with pytest.raises(Unstartable, match="twice"):
        chain.check(trial(tmp_path, port, port))


@pytest.mark.parametrize(("there", "missing"), [((), "mosquitto"), (("mosquitto",), "util-linux")])
def test_a_missing_program_is_explained(tmp_path, monkeypatch, there, missing):
    for name in there:
        (tmp_path / name).touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(Unstartable, match=f"apt-get install {missing}"):
        chain.check(trial(tmp_path))


def test_a_folder_serves_one_trial_at_a_time(tmp_path):
    with chain.locked(tmp_path), pytest.raises(Unstartable, match="in use by another trial"), chain.locked(tmp_path):
        pass


def test_a_folder_is_free_again_afterwards(tmp_path):
    with chain.locked(tmp_path):
        pass
    with chain.locked(tmp_path):
        pass


def test_a_folder_forgets_that_a_killed_bridge_was_ready(tmp_path):
    (tmp_path / "bridge.ready").touch()

    with chain.locked(tmp_path):
        assert not (tmp_path / "bridge.ready").exists()


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(Unstartable, match="--data"), chain.locked(tmp_path / "file" / "data"):
        pass
