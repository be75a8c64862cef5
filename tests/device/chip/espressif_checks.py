"""The hal of a battery box on a chip that a test holds in its hands; run by tests/device/cpython/test_hal.py."""

import asyncio
import time

import esp32
import machine
import network

from device import VERSION, hal, main
from device.boards import esp32_s3
from device.hal import ChipHal
from device.outbox import Outbox
from device.slots import press
from device.wifi import Wifi
from tests.device.raising import raised
from tests.device.test_outbox import urandom

WATCHDOG = [("watchdog", 30000)]
STATIC = ("10.0.0.9", "255.255.255.0", "10.0.0.1", "10.0.0.1")


def started(cause=machine.PWRON_RESET, static=None):
    machine.cause, machine.woke = cause, ()
    machine.events[:], machine.fed[:], network.calls[:], esp32.waking[:] = [], [], [], []
    network.lets_in = True
    hal.JOIN_S = 0.2
    box = ChipHal(esp32_s3, lambda: Wifi("clinic", "secret", static, "FI"))
    box.open_flash("/nowhere")
    return box


def button(number):
    return machine.Pin(esp32_s3.BUTTONS[number - 1])


def lamps():
    return [machine.Pin(pin).level for pin in esp32_s3.LAMPS]


def edge(box, timeout_ms=1):
    found = asyncio.run(box.next_edge(timeout_ms))
    return found and found[:2]


def test_a_push_comes_out_as_two_edges():
    box = started()
    button(3).push(True)
    button(3).push(False)

    assert [edge(box), edge(box), edge(box)] == [(3, True), (3, False), None]


def test_an_edge_ends_the_wait_for_it():
    box = started()

    async def wait():
        waiting = asyncio.create_task(box.next_edge(600000))
        await asyncio.sleep(0)
        button(2).push(True)
        return await waiting

    assert asyncio.run(wait())[:2] == (2, True)
    button(2).push(False)


def test_a_button_without_an_interrupt_is_seen_when_somebody_looks():
    box = started()
    button(4).level = 0

    assert edge(box) == (4, True)
    assert box.held == (4,)
    button(4).level = 1


def test_every_bit_lights_its_lamp():
    box = started()
    box.light(0b10001, False, 880)
    lit = lamps()
    box.light(0, True, 0)
    box.light(0, True, 0)

    assert lit == [1, 0, 0, 0, 1]
    assert lamps() == [0] * 5
    assert machine.Pin(esp32_s3.SERVICE_LAMP).level == 1
    assert machine.events == WATCHDOG + [("buzzer", esp32_s3.BUZZER, 880), ("buzzer", 0, 0)]


def test_the_service_button_is_read():
    box = started()
    before = box.is_serviced
    machine.Pin(esp32_s3.SERVICE_BUTTON).level = 0
    pressed = box.is_serviced
    machine.Pin(esp32_s3.SERVICE_BUTTON).level = 1

    assert (before, pressed) == (False, True)


def test_every_cause_of_a_start_has_its_word():
    found = [started(cause).reset_cause for cause in (1, 2, 3, 4, 5, 99)]

    assert found == ["power on", "hard", "watchdog", "deepsleep", "soft", "unknown"]
    assert [started(cause).is_cold_start for cause in (1, 3, 4)] == [True, True, False]


def test_the_button_that_woke_the_box_is_known_as_number_or_as_pin():
    box = started(machine.DEEPSLEEP_RESET)
    found = [box.woken_by]
    machine.woke = (esp32_s3.BUTTONS[1],)
    found.append(box.woken_by)
    machine.woke = (button(4), button(5))
    found.append(box.woken_by)

    assert found == [0, 2, 4]
    assert started().woken_by == 0


def test_the_outbox_lives_in_the_partition():
    box = started()
    outbox = Outbox(box.flash, urandom)
    outbox.put(press(4, "fi", 1, None), "reception@3", "smiley")
    box.flash.ioctl(3, 0)
    box.flash.ioctl(hal.ERASE, 15)
    again = Outbox(started().flash, urandom, cold_start=False)

    assert again.peek(9)[0]["answers"] == {"smiley": 4}


def test_a_push_while_the_partition_erases_is_not_lost():
    box = started()
    raw = esp32.partitions["outbox"]
    erase, ticks = raw.ioctl, [5000]
    box._edges._ticks_ms = lambda: ticks[0]

    def slow(op, arg):
        button(1).level = 0
        ticks[0] += 100
        button(1).level = 1
        button(1).handler(button(1))  # the chip calls it late, and once
        return erase(op, arg)

    raw.ioctl = slow
    box.flash.ioctl(hal.ERASE, 14)
    del raw.ioctl

    assert [asyncio.run(box.next_edge(1)) for _ in range(2)] == [(1, None, 5000), None]


def test_a_board_without_its_partition_says_so():
    assert "no partition named nowhere" in str(raised(OSError, hal.partition, "nowhere"))


def test_time_and_chance_are_the_chips():
    box = started()

    before = box.ticks_ms()

    assert 0 <= box.ticks_diff(box.ticks_ms(), before) < 60000
    assert box.rtc_ms() > 0
    assert len(box.urandom(7)) == 7
    assert box.unique_id == b"\x01\x02\x03\x04\x05\x06"


def test_the_hello_knows_the_board():
    box = started()
    before = box.identity()
    asyncio.run(box.join_network())

    assert before == {"board": "esp32_s3", "firmware": VERSION, "reset_cause": "power on", "battery_mv": 4000}
    assert started().measured() == {}
    assert box.measured() == {"rssi_dbm": -61}


def test_the_watchdog_starts_with_the_box_and_wants_to_be_fed():
    box = started()
    box.feed()
    box.feed()

    assert machine.events == WATCHDOG
    assert len(machine.fed) == 2


def test_a_start_with_the_service_button_held_has_no_watchdog():
    machine.Pin(esp32_s3.SERVICE_BUTTON).level = 0
    box = started()
    box.feed()
    machine.Pin(esp32_s3.SERVICE_BUTTON).level = 1

    assert machine.events == []
    assert machine.fed == []


def test_without_a_network_to_join_the_reason_is_told_each_time():
    def missing():
        raise ValueError("/wifi.json: cannot be read")

    box = ChipHal(esp32_s3, missing)
    told = [str(raised(ValueError, asyncio.run, box.join_network())) for _ in range(2)]

    assert told == ["/wifi.json: cannot be read"] * 2


class Told:
    """A `sys` that notes which exceptions were printed."""

    def __init__(self, told):
        self.print_exception = told.append


def test_what_no_press_needs_stops_none():
    async def full():
        raise OSError(28)

    told = []
    real, main.sys = main.sys, Told(told)
    asyncio.run(main.beside(full()))
    main.sys = real

    assert str(told[0]) == "28"


def test_a_box_without_its_partition_says_so_and_starts_anew_after_a_while():
    box, outbox = started(), esp32.partitions.pop("outbox")
    told = []
    box.report = lambda event, fields: told.append((event, fields))
    again_s, main.AGAIN_S = main.AGAIN_S, 0
    raised(machine.Off, asyncio.run, main.live(box, "/nowhere/"))
    main.AGAIN_S, esp32.partitions["outbox"] = again_s, outbox

    assert told == [("out_of_service", {"reason": "no partition named outbox"})]
    assert machine.events[-1] == ("reset",)


def test_sleep_ends_with_a_button_or_with_time():
    box = started()
    asyncio.run(box.join_network())
    raised(machine.Off, asyncio.run, box.sleep(3600000, (1, 2, 4, 5)))

    assert esp32.waking == [([4, 5, 7, 8], esp32.WAKEUP_ALL_LOW)]
    assert machine.events == WATCHDOG + [("deepsleep", 3600000)]
    assert network.calls[-1] == ("disconnect",)
    assert [pin.handler for pin in box._pins] == [None] * 5


def test_sleep_with_every_button_stuck_ends_with_time_only():
    raised(machine.Off, asyncio.run, started().sleep(1000, ()))

    assert esp32.waking == []


def test_no_sleep_is_for_ever():
    raised(machine.Off, asyncio.run, started().sleep(0, ()))

    assert machine.events[-1] == ("deepsleep", 1)


def test_what_is_retained_is_there_after_the_sleep():
    machine.memory = b""
    box = started()
    nothing = box.retained()
    box.retain(b"anything")

    assert nothing == b""
    assert started(machine.DEEPSLEEP_RESET).retained() == b"anything"


def test_the_strongest_access_point_is_the_hint_for_the_next_time():
    hint = asyncio.run(started().join_network(None))
    again = started()
    same = asyncio.run(again.join_network(hint))

    assert same == hint == list(b"near")
    assert network.calls == [("country", "FI"), ("connect", "clinic", b"near")]


def test_an_address_of_its_own_needs_nobody_to_give_one():
    box = started(static=STATIC)
    asyncio.run(box.join_network())
    asyncio.run(box.join_network())

    assert network.calls.count(("ifconfig", STATIC)) == 1
    assert network.calls.count(("connect", "clinic", None)) == 1


def test_an_access_point_that_is_gone_is_an_error_for_whoever_gave_the_hint():
    box = started()
    network.lets_in = False
    refused = raised(OSError, asyncio.run, box.join_network(list(b"gone")))

    assert "no Wi-Fi" in str(refused)
    assert network.calls[1:] == [("connect", "clinic", b"gone"), ("disconnect",)]


def test_a_network_that_hides_gives_no_hint():
    box = started()
    around, network.around = network.around, []
    hint = asyncio.run(box.join_network())
    network.around = around

    assert hint == []


def test_a_restart_resets_the_chip():
    raised(machine.Off, started().restart)

    assert machine.events == WATCHDOG + [("reset",)]


def test_a_wait_without_an_edge_ends_in_time():
    assert edge(started(), timeout_ms=5) is None


def test_whoever_holds_the_cable_is_told():
    told = []
    hal.print = told.append
    started().report("link", {"state": "offline"})
    del hal.print

    assert told == ['{"event":"link","state":"offline"}']


class Chip2000:
    """Clocks of a port that counts from 2000, three days after its birth."""

    ticks_ms = time.ticks_ms
    time = lambda: 3 * 86400  # noqa: E731  # a method would get a self
    gmtime = lambda since: time.gmtime(since + hal.YEAR_2000_AT)  # noqa: E731  # as above


def test_the_calendar_is_raised_to_what_is_certain_and_never_lowered():
    box = started()
    hal.time = Chip2000
    machine.events[:] = []
    box.raise_calendar(1795325101)
    box.raise_calendar(hal.YEAR_2000_AT + 3 * 86400)
    hal.time = time

    assert machine.events == [["calendar", (2026, 11, 22, 6, 5, 25, 1, 0)]]
    box.raise_calendar(1000000000)
    assert len(machine.events) == 1
