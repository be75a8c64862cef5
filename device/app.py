"""The box itself: a press goes to flash and only then earns its thanks, whatever the link is doing."""

import asyncio

from device import connection, mqtt, slots
from device.clock import Clock
from device.link import Link
from device.outbox import Outbox
from device.protocol import topics
from device.settings import BUTTONS, Settings
from device.survey import SurveyFile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Protocol

    from device.connection import Connection
    from device.journal import Flash

    class Hal(Protocol):
        """The chip and its board; `device/hal.py` and the simulator have one each."""

        @property
        def flash(self) -> Flash: ...
        @property
        def is_cold_start(self) -> bool: ...
        def ticks_ms(self) -> int: ...
        def ticks_diff(self, end: int, start: int) -> int: ...
        def urandom(self, size: int) -> bytes: ...
        def identity(self) -> "dict[str, Any]": ...
        def thank(self, epoch: str, record: "dict[str, Any]") -> None: ...
        def refuse(self, reason: str) -> None: ...
        def report(self, event: str, fields: "dict[str, Any]") -> None: ...
        async def next_press(self) -> int: ...
        async def join_network(self) -> None: ...


LOOK_AGAIN_S = 0.2  # how late a timeout of the link may be noticed
ANSWER_S = 10.0  # how long the broker may take for anything
PARTING_S = 2.0


class App:
    """One running box. `press` never waits for the network, and nothing that the link does can stop it."""

    def __init__(self, hal: "Hal", settings: Settings, directory: str) -> None:
        self.hal = hal
        self.settings = settings
        self.clock = Clock(hal)
        self.outbox = Outbox(hal.flash, hal.urandom, hal.is_cold_start)
        self.surveys = SurveyFile(directory + "/survey.json", BUTTONS[settings.model])
        identity = hal.identity() | {"model": settings.model}
        self.link = Link(settings, identity, self.outbox, self.clock, self.surveys)
        self._wake = asyncio.Event()
        self._failures = 0
        self._failure: Exception | None = None
        self._parting = ""
        self._parted = asyncio.Event()
        self._is_connected = False
        self._reported: dict[str, dict[str, Any]] = {}

    # The press path

    def press(self, button: int) -> None:
        """Store the press of a button, counted from 1, and thank; or refuse so that the visitor sees it."""
        survey = self.surveys.current
        if survey is None or not 1 <= button <= BUTTONS[self.settings.model]:
            self.hal.refuse("no survey yet" if survey is None else "no such button")
            return
        pressed = slots.press(survey.lowest + button - 1, survey.language, self.clock.uptime_s(), self.clock.at())
        try:
            record = self.outbox.put(pressed, survey.version, survey.question)
        except Exception as error:  # noqa: BLE001  # also out of memory: the visitor must see that it does not count
            self.hal.refuse(reason(error))
            return
        self.hal.thank(self.outbox.epoch, record)
        self.report_outbox()
        self._wake.set()

    async def presses(self) -> None:
        """Take presses for as long as the box runs."""
        while True:
            self.press(await self.hal.next_press())

    # The link

    async def stay_connected(self) -> None:
        """Hold a connection for as long as the box runs; wait longer after each failure, and never equally long."""
        while not self._parting:
            try:
                await self.session()
            except Exception as error:  # noqa: BLE001  # whatever the link trips over, presses go on
                self._failures += 1
                wait_ms = self.wait_ms()
                self._report("link", {"state": "offline", "reason": reason(error), "wait_ms": wait_ms})
                await asyncio.sleep(wait_ms / 1000)

    def wait_ms(self) -> int:
        """Return the back-off: doubled by every failure up to the longest, and half of it left to chance."""
        doubled = self.settings.retry_ms << min(self._failures - 1, 12)
        longest: int = min(doubled, self.settings.longest_retry_ms)
        return longest // 2 + longest * self.hal.urandom(1)[0] // 510

    async def session(self) -> None:
        """Connect and converse until the connection fails or the box parts."""
        self._report("link", {"state": "connecting"})
        await self.hal.join_network()
        connected = await connection.connect(self.settings, self.clock.uptime_ms, ANSWER_S)
        reader = None
        try:
            await connected.start(self._connect_packet(), self.settings.keep_alive_s, self._filter())
            self.link.opened()
            self._failure = None
            self._is_connected = True
            reader = asyncio.create_task(self._read(connected))
            await self._converse(connected)
        finally:
            self._is_connected = False
            if reader:
                reader.cancel()
            await connected.close()

    async def part(self, why: str) -> None:
        """Say goodbye where there is a connection, so that the broker does not publish the will."""
        self._parting = why
        self._wake.set()
        if self._is_connected:
            try:
                await asyncio.wait_for(self._parted.wait(), PARTING_S)
            except asyncio.TimeoutError:
                pass  # then the will says it

    def _filter(self) -> str:
        return topics.every_down(self.settings.device_id)

    def _connect_packet(self) -> bytes:
        device_id = self.settings.device_id
        topic, payload = self.link.bye("lost")
        return mqtt.connect(device_id, device_id, self.settings.keep_alive_s, topic, payload)

    async def _converse(self, connected: "Connection") -> None:
        while not self._failure and not self._parting:
            self._wake.clear()
            for topic, payload in self.link.due(self.clock.uptime_ms()):
                connected.publish(topic, payload)
                await connected.flush()
            await connected.flush()
            self.outbox.prepare()
            self._report_link()
            self.report_outbox()
            try:
                await asyncio.wait_for(self._wake.wait(), LOOK_AGAIN_S)
            except asyncio.TimeoutError:
                pass
        if self._failure:
            raise self._failure
        connected.publish(*self.link.bye(self._parting))
        await connected.stop()
        self._parted.set()

    async def _read(self, connected: "Connection") -> None:
        try:
            while True:
                for packet in await connected.receive():
                    self.take(packet)
                self._wake.set()
        except Exception as error:  # noqa: BLE001  # handed to the task that owns the connection
            self._failure = error
            self._wake.set()

    def take(self, packet: mqtt.Packet) -> None:
        """Act on a packet from the broker. A retained message is nobody's answer: the contract has none."""
        if packet.kind == mqtt.PUBLISH and not packet.is_retained:
            self.link.received(packet.topic, packet.payload, self.clock.uptime_ms())
            if self.link.is_answered:
                self._failures = 0

    # What the board shows

    def _report(self, event: str, fields: "dict[str, Any]") -> None:
        if self._reported.get(event) != fields:
            self._reported[event] = fields
            self.hal.report(event, fields)

    def _report_link(self) -> None:
        state = "answered" if self.link.is_answered else "connected"
        self._report("link", {"state": state, "trouble": self.link.trouble})

    def report_outbox(self) -> None:
        """Tell the board how full the outbox is, when that has changed."""
        outbox = self.outbox
        fields = {"next_seq": outbox.next_seq, "acked_seq": outbox.acked_seq, "used": round(outbox.used, 3)}
        self._report("outbox", fields)


def reason(error: Exception) -> str:
    """Return an error in words; some of MicroPython's have none."""
    return str(error).strip() or type(error).__name__


async def out_of_service(hal: "Hal", error: Exception) -> None:
    """Refuse every press for as long as the box runs: its flash may hold responses, and nobody may format it."""
    hal.report("outbox", {"unreadable": str(error)})
    while True:
        await hal.next_press()
        hal.refuse("out of service: " + str(error))
