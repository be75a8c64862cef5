"""The hal of a mains box on a chip that a test holds in its hands; run by tests/device/cpython/test_hal.py."""

import asyncio

import machine
import network
import rp2

from device import hal
from device.boards import pico2_w
from device.hal import ChipHal
from device.outbox import Outbox
from device.slots import press
from device.wifi import Wifi
from tests.device.test_outbox import urandom


class Region:
    """A board whose firmware leaves the end of the flash to the outbox."""

    def __getattr__(self, name):
        return "device.boards.region" if name == "__name__" else getattr(pico2_w, name)

    PARTITION = (2359296, 262144)


def started(board=pico2_w):
    machine.events[:], network.calls[:] = [], []
    return ChipHal(board, Wifi("clinic", "secret", None, "FI"))


def test_a_box_on_the_mains_does_not_sleep_and_has_no_battery():
    box = started()

    assert not box.sleeps
    assert box.battery_mv() is None
    assert box.drift_ppm < 1000
    assert "battery_mv" not in box.identity()


def test_it_remembers_nothing_over_a_restart():
    box = started()
    box.retain(b"anything")

    assert box.retained() == b""


def test_its_watchdog_waits_no_longer_than_the_chip_can():
    started().feed()

    assert machine.events == [("watchdog", 8000)]


def test_it_does_not_look_for_access_points():
    hint = asyncio.run(started().join_network(None))

    assert hint == []
    assert network.calls == [("country", "FI"), ("connect", "clinic", None)]


def test_stock_firmware_leaves_no_flash_to_the_outbox():
    assert started().flash is None


def test_a_region_of_flash_takes_parts_of_pages():
    box = started(Region())
    outbox = Outbox(box.flash, urandom)
    outbox.put(press(4, "fi", 1, None), "reception@3", "smiley")

    assert outbox.peek(9)[0]["answers"] == {"smiley": 4}
    assert rp2.made[-1] == Region.PARTITION
    assert box.flash.ioctl(4, 0) == 64


def test_a_port_that_cannot_tell_what_woke_it_is_asked_nothing():
    told = machine.wake_pins
    del machine.wake_pins
    machine.cause = machine.DEEPSLEEP_RESET
    found = started().woken_by
    machine.wake_pins, machine.cause = told, machine.PWRON_RESET

    assert found == 0
    assert hal.esp32 is None
