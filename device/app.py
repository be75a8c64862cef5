"""The box itself: a press path that nothing stops, and beside it a link that comes and goes."""

import asyncio

from device import connection, mqtt, rtc_memory, seldom
from device.buttons import Buttons
from device.clock import Clock
from device.gestures import Gestures
from device.limits import Limits, Schedule
from device.link import Link
from device.outbox import Outbox
from device.power import CONNECT, Power
from device.press_path import PressPath, reason
from device.settings import BUTTONS, Settings
from device.starts import Starts
from device.survey import Survey, SurveyFile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from device.chip import Hal
    from device.connection import Connection


# A connection that was good is mostly lost by a whole fleet in the same moment, with its broker or its network: such a
# loss counts as so many failures more, and the fleet comes back over half a minute and not within a second.
SHARED = 5
ANSWER_S = 10.0  # how long the broker may take for anything
PARTING_S = 2.0
AWAKE_MS = 60000  # after a cold start, for whoever has just plugged in a serial cable
SHORTEST_SLEEP_MS = 2000  # an alarm that came a little early is not worth another start
LINGER_MS = 300  # settings and replays come right behind the ack
LONGEST_SESSION_MS = 120000  # of a box on batteries


class App:
    """One running box. No press waits for the network, and nothing that the link does can stop one."""

    look_again_ms = 200  # how late a timeout of the link may be noticed

    def __init__(self, hal: "Hal", settings: Settings, directory: str) -> None:
        self.hal = hal
        self.settings = settings
        kept = self._mount()
        button_count = BUTTONS[settings.model]
        identity = hal.identity() | {"model": settings.model}
        self.starts = Starts(directory + "/starts.json", identity["reset_cause"], kept.get("starts"))
        self.clock = Clock(hal, kept.get("clock"), max(hal.built_at, self.starts.floor_at))
        self.power = Power(hal.urandom, kept.get("power"))
        self.surveys = SurveyFile(directory + "/survey.json", button_count, remembered(kept.get("survey")))
        buttons = Buttons(button_count, self.clock.uptime_ms(), hal.held)
        buttons.stuck.update([button for button in kept.get("stuck", []) if button in hal.held])
        gestures = Gestures(kept.get("gestures"))
        self.path = PressPath(hal, self.outbox, self.clock, self.surveys, gestures, buttons)
        self.path.changed = self._on_response
        self.path.held_both = self._on_hold
        self.path.is_wanted = self._is_wanted
        self.link = Link(settings, identity, self.outbox, self.clock, self.surveys)
        seldom.forget()
        self._network = kept.get("network")
        self._wake = asyncio.Event()
        self._failures = 0
        self._retry_ms = 0
        self._failure: Exception | None = None
        self._parting = ""
        self._parted = asyncio.Event()
        self._is_connected = False
        self._heard_ms = 0
        self._reported: dict[str, dict[str, Any]] = {}

    # Start and sleep

    def _mount(self) -> "dict[str, Any]":
        """Mount the journal; return what was kept over a deep sleep, nothing after a start that counts as a boot."""
        kept = None if self.hal.is_cold_start else rtc_memory.unpack(self.hal.retained())
        self.outbox = self.open_outbox(kept is None)
        if kept and kept["journal"] != [self.outbox.epoch, self.outbox.boot]:
            kept = None  # what was kept is of another journal: its seconds are not ours
            self.outbox = self.open_outbox(True)
        return kept or {}

    def open_outbox(self, is_cold_start: bool) -> Outbox:
        """Mount the outbox; a cold start counts a boot."""
        return Outbox(self.hal.flash, self.hal.urandom, is_cold_start)

    def retained(self) -> "dict[str, Any]":
        """Return what goes on after a deep sleep as if nothing had been."""
        current = self.surveys.current
        return {
            "journal": [self.outbox.epoch, self.outbox.boot],
            "starts": self.starts.retained,
            "clock": self.clock.retained,
            "power": self.power.retained,
            "gestures": self.path.gestures.retained,
            "stuck": sorted(self.path.buttons.stuck),
            "survey": [list(current[:4]), list(current.limits), list(current.schedule)] if current else None,
            "network": self._network,
        }

    async def _sleep(self, until_ms: int, wake_buttons: "tuple[int, ...]") -> None:
        try:
            self.hal.retain(rtc_memory.pack(self.retained()))
        except ValueError:
            self.hal.retain(b"")  # then the next start counts as a boot: coarser times, and nothing lost
        self._report("power", {"state": "asleep", "until_s": until_ms // 1000})
        await self.hal.sleep(until_ms - self.clock.uptime_ms(), wake_buttons)
        self._report("power", {"state": "awake"})

    # The press path

    def press(self, button: int) -> None:
        """Store a press of a button, counted from 1, at this moment."""
        self.path.press(button)

    async def presses(self) -> None:
        """Take presses for as long as the box runs, first the one that woke it."""
        if self.hal.woken_by:
            self.path.press(self.hal.woken_by)
        await self.path.run()

    def _on_response(self) -> None:
        waiting = self.outbox.next_seq - 1 - self.outbox.acked_seq
        self.power.pressed(self.clock.uptime_ms(), self.clock.rough_at(), self.surveys.schedule, waiting)
        self.report_outbox()
        self._wake.set()

    def _on_hold(self) -> None:
        self.starts.end_safe_mode(self.clock.uptime_ms())
        self._wake.set()

    def _is_wanted(self) -> bool:
        return bool(self.link.alarms)

    # The link

    async def stay_connected(self) -> None:
        """Hold a connection, or on batteries make one when it is due, for as long as the box runs."""
        broken: Exception | None = None
        while not self._parting:
            try:
                await asyncio.sleep(0)  # whatever fails below, and however often, presses get their turn
                if broken:
                    self._on_failure(broken)
                    broken = None
                await self._until_due()
                await self.session()
            except Exception as error:  # noqa: BLE001  # whatever the link trips over, presses go on
                broken = error

    def _on_failure(self, error: Exception) -> None:
        if not self._failures and self.link.is_answered:
            self._failures = SHARED
        self._failures += 1
        self._network = None  # the access point may have moved
        wait_ms = self.wait_ms(self._failures)
        self._retry_ms = self.clock.uptime_ms() + wait_ms
        self.power.failed(self.clock.uptime_ms(), self.clock.rough_at(), self.surveys.schedule)
        self._report("link", {"state": "offline", "reason": reason(error), "wait_ms": wait_ms})

    def wait_ms(self, failures: int) -> int:
        """Return the back-off: by chance up to a bound, which every failure doubles up to the longest."""
        shortest: int = self.settings.retry_ms // 2
        bound: int = min(self.settings.retry_ms << min(failures - 1, 12), self.settings.longest_retry_ms)
        # Two bytes: with one, ten thousand boxes would come back in 256 crowds.
        chance = self.hal.urandom(1)[0] << 8 | self.hal.urandom(1)[0]
        return shortest + max(0, bound - shortest) * chance // 65535

    async def _until_due(self) -> None:
        """Wait, asleep where the board can, until a connection is to be made."""
        while not self._parting:
            self.look_after()
            now_ms = self.clock.uptime_ms()
            due_ms = max(self._retry_ms, self.starts.safe_until_ms)
            if self.hal.sleeps:
                stuck = self.path.buttons.stuck
                plan = self.power.plan(now_ms, self.starts.safe_until_ms, self.path.buttons.count, stuck)
                due_ms = now_ms if plan.action == CONNECT else plan.until_ms
                if AWAKE_MS <= now_ms < due_ms - SHORTEST_SLEEP_MS and self.path.is_quiet:
                    await self._sleep(due_ms, plan.wake_buttons)
                    continue
            if now_ms >= due_ms:
                return
            await self._nap(min(due_ms - now_ms, max(self.look_again_ms, self.path.lamps.left_ms(now_ms))))

    async def _nap(self, duration_ms: int) -> None:
        self._wake.clear()
        try:
            await asyncio.wait_for(self._wake.wait(), duration_ms / 1000)
        except asyncio.TimeoutError:
            pass

    async def session(self) -> None:
        """Connect and converse until the connection fails, the box parts, or one on batteries has said all."""
        if self._parting:
            return
        self._report("link", {"state": "connecting"})
        self._network = await self.hal.join_network(self._network)
        self.link.identity |= self.hal.measured()
        connected = await self.connect()
        reader = None
        try:
            await connected.start(self._connect_packet(), self.settings.keep_alive_s, self.link.topic_filter)
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

    async def connect(self) -> "Connection":
        """Open the connection to the broker."""
        return await connection.connect(self.settings, self.clock.uptime_ms, ANSWER_S)

    async def part(self, why: str) -> None:
        """Say goodbye where there is a connection, so that the broker does not publish the will."""
        self._parting = why
        self._wake.set()
        if self._is_connected:
            try:
                await asyncio.wait_for(self._parted.wait(), PARTING_S)
            except asyncio.TimeoutError:
                pass  # then the will says it

    def _connect_packet(self) -> bytes:
        device_id = self.settings.device_id
        topic, payload = self.link.bye("lost")
        return mqtt.connect(device_id, device_id, self.settings.keep_alive_s, topic, payload)

    async def _converse(self, connected: "Connection") -> None:
        began_ms = self._heard_ms = self.clock.uptime_ms()
        while not self._failure and not self._goodbye(began_ms):
            for topic, payload in self.link.due(self.clock.uptime_ms()):
                connected.publish(topic, payload)
                await connected.flush()
            await connected.flush()
            self.look_after()
            self._report_link()
            self.report_outbox()
            await self._nap(self.look_again_ms)
        if self._failure:
            raise self._failure
        connected.publish(*self.link.bye(self._goodbye(began_ms)))
        await connected.stop()
        self._parted.set()
        self.power.drained(self.clock.uptime_ms(), self.clock.rough_at(), self.surveys.schedule)

    def _goodbye(self, began_ms: int) -> str:
        """Return why the connection is to end in order, or nothing; raise when it leads nowhere."""
        now_ms = self.clock.uptime_ms()
        if self._parting or not self.hal.sleeps:
            return self._parting
        if self.link.is_drained and now_ms - self._heard_ms >= LINGER_MS:
            return "sleep"
        if now_ms - began_ms >= LONGEST_SESSION_MS:
            raise connection.ConnectionLost("the bridge does not take everything")
        return ""

    async def _read(self, connected: "Connection") -> None:
        try:
            while True:
                for packet in await connected.receive():
                    self.take(packet)
                    if packet.kind == mqtt.PUBLISH:  # nothing follows from the broker's PUBACK
                        self._wake.set()
        except Exception as error:  # noqa: BLE001  # handed to the task that owns the connection
            self._failure = error
            self._wake.set()

    def take(self, packet: mqtt.Packet) -> None:
        """Act on a packet from the broker. A retained message is nobody's answer: the contract has none."""
        if packet.kind == mqtt.PUBLISH and not packet.is_retained:
            self._heard_ms = self.clock.uptime_ms()
            self.link.received(packet.topic, packet.payload, self._heard_ms)
            if self.link.is_answered:
                self._failures = 0

    # Health, and what the board shows

    def look_after(self) -> None:
        """Note what the staff should know, and that the box is well; do ahead what a press would else wait for."""
        now_ms = self.clock.uptime_ms()
        if self._is_connected or not self.hal.sleeps:
            self.outbox.prepare()  # not at every start of a box that sleeps: it erases what an earlier start erased
        self.starts.well(now_ms, self.link.is_answered, self.clock.floor_at)
        found = {
            "stuck_button": self.path.buttons.stuck,
            "safe_mode": now_ms < self.starts.safe_until_ms,
            "lamp": self.path.lamps.failures,
            "press_path": self.path.failures,
        }
        for alarm, is_on in found.items():
            (self.link.alarms.add if is_on else self.link.alarms.discard)(alarm)

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


def remembered(kept: "list[Any] | None") -> "Survey | None":
    """Return the survey that was kept over deep sleep."""
    return Survey(*(kept[0] + [Limits(*kept[1]), Schedule(*kept[2])])) if kept else None
