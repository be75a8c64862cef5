"""wifi.json: the network that a box joins."""

import json

from device import wifi
from tests.device.place import FOLDER
from tests.device.raising import raised

PATH = FOLDER + "/wifi.json"
STATIC = {"address": "10.0.0.9", "netmask": "255.255.255.0", "gateway": "10.0.0.1", "dns": "10.0.0.1"}


def written(given):
    with open(PATH, "w") as file:
        file.write(given if isinstance(given, str) else json.dumps(given))
    return PATH


def test_name_and_password_are_enough():
    found = wifi.load(written({"ssid": "clinic", "password": "secret-secret"}))

    assert (found.ssid, found.password, found.static, found.country) == ("clinic", "secret-secret", None, "FI")


def test_an_address_of_its_own_comes_with_all_that_belongs_to_it():
    found = wifi.load(written({"ssid": "clinic", "password": "", "country": "SE"} | STATIC))

    assert found.static == ("10.0.0.9", "255.255.255.0", "10.0.0.1", "10.0.0.1")
    assert found.country == "SE"


def test_what_is_wrong_is_said_in_one_line():
    without_dns = {name: value for name, value in STATIC.items() if name != "dns"}
    half = {"ssid": "clinic", "password": ""} | without_dns

    assert str(raised(ValueError, wifi.load, written(half))).endswith("gateway and dns go together")
    assert "ssid" in str(raised(ValueError, wifi.load, written({"password": "x"})))
    assert "address" in str(raised(ValueError, wifi.load, written({"ssid": "a", "password": "", "address": "router"})))
    assert raised(ValueError, wifi.load, written("{"))
    assert "cannot be read" in str(raised(ValueError, wifi.load, "/tmp/hymio-test-nothing.json"))
