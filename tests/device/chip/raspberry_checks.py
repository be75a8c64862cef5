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
from tests.device.littlefs import mounted
from tests.device.ram_flash import RamFlash
from tests.device.test_outbox import urandom


class Region:
    """A board whose firmware leaves the end of the flash to the outbox."""

    def __getattr__(self, name):
        return "device.boards.region" if name == "__name__" else getattr(pico2_w, name)

    PARTITION = (2359296, 262144)


def started(board=pico2_w):
    machine.events[:], network.calls[:] = [], []
    return ChipHal(board, lambda: Wifi("clinic", "secret", None, "FI"))


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


def in_files():
    """Return a box that keeps its outbox in files, and the outbox."""
    box = started()
    box.open_flash(mounted(RamFlash(64, 4096)))
    return box, Outbox(box.flash, urandom)


def test_stock_firmware_leaves_no_flash_to_the_outbox():
    _, outbox = in_files()
    outbox.put(press(4, "fi", 1, None), "reception@3", "smiley")

    assert outbox.peek(9)[0]["answers"] == {"smiley": 4}


def test_a_push_while_files_are_written_is_not_lost():
    box, outbox = in_files()
    ticks = [5000]
    box._edges._ticks_ms = lambda: ticks[0]
    pin = machine.Pin(pico2_w.BUTTONS[0])
    real = box._edges.busy

    def slow(is_busy):
        real(is_busy)
        if is_busy:
            ticks[0] += 100
            pin.handler(pin)  # the chip calls it late, and once: the button is up again

    box.flash._busy = slow
    for segments in (outbox._records.blocks, outbox._tallies._ring.blocks):
        segments._busy = slow
    outbox.put(press(4, "fi", 1, None), "reception@3", "smiley")

    assert box._edges.take()[:2] == (1, None)


def test_a_region_of_flash_takes_parts_of_pages():
    box = started(Region())
    box.open_flash("/nowhere")
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
