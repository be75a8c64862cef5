"""What happens to one box: visitors, plugs, networks that come and go, an oscillator that strays; and a hal in it."""

import asyncio
import random
import sys
from array import array

from device import mqtt, seldom
from device.app import App
from device.connection import ConnectionLost
from device.protocol import canonical
from device.settings import DEFAULTS, Settings
from hardware.power import DAY_MS, Life
from tests.device.months.bridge import Bridge
from tests.device.months.flash import Flash
from tests.device.months.virtual import PowerCut, Time

BEGAN_AT = 1795564800  # 2026-11-25
HOUR_MS = 3600000
TICKS_PERIOD = 1 << 30
PATIENCE_MS = 30 * DAY_MS
BOUNCES = ((True, 0), (False, 4), (True, 7), (False, 90))
SETTLED_MS = 40
OPEN_MIN = (480, 1080)  # ten hours, every day
UTC_OFFSET_S = 7200
JOIN_MS = 30000  # how long the hal looks for a network that is not there
SURVEY = {
    "v": 1,
    "settings": "reception@3",
    "survey": {"questions": [{"id": "smiley", "kind": "smiley5"}]},
    "languages": ["fi", "sv"],
    "schedule": {
        "open": {day: list(OPEN_MIN) for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")},
        "utc_offset_s": UTC_OFFSET_S,
    },
}
MOUNTS_EVERY = 64  # wakes; the others go on with the outbox as it was mounted, or the trial would take an hour


class OutOfOrder(BaseException):
    """A number was given twice."""


class Asleep(BaseException):
    """The chip sleeps; what follows is a start."""


class World:
    """Everything outside of the box, decided by one seed."""

    def __init__(self, seed, presses_a_day, days):
        self.random = random
        random.seed(seed)
        self.time = Time()
        self.presses_a_day = presses_a_day
        self.end_ms = days * DAY_MS
        most = 2000 + presses_a_day * (days + 2) * 5 // 4
        self.bridge = Bridge(most)
        self.life = Life()
        self.flash = Flash(64)
        self.truth = array("Q", bytearray(8 * most))  # by seq, when the finger came down
        self.numbered = self.counted = 0  # the highest seq that was thanked for; thanks without one
        self.pushed = self.thanked = self.refused = self.interrupted = 0
        self.boots, self.wraps, self.outages, self.pushed_ms, self.heard_ms = 1, 0, 0, 0, 0
        self.presses = []  # moments, the next one last
        self.day = -1
        self.network_until_ms, self.is_network_there, self.is_bridge_deaf = DAY_MS, True, False
        self.cuts = []
        self.cut_again()

    # Visitors

    def next_press_ms(self):
        """Return the moment of the next push, or a moment beyond the end."""
        while not self.presses:
            self.day += 1
            if self.day * DAY_MS >= self.end_ms:
                return 1 << 60
            self.presses = self.presses_of(self.day * DAY_MS)
        return self.presses[-1]

    def presses_of(self, day_ms):
        """Return one day's pushes, latest first: most while it is open, some within a second, a few at night."""
        begins_ms, ends_ms = [day_ms + minute * 60000 - UTC_OFFSET_S * 1000 for minute in OPEN_MIN]
        found = []
        while len(found) < self.presses_a_day:
            at_ms = random.randint(begins_ms, ends_ms - 1)
            if random.randint(0, 99) == 0:
                at_ms = random.randint(day_ms, day_ms + DAY_MS - 1)
            found.append(at_ms)
            if random.randint(0, 9) == 0:
                found.append(at_ms + random.randint(200, 3000))
        found.sort(reverse=True)
        return found

    # Plugs and networks

    def cut_again(self):
        """Choose the next power cut: every few weeks one, and now and then several within the hour."""
        if not self.cuts:
            at_ms = self.time.now_ms + random.randint(5, 40) * DAY_MS // 2
            count = random.randint(2, 6) if random.randint(0, 3) == 0 else 1
            self.cuts = [at_ms + HOUR_MS * number + random.randint(0, HOUR_MS) for number in range(count)]
        self.time.cut_ms = max(self.cuts.pop(0), self.time.now_ms + 1)

    def weather(self):
        """Let networks go and come back: minutes, hours, and days of it."""
        while self.time.now_ms >= self.network_until_ms:
            self.is_network_there = not self.is_network_there
            self.is_bridge_deaf = random.randint(0, 3) == 0
            if self.is_network_there:
                span_ms = random.randint(HOUR_MS, 20 * DAY_MS)
            else:
                self.outages += 1
                minutes, hours, days = (60000, HOUR_MS), (HOUR_MS, DAY_MS), (DAY_MS, 5 * DAY_MS)
                span_ms = random.randint(*(minutes, hours, days)[random.randint(0, 2)])
            self.network_until_ms += span_ms

    def wake(self, button):
        """Note a start; one by a button is a push."""
        self.pushed += bool(button)
        self.pushed_ms = self.time.now_ms

    def is_owed_anything(self):
        """Tell whether a press has not arrived yet, for as long as one may wait."""
        is_late = self.time.now_ms > self.end_ms + PATIENCE_MS
        return self.bridge.contiguous < self.numbered and not is_late

    def true_at(self):
        return BEGAN_AT + self.time.now_ms // 1000

    def lie_s(self, clock):
        """Return by how much the server is wrong over one connection; never when nobody could know it."""
        lies = [-365 * 86400, -86400, 86400, 365 * 86400]
        if self.time.now_ms - self.heard_ms < DAY_MS // 2:
            lies += [-3600, 3600]
        number = random.randint(0, 199)
        self.heard_ms = self.time.now_ms
        return lies[number] if number < len(lies) and clock.rough_at() is not None else 0


class Hal:
    """A battery box in that world; it lives from one start to the next."""

    sleeps = True
    drift_ppm = 20000
    built_at = BEGAN_AT - 86400

    def __init__(self, world):
        self.world = world
        self.flash = world.flash
        self.is_cold_start = True
        self.woken_by = 0
        self.held = ()
        self.kept = b""
        self._rtc_us = 0
        self._rtc_seen_ms = 0
        self._walk_ppm = 0
        self._base = self._began_ms = 0
        self.start(True, 0)

    def start(self, is_cold, woken_by):
        """Begin anew: ticks restart anywhere, often shortly before they wrap."""
        self.is_cold_start = is_cold
        self.woken_by = woken_by
        self.world.wraps += (self._base + self.world.time.now_ms - self._began_ms) // TICKS_PERIOD
        self._began_ms = self.world.time.now_ms
        self._base = TICKS_PERIOD - random.randint(1, 3000) if random.randint(0, 3) == 0 else random.randint(0, 100000)
        self._edges = []
        self._free_ms = 0

    # Time

    def strays_ppm(self):
        """Return what the sleeping oscillator gains now: about 1 %, more when it is warm, and it wanders."""
        in_day_ms = self.world.time.now_ms % DAY_MS
        self._walk_ppm = max(-1500, min(1500, self._walk_ppm + random.randint(-20, 20)))
        return 10000 + 1000 * abs(in_day_ms - DAY_MS // 2) // (DAY_MS // 2) + self._walk_ppm

    def rtc_ms(self):
        now_ms = self.world.time.now_ms
        self._rtc_us += (now_ms - self._rtc_seen_ms) * (1000000 + self.strays_ppm()) // 1000
        self._rtc_seen_ms = now_ms
        return self._rtc_us // 1000

    def ticks_ms(self):
        return (self._base + self.world.time.now_ms - self._began_ms) % TICKS_PERIOD

    def ticks_diff(self, end, start):
        return (end - start + TICKS_PERIOD // 2) % TICKS_PERIOD - TICKS_PERIOD // 2

    def urandom(self, size):
        return bytes([random.randint(0, 255) for _ in range(size)])

    # What a visitor and a maintainer see

    def measured(self):
        return {}

    def identity(self):
        cause = "power on" if self.is_cold_start else "deepsleep"
        return {"board": "esp32_s3", "firmware": "0.1.0", "reset_cause": cause}

    def report(self, event, fields):
        world = self.world
        if event == "thanked":
            world.thanked += 1
            if fields["seq"] is None:
                world.counted += 1
                return
            if fields["seq"] <= world.numbered:
                raise OutOfOrder(str(fields["seq"]) + " after " + str(world.numbered))
            world.numbered = fields["seq"]
            world.truth[world.numbered] = world.pushed_ms
        elif event == "refused":
            world.refused += 1

    def light(self, lamps, service, hertz):
        pass

    def feed(self):
        pass

    async def next_edge(self, timeout_ms):
        """Give what the next visitors do while the box is awake: contacts that bounce, too."""
        now_ms = self.world.time.now_ms
        if not self._edges and self.world.next_press_ms() <= now_ms + timeout_ms:
            self._push(max(self.world.presses.pop(), now_ms, self._free_ms), random.randint(1, 5))
        if not self._edges or self._edges[0][2] > now_ms + timeout_ms:
            await asyncio.sleep_ms(timeout_ms)
            return None
        button, is_down, at_ms = self._edges[0]
        if at_ms > now_ms:
            await asyncio.sleep_ms(at_ms - now_ms)
        self._edges.pop(0)
        if len(self._edges) == len(BOUNCES) - 1:
            self.world.pushed += 1
            self.world.pushed_ms = at_ms
        return button, is_down, self.ticks_ms()

    def _push(self, at_ms, button):
        self._edges = [(button, is_down, at_ms + after_ms) for is_down, after_ms in BOUNCES]
        self._free_ms = at_ms + BOUNCES[-1][1] + SETTLED_MS

    # Sleep and network

    def retained(self):
        return self.kept

    def retain(self, data):
        self.kept = data

    async def sleep(self, duration_ms, wake_buttons):
        self.duration_ms = duration_ms
        if len(self._edges) == len(BOUNCES):
            self.world.presses.append(self._edges[0][2])  # it will wake the box instead
        raise Asleep

    async def join_network(self, hint):
        world = self.world
        world.weather()
        if not world.is_network_there and not world.is_bridge_deaf:
            await asyncio.sleep_ms(JOIN_MS)
            world.life.radio_ms += JOIN_MS
            raise OSError("no Wi-Fi")
        if hint:
            world.life.known_joins += 1
        else:
            world.life.fresh_joins += 1
        await asyncio.sleep_ms(700)
        return [1, 2, 3, 4, 5, 6]


class Connection:
    """The box's side of a connection, with broker and bridge at its other end."""

    def __init__(self, app, world):
        self.app = app
        self.world = world
        self.answers = []
        self.has_answer = asyncio.Event()
        self.dies_after = random.randint(1, 12) if random.randint(0, 19) == 0 else -1
        self.lie_s = world.lie_s(app.clock)

    async def start(self, connect, keep_alive_s, topic_filter):
        await asyncio.sleep_ms(60)
        self.began_ms = self.world.time.now_ms

    def publish(self, topic, payload):
        self.dies_after -= 1
        if self.world.is_network_there:
            name = topic.split("/", 3)[3]
            answers = self.world.bridge.hear(topic, payload, self.world.true_at())
            for answer, fields in answers if self.dies_after else ():
                fields["now"] += self.lie_s
                self.say(answer, fields)
            if name == "up/hello" and not self.app.surveys.current:
                self.say("down/settings", SURVEY)

    def say(self, name, fields):
        payload = canonical.dumps(fields).encode()
        self.answers.append(mqtt.Packet(mqtt.PUBLISH, 1, 0, "hymio/v1/box-0001/" + name, payload, False))
        self.has_answer.set()

    async def flush(self):
        if not self.dies_after:
            raise ConnectionLost("the broker closed the connection")

    async def receive(self):
        while not self.answers:
            self.has_answer.clear()
            await self.has_answer.wait()
        await asyncio.sleep_ms(80)
        answers, self.answers = self.answers, []
        return answers

    async def stop(self):
        pass

    async def close(self):
        self.world.life.radio_ms += self.world.time.now_ms - self.began_ms


class VirtualBox(App):
    """The app, with the world's connection; most wakes find the outbox still mounted."""

    mounted = None
    wakes = 0

    def open_outbox(self, is_cold_start):
        box = type(self)
        box.wakes += 1
        if is_cold_start or box.mounted is None or box.wakes % MOUNTS_EVERY == 0:
            box.mounted = super().open_outbox(is_cold_start)
        return box.mounted

    async def connect(self):
        return Connection(self, self.hal.world)


async def live(box):
    """Run the box until it sleeps or its power is cut."""
    box.pressing = asyncio.create_task(box.presses())
    await box.stay_connected()


def keep():
    """Forget no module: to compile them anew for every connection would take most of the trial."""


def lead(world, directory, box_class=VirtualBox):
    """Lead one life, from the first power until the last press is delivered."""
    box_class.mounted, box_class.wakes = None, 0
    seldom.forget = keep
    settings = Settings(**(DEFAULTS | {"device_id": "box-0001", "model": "button-5", "host": "127.0.0.1"}))
    hal, month = Hal(world), 0
    while world.time.now_ms < world.end_ms or world.is_owed_anything():
        began_ms = world.time.now_ms
        world.life.wakes += 1
        if world.day // 30 > month:
            month = world.day // 30
            print("month", month, "presses", world.pushed, file=sys.stderr)
        try:
            world.wake(hal.woken_by)
            world.time.run(live(box_class(hal, settings, directory)))
        except Asleep:
            world.life.lit_ms += world.time.now_ms - began_ms
            dream(world, hal)
        except PowerCut:
            cut(world, hal)


def dream(world, hal):
    """Let the box sleep until its alarm by its own oscillator, until somebody presses, or until the plug is out."""
    began_ms = world.time.now_ms
    alarm_ms = began_ms + hal.duration_ms * 1000000 // (1000000 + hal.strays_ppm())
    press_ms = max(world.next_press_ms(), began_ms)
    world.time.now_ms = min(alarm_ms, press_ms, world.time.cut_ms)
    world.life.asleep_ms += world.time.now_ms - began_ms
    if world.time.now_ms == world.time.cut_ms:
        cut(world, hal)
    elif world.time.now_ms == press_ms:
        world.presses.pop()
        hal.start(False, random.randint(1, 5))
    else:
        hal.start(False, 0)


def cut(world, hal):
    """Pull the plug, for moments or hours; whoever presses meanwhile presses a dead box."""
    world.interrupted = world.pushed - world.thanked - world.refused
    world.boots += 1
    world.time.now_ms += random.randint(0, 1) * random.randint(0, 4 * HOUR_MS)
    while world.next_press_ms() <= world.time.now_ms:
        world.presses.pop()
    world.cut_again()
    hal.kept = b""
    hal.start(True, 0)
