"""The real chip: pins, ticks, flash and Wi-Fi; the only module that knows `machine`, `network` and `esp32`."""

import asyncio
import os
import time

import esp32
import machine
import network

from device.buttons import SAMPLE_MS, Buttons
from device.protocol import canonical

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

LIGHT_MS = 1500
JOIN_S = 30
RESET_CAUSES = {
    machine.PWRON_RESET: "power on",
    machine.HARD_RESET: "hard",
    machine.WDT_RESET: "watchdog",
    machine.DEEPSLEEP_RESET: "deepsleep",
    machine.SOFT_RESET: "soft",
}


class ChipHal:
    """An ESP32 whose partition table has a data partition named `outbox`. `board` is a module of `device.boards`."""

    def __init__(self, board: "Any", ssid: str, password: str) -> None:
        self.flash = esp32.Partition.find(esp32.Partition.TYPE_DATA, label="outbox")[0]
        self.is_cold_start = machine.reset_cause() != machine.DEEPSLEEP_RESET
        self._name = board.__name__.split(".")[-1]
        self._pins = [machine.Pin(pin, machine.Pin.IN, machine.Pin.PULL_UP) for pin in board.BUTTONS]
        self._buttons = Buttons(len(self._pins))
        self._thanks = machine.Pin(board.LAMPS[-1], machine.Pin.OUT, value=0)
        self._service = machine.Pin(board.SERVICE_LAMP, machine.Pin.OUT, value=0)
        self._ssid = ssid
        self._password = password
        self._lit = 0

    def ticks_ms(self) -> int:
        ticks: int = time.ticks_ms()  # type: ignore[attr-defined]  # MicroPython has it
        return ticks

    def ticks_diff(self, end: int, start: int) -> int:
        elapsed: int = time.ticks_diff(end, start)  # type: ignore[attr-defined]  # MicroPython has it
        return elapsed

    def urandom(self, size: int) -> bytes:
        return os.urandom(size)

    def identity(self) -> "dict[str, Any]":
        cause = RESET_CAUSES.get(machine.reset_cause(), "unknown")
        return {"board": self._name, "firmware": "0.1.0", "reset_cause": cause}

    def thank(self, _epoch: str, _record: "dict[str, Any]") -> None:
        self._light(self._thanks)

    def refuse(self, _reason: str) -> None:
        self._light(self._service)

    def _light(self, light: "Any") -> None:
        self._thanks.off()
        self._service.off()
        light.on()
        self._lit += 1
        self._dimming = asyncio.create_task(self._dim(light, self._lit))

    async def _dim(self, light: "Any", lit: int) -> None:
        await asyncio.sleep(LIGHT_MS / 1000)
        if lit == self._lit:
            light.off()

    def report(self, event: str, fields: "dict[str, Any]") -> None:
        """Tell whoever holds the serial cable."""
        print(canonical.dumps(fields | {"event": event}))

    async def join_network(self) -> None:
        """Join the Wi-Fi; OSError when it is not there."""
        wlan = network.WLAN(network.STA_IF)
        wlan.active(True)
        if not wlan.isconnected():
            wlan.connect(self._ssid, self._password)
        for _ in range(JOIN_S * 10):
            if wlan.isconnected():
                return
            await asyncio.sleep(0.1)
        wlan.disconnect()
        raise OSError("no Wi-Fi")

    async def next_press(self) -> int:
        while True:
            await asyncio.sleep(SAMPLE_MS / 1000)
            pressed = self._buttons.sample([not pin.value() for pin in self._pins])
            if pressed:
                return pressed
