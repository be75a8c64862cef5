"""The real chip: pins, time, flash, sleep, Wi-Fi: the one module that knows `machine`, `network`, `esp32`, `rp2`."""

import asyncio
import os
import time

import machine
import network

from device import RELEASED_AT, VERSION
from device.edges import Edges
from device.pages import PagedFlash
from device.protocol import canonical

try:
    import esp32
except ImportError:
    esp32 = None
try:
    import rp2
except ImportError:
    rp2 = None

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from device.wifi import Wifi

ERASE = 6
WATCHDOG_MS = 8000 if rp2 else 30000  # an RP2350 knows nothing above 8388
JOIN_S = 30
YEAR_2000_AT = 946684800  # where some ports begin to count
BUZZER_DUTY = 1 << 15
RESET_CAUSES = {
    "PWRON_RESET": "power on",
    "HARD_RESET": "hard",
    "WDT_RESET": "watchdog",
    "DEEPSLEEP_RESET": "deepsleep",
    "SOFT_RESET": "soft",
}


def reset_cause() -> str:
    """Return why the chip started; ports know different causes."""
    cause = machine.reset_cause()
    return next((RESET_CAUSES[name] for name in RESET_CAUSES if getattr(machine, name, None) == cause), "unknown")


class ChipHal:
    """A box on its chip. `board` is a module of `device.boards`; `wifi` is asked each time that a network is joined.

    A start with the service button held has no watchdog: somebody is about to stop the app and work on the box.
    """

    flash: "Any" = None  # until it is opened

    def __init__(self, board: "Any", wifi: "Callable[[], Wifi]") -> None:
        self.drift_ppm = 20000 if board.IS_BATTERY else 200  # an RC oscillator in deep sleep, a crystal on the mains
        self.built_at = RELEASED_AT
        self.sleeps: bool = board.IS_BATTERY
        self.reset_cause = reset_cause()
        self.is_cold_start = self.reset_cause != "deepsleep"
        self._board = board
        self._pins = [machine.Pin(pin, machine.Pin.IN, machine.Pin.PULL_UP) for pin in board.BUTTONS]
        self._service_button = machine.Pin(board.SERVICE_BUTTON, machine.Pin.IN, machine.Pin.PULL_UP)
        self._lamps = [machine.Pin(pin, machine.Pin.OUT, value=0) for pin in board.LAMPS]
        self._service_lamp = machine.Pin(board.SERVICE_LAMP, machine.Pin.OUT, value=0)
        self._buzzer: Any = None
        self._has_edge = asyncio.ThreadSafeFlag()  # type: ignore[attr-defined]  # MicroPython has it
        self._edges = Edges(self._pins, self, self._has_edge.set)
        for pin, handler in zip(self._pins, self._edges.handlers):
            pin.irq(handler=handler, trigger=machine.Pin.IRQ_FALLING | machine.Pin.IRQ_RISING)
        self._watchdog = None if self.is_serviced else machine.WDT(timeout=WATCHDOG_MS)
        self._wlan = Wlan(wifi, board.IS_BATTERY)

    def open_flash(self, folder: str) -> None:
        """Find the outbox's partition, or else use a folder; OSError when the board should have one and has not."""
        if self._board.PARTITION:
            self.flash = QuietFlash(partition(self._board.PARTITION), self._edges)
        else:
            from device.segments import Folder  # noqa: PLC0415  # only where no partition can be had

            self.flash = Folder(folder, busy=self._edges.busy)

    # Time and chance

    def ticks_ms(self) -> int:
        ticks: int = time.ticks_ms()  # type: ignore[attr-defined]  # MicroPython has it
        return ticks

    def ticks_diff(self, end: int, start: int) -> int:
        elapsed: int = time.ticks_diff(end, start)  # type: ignore[attr-defined]  # MicroPython has it
        return elapsed

    def rtc_ms(self) -> int:
        """Return milliseconds of the clock that goes on in deep sleep; only differences mean anything."""
        return time.time_ns() // 1000000

    def raise_calendar(self, at: int) -> None:
        """Set the chip's calendar, by which TLS judges certificates, to Unix seconds that it has not yet reached."""
        since_own_epoch = at - (YEAR_2000_AT if time.gmtime(0)[0] == 2000 else 0)
        if time.time() < since_own_epoch:
            year, month, day, hour, minute, second, weekday = time.gmtime(since_own_epoch)[:7]
            machine.RTC().datetime((year, month, day, weekday, hour, minute, second, 0))

    def urandom(self, size: int) -> bytes:
        return os.urandom(size)

    # Buttons, lamps, staff

    @property
    def held(self) -> "tuple[int, ...]":
        """The buttons that are down now."""
        return self._edges.held

    @property
    def woken_by(self) -> int:
        """The button that ended the deep sleep, which may be up again by now; 0 when it was none."""
        if self.is_cold_start or not hasattr(machine, "wake_pins"):
            return 0
        # Its documentation was not at hand: pin numbers or pin objects, either is found.
        woke = machine.wake_pins()
        pins = enumerate(zip(self._board.BUTTONS, self._pins))
        numbers = [number + 1 for number, names in pins if names[0] in woke or names[1] in woke]
        return numbers[0] if numbers else 0

    async def next_edge(self, timeout_ms: int) -> "tuple[int, bool | None, int] | None":
        """Return the next edge as `Edges.take` does; None when none came in time."""
        edge = self._edges.take()
        if edge is None:
            try:
                await asyncio.wait_for(self._has_edge.wait(), timeout_ms / 1000)
            except asyncio.TimeoutError:
                pass  # looks all the same: an interrupt can get lost
            edge = self._edges.take()
        return edge

    def light(self, lamps: int, service: bool, hertz: int) -> None:
        """Light the buttons whose bits are set, the lowest for button 1; sound the buzzer unless at 0 Hz."""
        for number, lamp in enumerate(self._lamps):
            lamp.value(lamps >> number & 1)
        self._service_lamp.value(service)
        if hertz:
            self._buzzer = machine.PWM(machine.Pin(self._board.BUZZER), freq=hertz, duty_u16=BUZZER_DUTY)
        elif self._buzzer:
            self._buzzer.deinit()
            self._buzzer = None

    @property
    def is_serviced(self) -> bool:
        """True while somebody holds the service button inside the box."""
        return not self._service_button.value()

    def report(self, event: str, fields: "dict[str, Any]") -> None:
        """Tell an event to whoever holds the serial cable."""
        self.tell(canonical.dumps(fields | {"event": event}))

    def tell(self, line: str) -> None:
        """Print a line on the serial cable."""
        print(line)

    def identity(self) -> "dict[str, Any]":
        """Return what the hello says about board and firmware."""
        board = self._board.__name__.split(".")[-1]
        known = {"board": board, "firmware": VERSION, "reset_cause": self.reset_cause}
        battery_mv = self.battery_mv()
        return known if battery_mv is None else known | {"battery_mv": battery_mv}

    def measured(self) -> "dict[str, Any]":
        """Return what the hello says about this moment, with the network joined."""
        rssi_dbm = self._wlan.rssi_dbm()
        return {} if rssi_dbm is None else {"rssi_dbm": rssi_dbm}

    @property
    def unique_id(self) -> bytes:
        """What the maker burned into the chip."""
        return bytes(machine.unique_id())

    # Power

    def battery_mv(self) -> "int | None":
        """Return the voltage of the battery in millivolts, or None on the mains. Measured before the radio loads it."""
        if self._board.BATTERY is None:
            return None
        adc = machine.ADC(machine.Pin(self._board.BATTERY), atten=machine.ADC.ATTN_11DB)
        return int(adc.read_uv() // 1000 * self._board.BATTERY_DIVIDER)

    def feed(self) -> None:
        """Tell the watchdog that the box is well; nothing ever stops it again."""
        if self._watchdog:
            self._watchdog.feed()

    def retained(self) -> bytes:
        """Return what was kept over the deep sleep, or nothing."""
        return bytes(machine.RTC().memory()) if esp32 else b""

    def retain(self, data: bytes) -> None:
        """Keep up to 2048 bytes over deep sleep; power that is cut forgets them."""
        if esp32:
            machine.RTC().memory(data)

    async def sleep(self, duration_ms: int, wake_buttons: "tuple[int, ...]") -> None:
        """Sleep deeply until a button of these is pressed, or so long; the box then starts anew. Only on batteries."""
        self.light(0, False, 0)
        self._wlan.leave()
        for pin in self._pins:
            pin.irq(handler=None)
        pins = [self._pins[button - 1] for button in wake_buttons]
        if pins:
            esp32.wake_on_ext1(tuple(pins), esp32.WAKEUP_ALL_LOW)  # any of them, on the chips of our boards
        machine.deepsleep(max(1, duration_ms))  # 0 would be for ever

    def restart(self) -> None:
        """Start anew as if the reset button was pushed."""
        machine.reset()

    # The network

    async def join_network(self, hint: "Any" = None) -> "Any":
        """Join the Wi-Fi; OSError when it is not there. Returns what makes the next time faster."""
        return await self._wlan.join(bytes(hint or b""))


class QuietFlash:
    """A partition whose operations the buttons know of: while flash is busy no interrupt runs."""

    def __init__(self, raw: "Any", edges: Edges) -> None:
        self._raw = raw
        self._edges = edges

    def readblocks(self, block: int, buf: bytearray, offset: int = 0) -> None:
        self._raw.readblocks(block, buf, offset)

    def writeblocks(self, block: int, buf: bytes, offset: int = 0) -> None:
        """Program without erasing: with an offset, which is why there always is one."""
        self._raw.writeblocks(block, buf, offset)

    def ioctl(self, op: int, arg: int) -> "int | None":
        if op != ERASE:
            answer: int | None = self._raw.ioctl(op, arg)
            return answer
        self._edges.busy(True)
        try:
            answer = self._raw.ioctl(op, arg)
        finally:
            self._edges.busy(False)
        return answer


def partition(where: "Any") -> "Any":
    """Return the raw block device of the outbox: a partition by its label, or a part of an RP2350's flash."""
    if esp32:
        found = esp32.Partition.find(esp32.Partition.TYPE_DATA, label=where)
        if not found:
            raise OSError("no partition named " + where)
        return found[0]
    start, size = where
    return PagedFlash(rp2.Flash(start=start, len=size))


class Wlan:
    """The station: an address of its own where one is given, and the access point where it was the last time."""

    def __init__(self, wifi: "Callable[[], Wifi]", looks: bool) -> None:
        self._load = wifi
        self._looks = looks  # for its access point: two seconds once, and one less for every connection after
        self._wlan = network.WLAN(network.STA_IF)

    async def join(self, bssid: bytes) -> "list[int]":
        """Join at this access point, or at any; return where that was.

        OSError when the network is not there, ValueError when nobody has said which one.

        An address that the network gave is not kept: over a long sleep somebody else may have got it.
        """
        wifi = self._load()
        if hasattr(network, "country"):
            network.country(wifi.country)
        self._wlan.active(True)
        if not self._wlan.isconnected():
            if wifi.static:
                self._wlan.ifconfig(wifi.static)
            known = {"bssid": bssid} if bssid else {}
            self._wlan.connect(wifi.ssid, wifi.password, **known)
        for _ in range(JOIN_S * 10):
            if self._wlan.isconnected():
                return list(bssid or self._find(wifi.ssid.encode()))
            await asyncio.sleep(0.1)
        self._wlan.disconnect()
        raise OSError("no Wi-Fi")

    def _find(self, ssid: bytes) -> bytes:
        found = [point for point in self._wlan.scan() if point[0] == ssid] if self._looks else []
        best: bytes = max(found, key=lambda point: point[3])[1] if found else b""
        return best

    def rssi_dbm(self) -> "int | None":
        """Return the strength of the signal, or None without a connection."""
        if not self._wlan.isconnected():
            return None
        strength: int = self._wlan.status("rssi")
        return strength

    def leave(self) -> None:
        """Switch the radio off."""
        if self._wlan.active():
            self._wlan.disconnect()
            self._wlan.active(False)
