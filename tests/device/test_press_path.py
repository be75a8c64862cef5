"""The whole way from edges to records: gestures, broken lamps, broken logs, and a link that fails at every wait."""

import asyncio

from device import mqtt
from device.protocol import canonical
from tests.device.test_app import MemoryHal, app, live, settings

FAST = {"retry_ms": 10, "longest_retry_ms": 20, "ack_timeout_ms": 1000}


def pushed(hal, limits=None):
    """Return the records of a box whose hal has these edges to give."""
    box = app(hal, limits=limits)

    async def until_taken():
        while hal.edges:
            await box.path.step()
        for _ in range(4):
            await box.path.step()

    asyncio.run(until_taken())
    return box, box.outbox.peek(99)


def test_edges_become_records():
    hal = MemoryHal()
    hal.push(3, 5)
    _, records = pushed(hal)

    assert [record["answers"]["q"] for record in records] == [3, 5]
    assert hal.lit[0] == (0b100, False)


def test_a_second_press_of_the_same_button_takes_the_first_back_where_that_is_allowed():
    hal = MemoryHal()
    hal.push(3, 3, 3)
    _, records = pushed(hal, {"undo_ms": 5000})

    assert [record.get("undoes") for record in records] == [None, 1, None]


def test_by_default_nothing_is_undone_and_nothing_labelled():
    hal = MemoryHal()
    hal.push(3, 3, 4)
    _, records = pushed(hal)

    assert [("undoes" in record, "flags" in record) for record in records] == [(False, False)] * 3


def test_a_repeat_is_labelled_and_thanked_all_the_same():
    hal = MemoryHal()
    hal.push(3, 4)
    _, records = pushed(hal, {"repeat_ms": 3000})

    assert [record.get("flags") for record in records] == [None, ["repeat"]]
    assert hal.seen == [("thanked", 1), ("thanked", 2)]


def test_holding_both_outer_buttons_is_cleaning_and_takes_its_own_first_press_back():
    hal = MemoryHal()
    hal.edges = [(1, True, 0), (5, True, 50), (0, False, 6000), (1, False, 0), (5, False, 50), (0, False, 50)]
    hal.push(2)
    box, records = pushed(hal)

    assert [record.get("undoes") for record in records] == [None, 1, None]
    assert records[2]["flags"] == ["cleaning"]
    assert not box.path.is_quiet


def test_cleaning_counts_down_with_fewer_lamps_and_ends_by_itself():
    hal = MemoryHal()
    hal.edges = [(1, True, 0), (5, True, 50), (0, False, 6000), (1, False, 0), (5, False, 50)]
    hal.edges += [(0, False, 10000)] * 13
    hal.push(2)
    box, records = pushed(hal, {"cleaning_s": 100})
    counted = [lamps for lamps, service in hal.lit if service and lamps]

    assert counted[0] == 0b1111
    assert 0b1 in counted
    assert "flags" not in records[2]
    assert box.path.gestures.cleaning_left_ms(hal.now) == 0


def test_a_stuck_button_is_in_the_health_and_the_others_go_on():
    hal = MemoryHal()
    hal.edges = [(2, True, 0), (0, False, 31000)]
    hal.push(4)
    box, records = pushed(hal)
    box.look_after()

    assert [record["answers"]["q"] for record in records] == [2, 4]
    assert box.link.alarms == {"stuck_button"}

    hal.lit = []
    box.path.press(3)
    box.path.lamps.go_on(hal.now + 60000)

    assert (0, True) in hal.lit


def broken(*_):
    raise MemoryError


def test_a_broken_lamp_and_a_broken_log_end_no_press():
    hal = MemoryHal()
    hal.light = hal.report = broken
    hal.push(3, 4)
    box, records = pushed(hal)
    box.look_after()

    assert len(records) == 2
    assert box.link.alarms == {"lamp", "press_path"}


def test_the_watchdog_is_fed_by_a_healthy_press_path_and_by_nothing_else():
    hal = MemoryHal()
    box = app(hal)
    live(box, box.presses, box.stay_connected, seconds=0.1)
    fed = hal.fed
    box.path.step = broken
    live(box, box.stay_connected, seconds=0.1)

    assert fed > 0
    assert hal.fed == fed


def test_a_path_that_fails_is_tried_again_and_not_fed():
    hal = MemoryHal()
    box = app(hal)
    taken, hal.next_edge = hal.next_edge, broken_twice(hal.next_edge)
    hal.push(3)
    live(box, box.presses, seconds=0.1)

    assert taken
    assert box.path.failures == 2
    assert hal.seen == [("thanked", 1)]


def broken_twice(next_edge):
    tries = []

    async def given(timeout_ms):
        tries.append(1)
        if len(tries) <= 2:
            raise MemoryError
        return await next_edge(timeout_ms)

    return given


# A link in which any wait may fail


class Bridge:
    """The far end of a connection that a box has made: answers at once, and closes when it is told to fail."""

    def __init__(self, box):
        self.box = box
        self.packets = []
        self.has_packet = asyncio.Event()

    async def start(self, connect, keep_alive_s, topic_filter):
        await asyncio.sleep(0)

    def publish(self, topic, payload):
        outbox = self.box.outbox
        ack = {"v": 1, "epoch": outbox.epoch, "seq": outbox.next_seq - 1, "now": 1795325101}
        packet = mqtt.Packet(mqtt.PUBLISH, 1, 0, "hymio/v1/box-0001/down/ack", canonical.dumps(ack).encode(), False)
        if not topic.endswith("bye"):
            self.packets.append(packet)
            self.has_packet.set()

    async def flush(self):
        await asyncio.sleep(0)

    async def receive(self):
        while not self.packets:
            self.has_packet.clear()
            await self.has_packet.wait()
        packets, self.packets = self.packets, []
        return packets

    async def stop(self):
        await asyncio.sleep(0)

    async def close(self):
        await asyncio.sleep(0)


class FailsAt:
    """Waits for a coroutine, and throws an error into it at one of its waits, counted from 1."""

    def __init__(self, coroutine, wait, error):
        self.coroutine = coroutine
        self.wait = wait
        self.error = error
        self.waits = 0

    def __iter__(self):
        thrown = None
        while True:
            try:
                waited = self.coroutine.throw(thrown) if thrown else self.coroutine.send(None)
            except StopIteration:
                return
            self.waits += 1
            try:
                yield waited
                thrown = self.error if self.waits == self.wait else None
            except BaseException as given:  # who cancels the task means the coroutine
                thrown = given

    __await__ = __iter__


def linked(error, wait):
    """Run a linked box whose link fails at one wait; return it with its hal and how often the link waited."""
    hal = MemoryHal()
    box = app(hal)
    box.settings = settings(FAST)

    async def join_network(_hint):
        await asyncio.sleep(0)

    async def connect():
        return Bridge(box)

    hal.join_network, box.connect = join_network, connect
    failing = FailsAt(box.stay_connected(), wait, error)

    async def link():
        await failing

    async def visitors():
        for button in (1, 2, 3):
            hal.push(button)
            await asyncio.sleep(0.02)

    async def until_delivered():
        running = [asyncio.create_task(task()) for task in (link, box.presses, visitors)]
        for _ in range(2000):
            if box.outbox.acked_seq == 3:
                break
            await asyncio.sleep(0.005)
        for task in running:
            task.cancel()
        await asyncio.sleep(0)

    asyncio.run(until_delivered())
    return box, hal, failing.waits


def test_the_link_of_these_tests_delivers():
    box, hal, waits = linked(None, 0)

    assert hal.seen == [("thanked", 1), ("thanked", 2), ("thanked", 3)]
    assert box.outbox.acked_seq == 3
    assert waits >= 10


def test_an_error_at_any_wait_of_the_link_stops_neither_the_presses_nor_the_link():
    for wait in range(1, 11):
        for error in (MemoryError(), OSError(104), ValueError("surprise")):
            box, hal, _ = linked(error, wait)

            assert hal.seen == [("thanked", 1), ("thanked", 2), ("thanked", 3)]
            assert box.outbox.acked_seq == 3
