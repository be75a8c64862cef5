"""The press path: thanks come after flash, and from nowhere else."""

import asyncio

from device import mqtt
from device.app import App, out_of_service
from device.outbox import OutboxUnreadable
from device.settings import DEFAULTS, Settings
from tests.device.raising import raised
from tests.device.ram_flash import RamFlash
from tests.device.test_clock import Ticks
from tests.device.test_outbox import urandom
from tests.device.test_survey import PATH, down, fresh, question


class MemoryHal(Ticks):
    """A board in memory that notes what a visitor sees."""

    is_cold_start = True

    def __init__(self, flash=None):
        super().__init__(0)
        self.flash = flash or RamFlash(block_count=8)
        self.seen = []
        self.reports = []
        self.pressed = []
        self.is_pressed = asyncio.Event()
        self.random = 255

    def urandom(self, size):
        return urandom(size) if size > 1 else bytes([self.random])

    def identity(self):
        return {"board": "memory", "firmware": "0.1.0", "reset_cause": "power on"}

    def thank(self, epoch, record):
        self.seen.append(("thanked", record["seq"]))

    def refuse(self, reason):
        self.seen.append(("refused", reason))

    def report(self, event, fields):
        self.reports.append((event, fields))

    async def join_network(self):
        raise MemoryError("no memory left for the network")

    async def next_press(self):
        while not self.pressed:
            self.is_pressed.clear()
            await self.is_pressed.wait()
        return self.pressed.pop(0)


def settings(given=None):
    fields = {"device_id": "box-0001", "model": "button-5", "host": "127.0.0.1"}
    return Settings(**(DEFAULTS | fields | (given or {})))


def app(hal, has_survey=True):
    surveys = fresh()
    if has_survey:
        surveys.take(down([question("smiley5")]))
    made = App(hal, settings(), PATH.rpartition("/")[0])
    made.surveys = surveys
    return made


def test_a_press_is_thanked_once_flash_holds_it():
    hal = MemoryHal()
    box = app(hal)
    box.press(3)

    assert hal.seen == [("thanked", 1)]
    assert box.outbox.peek(1)[0]["answers"] == {"q": 3}
    assert box.outbox.peek(1)[0]["language"] == "fi"


def test_flash_that_silently_does_nothing_earns_no_thanks():
    hal = MemoryHal()
    box = app(hal)
    box.press(1)
    hal.flash.deaf = 1000
    box.press(3)

    assert hal.seen == [("thanked", 1), ("refused", "flash does not keep what is written")]
    assert len(box.outbox.peek(9)) == 1


def test_flash_that_breaks_the_read_back_earns_no_thanks():
    hal = MemoryHal()
    box = app(hal)
    box.press(1)

    def broken(block, buf, offset):
        raise OSError(5)

    hal.flash.readblocks = broken
    box.press(3)

    assert hal.seen[1][0] == "refused"


def test_a_press_for_which_there_is_no_memory_is_refused_and_the_next_is_not():
    hal = MemoryHal()
    box = app(hal)
    put = box.outbox.put

    def no_memory(*_):
        raise MemoryError

    box.outbox.put = no_memory
    box.press(3)
    box.outbox.put = put
    box.press(3)

    assert hal.seen == [("refused", "MemoryError"), ("thanked", 1)]


def test_without_a_survey_a_press_is_refused_visibly():
    hal = MemoryHal()
    box = app(hal, has_survey=False)
    box.press(3)

    assert hal.seen == [("refused", "no survey yet")]
    assert box.outbox.next_seq == 1


def test_a_full_outbox_refuses_visibly_and_takes_presses_after_the_ack():
    hal = MemoryHal(RamFlash())
    box = app(hal)
    while hal.seen[-1:] != [("refused", "all space waits for the bridge")]:
        box.press(1)
    box.outbox.acknowledge(box.outbox.next_seq - 1)
    box.press(1)

    assert hal.seen[-1] == ("thanked", box.outbox.next_seq - 1)


def test_a_button_that_the_model_lacks_is_refused():
    hal = MemoryHal()
    box = app(hal)
    box.press(0)
    box.press(6)

    assert hal.seen == [("refused", "no such button")] * 2


def test_presses_go_on_whatever_the_link_trips_over():
    hal = MemoryHal()
    box = app(hal)
    box.settings = settings({"retry_ms": 10})

    async def live():
        link = asyncio.create_task(box.stay_connected())
        presses = asyncio.create_task(box.presses())
        hal.pressed += [1, 2, 3]
        await asyncio.sleep(0.2)
        link.cancel()
        presses.cancel()

    asyncio.run(live())

    assert [seen for seen, _ in hal.seen] == ["thanked"] * 3
    assert box._failures > 1
    assert hal.reports[-1][1]["reason"] == "no memory left for the network"


def test_the_back_off_doubles_up_to_the_longest():
    hal = MemoryHal()
    box = app(hal)
    waits = []
    for failures in range(1, 10):
        box._failures = failures
        waits.append(box.wait_ms())

    assert waits == [1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000, 60000]


def test_half_of_the_back_off_is_left_to_chance():
    hal = MemoryHal()
    box = app(hal)
    box._failures = 1
    hal.random = 0

    assert box.wait_ms() == 500


def test_a_retained_message_is_nobody_s_answer():
    hal = MemoryHal()
    box = app(hal)
    box.press(1)
    payload = b'{"v":1,"epoch":"abcdefghij","seq":1,"now":1795325101}'
    for is_retained in (True, False):
        box.take(mqtt.Packet(mqtt.PUBLISH, 1, 0, "hymio/v1/box-0001/down/ack", payload, is_retained))

        assert box.outbox.acked_seq == (0 if is_retained else 1)


def test_a_puback_frees_nothing():
    hal = MemoryHal()
    box = app(hal)
    box.press(1)
    box.take(mqtt.Packet(mqtt.PUBACK, 1, 0, "", b"", False))

    assert box.outbox.acked_seq == 0


def test_an_unreadable_flash_refuses_every_press():
    hal = MemoryHal()
    hal.flash.memory[100] = hal.flash.memory[5000] = 0
    error = raised(OutboxUnreadable, app, hal)
    hal.pressed += [1, 2]

    async def live():
        box = asyncio.create_task(out_of_service(hal, error))
        await asyncio.sleep(0.05)
        box.cancel()

    asyncio.run(live())

    assert hal.seen == [("refused", "out of service: neither blank nor a journal")] * 2
