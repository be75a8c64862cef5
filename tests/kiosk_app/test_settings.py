"""The settings file of a kiosk: what it means, and what is said about a wrong one."""

import json
from pathlib import Path

import pytest

from kiosk_app.settings import Unusable, load

TLS = {"ca": "ca.pem", "certificate": "kiosk.pem", "key": "kiosk.key"}


@pytest.fixture
def written(tmp_path):
    def write(**fields):
        path = tmp_path / "settings.json"
        path.write_text(json.dumps({"device_id": "kiosk-1", "host": "127.0.0.1"} | fields))
        return path

    return write


def test_a_kiosk_on_loopback_needs_a_name_and_nothing_else(written, tmp_path):
    settings = load(written())

    assert (settings.port, settings.tls, settings.data) == (1883, None, tmp_path / "data")
    assert settings.trusts_bridge


def test_paths_begin_at_the_folder_of_the_file(written, tmp_path):
    settings = load(written(host="broker.example.fi", tls=TLS, data="/data/kiosk", limits={"idle_s": 60}))

    assert settings.port == 8883
    assert (settings.tls.ca, settings.tls.key) == (tmp_path / "ca.pem", tmp_path / "kiosk.key")
    assert settings.data == Path("/data/kiosk")
    assert (settings.limits.idle_s, settings.limits.undo_ms) == (60, 5_000)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"host": "broker.example.fi"}, "tls is missing: only loopback goes without"),
        ({"device_id": "K"}, "device_id must be 4 to 40 characters long"),
        ({"port": 0}, "port must be from 1 to 65535"),
        ({"tls": {"ca": "x"}}, "tls.certificate is missing"),
        ({"width": 800}, "width and height go together, or neither for the full screen"),
        ({"limits": {"hold_ms": 1}}, "limits.hold_ms must be from 500 to 60000"),
        ({"pin_hash": "1234"}, "pin_hash must be 20 to 200 characters long"),
        ({"device": "kiosk-1"}, "device is no setting of a kiosk"),
    ],
)
def test_a_wrong_setting_is_named(written, fields, reason):
    path = written(**fields)

    with pytest.raises(Unusable) as wrong:
        load(path)

    assert str(wrong.value) == f"{path}: {reason}"


@pytest.mark.parametrize(
    ("content", "reason"), [("{", "not JSON"), ("[]", "must be an object"), (None, "cannot be read")]
)
def test_a_file_that_is_none_is_named(tmp_path, content, reason):
    path = tmp_path / "settings.json"
    if content is not None:
        path.write_text(content)

    with pytest.raises(Unusable, match=reason):
        load(path)
