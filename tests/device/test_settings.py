"""settings.json: who the box is."""

import json

from device import settings
from tests.device.raising import raised

PATH = "/tmp/hymio-test-settings.json"
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


def test_the_time_is_taken_from_loopback_only():
    near = settings.load(written(json.dumps(GIVEN)))
    far = settings.load(written(json.dumps(GIVEN | {"host": "broker.example"})))

    assert settings.trusts_bridge(near)
    assert not settings.trusts_bridge(far)
