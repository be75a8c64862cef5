"""The press path: thanks come after flash, and from nowhere else."""

import asyncio
import json
import os

from device import mqtt
from device.app import App
from device.outbox import OutboxUnreadable
from device.press_path import out_of_service
from device.settings import DEFAULTS, Settings
from tests.device.raising import raised
from tests.device.ram_flash import RamFlash
from tests.device.test_clock import Ticks
from tests.device.test_outbox import urandom
from tests.device.test_survey import PATH, down, question

DIRECTORY = PATH.rpartition("/")[0]


class MemoryHal(Ticks):
    """A board in memory that notes what a visitor sees; its time stands still, but for waits for an edge."""

    is_cold_start = True
    sleeps = False
    built_at = 0
    woken_by = 0
    held = ()

    def __init__(self, flash=None):
        super().__init__(0)
        self.flash = flash or RamFlash(block_count=8)
        self.seen = []
        self.lit = []
        self.reports = []
        self.edges = []
        self.random = 255
        self.kept = b""
        self.fed = 0
        self.slept = []

    def urandom(self, size):
        return urandom(size) if size > 1 else bytes([self.random])

    def measured(self):
        return {"rssi_dbm": -61}

    def identity(self):
        return {"board": "memory", "firmware": "0.1.0", "reset_cause": "power on"}

    def report(self, event, fields):
        self.reports.append((event, fields))
        if event in ("thanked", "refused"):
            self.seen.append((event, fields["seq"] if event == "thanked" else fields["reason"]))

    def light(self, lamps, service, hertz):
        self.lit.append((lamps, service))

    def feed(self):
        self.fed += 1

    def retained(self):
        return self.kept

    def retain(self, data):
        self.kept = data

    async def join_network(self, hint):
        raise MemoryError("no memory left for the network")

    async def sleep(self, duration_ms, wake_buttons):
        self.slept.append((duration_ms, wake_buttons))
        self.now += duration_ms
        await asyncio.sleep(0)

    def push(self, *buttons):
        for button in buttons:
            self.edges += [(button, True, 0), (button, False, 50), (0, False, 50)]

    async def next_edge(self, timeout_ms):
        """Give the next edge after its pause; button 0 is none, only the pause."""
        await asyncio.sleep(0)
        if not self.edges:
            await asyncio.sleep(0.01)
            self.now += timeout_ms
            return None
        button, is_down, pause_ms = self.edges.pop(0)
        self.now += pause_ms
        return (button, is_down, self.ticks_ms()) if button else None


def settings(given=None):
    fields = {"device_id": "box-0001", "model": "button-5", "host": "127.0.0.1"}
    return Settings(**(DEFAULTS | fields | (given or {})))


def app(hal, has_survey=True, limits=None):
    for name in ("survey.json", "starts.json"):
        try:
            os.remove(DIRECTORY + "/" + name)
        except OSError:
            pass
    made = App(hal, settings(), DIRECTORY)
    if has_survey:
        made.surveys.take(down([question("smiley5")], limits=limits or {}))
    return made


def live(box, *tasks, seconds=0.2):
    """Run tasks of a box for a while."""

    async def run():
        running = [asyncio.create_task(task()) for task in tasks]
        await asyncio.sleep(seconds)
        for task in running:
            task.cancel()

    asyncio.run(run())


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
    hal.push(1, 2, 3)
    live(box, box.stay_connected, box.presses)

    assert [seen for seen, _ in hal.seen] == ["thanked"] * 3
    assert box._failures > 1
    assert ("link", {"state": "connecting"}) in hal.reports
    assert "no memory left for the network" in [fields.get("reason") for _, fields in hal.reports]


def test_the_hello_knows_the_signal_once_the_network_is_joined():
    hal = MemoryHal()
    box = app(hal)

    async def joined(_hint):
        return [1]

    async def refused():
        raise OSError("no broker")

    hal.join_network, box.connect = joined, refused
    raised(OSError, asyncio.run, box.session())

    assert json.loads(next(iter(box.link.due(0)))[1])["rssi_dbm"] == -61


def test_a_box_on_the_mains_prepares_its_flash_without_a_network_and_one_that_sleeps_does_not():
    prepared = []
    for sleeps in (False, True):
        hal = MemoryHal()
        hal.sleeps = sleeps
        box = app(hal)
        box.outbox.prepare = lambda sleeps=sleeps: prepared.append(sleeps)
        box.look_after()

    assert prepared == [False]


def test_the_back_off_doubles_up_to_the_longest():
    hal = MemoryHal()
    box = app(hal)
    waits = [box.wait_ms(failures) for failures in range(1, 10)]

    assert waits == [1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000, 60000]


def test_all_of_the_back_off_but_half_of_the_first_is_left_to_chance():
    hal = MemoryHal()
    box = app(hal)
    hal.random = 0

    assert [box.wait_ms(1), box.wait_ms(9)] == [500, 500]


def test_a_box_that_was_answered_comes_back_within_half_a_minute_of_its_own_choice():
    hal = MemoryHal()
    box = app(hal)
    box.link.is_answered = True
    box._on_failure(OSError("the broker is gone"))
    box._on_failure(OSError("the broker is still gone"))

    waits = [fields["wait_ms"] for event, fields in hal.reports if event == "link"]
    assert waits == [32000, 60000]


def test_a_box_that_was_never_answered_tries_again_soon():
    hal = MemoryHal()
    box = app(hal)
    box._on_failure(OSError("no broker yet"))

    assert [fields["wait_ms"] for event, fields in hal.reports if event == "link"] == [1000]


def test_ten_thousand_boxes_come_back_in_more_than_256_crowds():
    hal = MemoryHal()
    box = app(hal)
    hal.random = 128
    waits = []
    for low in (0, 1):
        given = [128, low]
        hal.urandom = lambda size, given=given: bytes([given.pop(0)])
        waits.append(box.wait_ms(9))

    assert waits[0] < waits[1]


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
    hal.push(1, 2)
    live(None, lambda: out_of_service(hal, error), seconds=0.05)

    assert hal.seen == [("refused", "out of service: neither blank nor a journal")] * 2
