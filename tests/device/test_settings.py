"""settings.json: who the box is."""

import json

from device import settings
from tests.device.place import FOLDER
from tests.device.raising import raised

PATH = FOLDER + "/settings.json"
GIVEN = {"device_id": "box-0001", "model": "button-5", "host": "127.0.0.1"}


def written(text):
    with open(PATH, "w") as file:
        file.write(text)
    return PATH


def trouble(given):
    return str(raised(ValueError, settings.load, written(json.dumps(given))))


def test_the_least_that_a_box_must_know():
    loaded = settings.load(written(json.dumps(GIVEN)))

    assert (loaded.device_id, loaded.model, loaded.host, loaded.port) == ("box-0001", "button-5", "127.0.0.1", 1883)
    assert (loaded.retry_ms, loaded.longest_retry_ms, loaded.ack_timeout_ms) == (1000, 60000, 10000)


def test_what_is_wrong_is_said_in_one_line():
    assert trouble(GIVEN | {"device_id": "Box 1"}) == PATH + ": device_id must match ^[a-z0-9][a-z0-9-]*$"
    assert trouble(GIVEN | {"port": 70000}) == PATH + ": port must be from 1 to 65535"
    assert trouble(GIVEN | {"port": "1883"}) == PATH + ": port must be an integer"
    assert trouble({"device_id": "box-0001", "host": "h"}) == PATH + ": model is missing"
    assert "model must be one of button-4, button-5, button-11" in trouble(GIVEN | {"model": "button-6"})


def test_a_file_that_is_missing_or_no_json_is_told_by_name():
    assert (
        str(raised(ValueError, settings.load, "/tmp/hymio-no-such-file")) == "/tmp/hymio-no-such-file: cannot be read"
    )
    assert str(raised(ValueError, settings.load, written("{"))) == PATH + ": not JSON"
    assert trouble([]) == PATH + ": message must be an object"


PSK = {"psk_identity": "box-0001", "psk": "00112233445566778899aabbccddeeff"}
CERTIFICATE = {"ca": "ca.der", "certificate": "/box.der", "key": "box.key", "server_hostname": "broker.example"}


def loaded(**more):
    return settings.load(written(json.dumps(GIVEN | more)))


def test_tls_has_a_port_of_its_own_and_files_beside_the_settings():
    by_key = loaded(host="broker.example", tls=PSK)
    by_certificate = loaded(host="broker.example", port=8884, tls=CERTIFICATE)

    assert (by_key.port, by_key.tls) == (8883, PSK)
    assert (by_certificate.port, by_certificate.tls["server_hostname"]) == (8884, "broker.example")
    assert by_certificate.tls["ca"] == FOLDER + "/ca.der"
    assert by_certificate.tls["certificate"] == "/box.der"


def test_only_loopback_goes_without_tls():
    assert trouble(GIVEN | {"host": "broker.example"}) == PATH + ": tls is missing: only loopback goes without"
    assert loaded(host="localhost").tls is None


def test_half_a_tls_is_refused():
    for tls in ({}, PSK | CERTIFICATE, {"psk": PSK["psk"]}, {"ca": "ca.der"}, CERTIFICATE | {"server_hostname": ""}):
        assert "tls" in trouble(GIVEN | {"tls": tls})
    for psk in ("", "00" * 15, "00" * 33, "0" * 33, "g" * 32):
        assert "tls.psk" in trouble(GIVEN | {"tls": PSK | {"psk": psk}})
    assert trouble(GIVEN | {"tls": PSK | {"psk_identity": "box-0002"}}).endswith("psk_identity must be the device_id")


def test_the_time_is_taken_over_tls_and_from_loopback_only():
    assert settings.trusts_bridge(loaded())
    assert settings.trusts_bridge(loaded(host="broker.example", tls=PSK))
    assert not settings.trusts_bridge(unsafe())


def unsafe():
    return settings.Settings(**(settings.DEFAULTS | GIVEN | {"host": "broker.example"}))
