"""Boxes that are wrong on purpose, and that the checker has to catch."""

from device import app
from device.clock import Clock
from device.outbox import Outbox
from tests.device.months.world import VirtualBox


class RestartedClock(Clock):
    """Counts its uptime from the last wake, though that is the same boot."""

    def _resume(self, retained):
        rtc_ms = self._hal.rtc_ms()
        super()._resume([rtc_ms, 0] + retained[2:])


class CredulousClock(Clock):
    """Takes whatever it is told for the time."""

    def set(self, now_at):
        self._synced_ms, self._synced_at_ms = self.uptime_ms(), now_at * 1000


class UncountedBoots(VirtualBox):
    """Does not count its cold starts."""

    def open_outbox(self, is_cold_start):
        self.outbox = Outbox(self.hal.flash, self.hal.urandom, False)
        return self.outbox


class ForgetfulBox(VirtualBox):
    """Forgets the press that woke it."""

    async def presses(self):
        self.hal.woken_by = 0
        await super().presses()


def led_wrongly(name, lead):
    """Lead a life with one thing wrong, and put it right again."""
    right = app.Clock
    app.Clock = {"uptime restarts": RestartedClock, "jumps are taken": CredulousClock}.get(name, right)
    try:
        lead({"boots are not counted": UncountedBoots, "the waking press is lost": ForgetfulBox}.get(name, VirtualBox))
    finally:
        app.Clock = right
