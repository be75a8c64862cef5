"""Boxes and kiosks that are wrong on purpose."""

from contextlib import suppress

from device import failures, mqtt, slots, tallies
from device.app import App
from kiosk_app import outbox
from kiosk_app.outbox import Outbox
from tests.device.ram_flash import PowerCut
from tests.faults.simulation.plan import DAY_MS

LATE_MS = 5_000
MOST_ATTEMPTS = 20
NEVER_MS = 1_000 * DAY_MS
real_counters = tallies.counters


class ForgetsAtOnce(App):
    """Has nothing left to replay: what is acknowledged it takes for stored for ever."""

    def take(self, packet):
        if not packet.topic.endswith("down/replay"):
            super().take(packet)


class TrustsPuback(ForgetsAtOnce):
    """Takes the broker's confirmation for the bridge's."""

    def take(self, packet):
        if packet.kind == mqtt.PUBACK and self.link.is_answered:
            self.outbox.acknowledge(self.link._sent_seq)
            self.link._move_on(self.link._sent_seq)
        super().take(packet)


class LateFlash:
    """Answers from memory, and writes to the real flash seconds later: a cut in between undoes what was thanked for."""

    def __init__(self, box):
        self.box = box
        self.flash = box.flash
        self.memory = bytearray(box.flash.memory)
        self.waiting = []

    def readblocks(self, block, buf, offset=0):
        at = block * self.flash.block_size + offset
        buf[:] = self.memory[at : at + len(buf)]

    def writeblocks(self, block, buf, offset=0):
        at = block * self.flash.block_size + offset
        self.memory[at : at + len(buf)] = bytes([was & new for was, new in zip(self.memory[at:], buf, strict=False)])
        self.later(lambda: self.flash.writeblocks(block, bytes(buf), offset))

    def ioctl(self, op, arg):
        if op == 6:
            size = self.flash.block_size
            self.memory[arg * size : (arg + 1) * size] = b"\xff" * size
            self.later(lambda: self.flash.ioctl(op, arg))
            return 0
        return self.flash.ioctl(op, arg)

    def later(self, act):
        """Do something to the real flash after a while, if there still is power."""
        box, life = self.box, self.box.lives

        def write():
            if box.lives == life and not box.flash.is_off:
                try:
                    act()
                except PowerCut:
                    box.power_off()

        box.world.after(LATE_MS, write)


class ThanksEarly(App):
    def __init__(self, hal, settings, directory):
        hal.flash = LateFlash(hal.box)
        super().__init__(hal, settings, directory)


class CountsInMemory(App):
    """Knows the next number only until the power is cut; then it begins after the last acknowledgement."""

    def open_outbox(self, is_cold_start):
        outbox = super().open_outbox(is_cold_start)
        outbox._records.next_seq = outbox.acked_seq + 1
        return outbox


class ClearsOnReboot(App):
    """Begins with an empty outbox after every start."""

    def open_outbox(self, is_cold_start):
        flash = self.hal.flash
        flash.memory[:] = b"\xff" * len(flash.memory)
        return super().open_outbox(is_cold_start)


class Overwrites(App):
    """Makes room by erasing what nobody has fetched."""

    def open_outbox(self, is_cold_start):
        outbox = super().open_outbox(is_cold_start)
        outbox._tallies = None
        outbox._records._is_free = lambda serial, acked_seq: True
        return outbox


class Stutters(App):
    """Stores every fifth press twice."""

    def open_outbox(self, is_cold_start):
        outbox = super().open_outbox(is_cold_start)
        real, puts = outbox.put, []

        def put(*press):
            puts.append(press)
            if len(puts) % 5 == 0:
                real(*press)
            return real(*press)

        outbox.put = put
        return outbox


class ThanksBeforeItsDisk(Outbox):
    """Keeps a response in memory until the next visitor comes."""

    kept = None

    def put(self, content):
        self.write()
        self.kept = content
        return {"seq": self.next_seq} | dict(content)

    def write(self):
        if self.kept:
            content, self.kept = self.kept, None
            with suppress(outbox.OutboxError):
                super().put(content)

    def tidy(self, now_at):
        self.write()
        super().tidy(now_at)


class ForgetsOnAck(Outbox):
    """Has nothing left to replay."""

    def acknowledge(self, seq):
        super().acknowledge(seq)
        if self._connection:
            self._connection.execute("DELETE FROM records WHERE seq <= ?", (min(seq, self.acked_seq),))
            self.oldest_seq = self.acked_seq + 1


class NumbersAgain(Outbox):
    """After a start gives the numbers again that it does not know to be acknowledged."""

    def _open(self):
        super()._open()
        self._connection.execute("DELETE FROM records WHERE seq > ?", (self.acked_seq,))
        self.next_seq = self.acked_seq + 1
        self.oldest_seq = min(self.oldest_seq, self.next_seq)


class Dreams(App):
    """After every start stores a press that nobody made: a button that reads as pressed while the power comes."""

    has_dreamt = False

    def look_after(self):
        super().look_after()
        survey = self.surveys.current
        if survey and not self.has_dreamt:
            self.has_dreamt = True
            dreamt = slots.press(survey.lowest, survey.language, self.clock.uptime_s(), self.clock.at())
            with suppress(failures.OutboxError):
                self.outbox.put(dreamt, survey.version, survey.question)


class GivesUp(App):
    """Takes a network that was away twenty times for one that never comes back."""

    def wait_ms(self, failures):
        return super().wait_ms(failures) if failures < MOST_ATTEMPTS else NEVER_MS


def one_less(presses, upto):
    """Make a counters record of all presses but the first."""
    return real_counters(presses[1:] or presses, upto)


def one_more(presses, upto):
    """Make a counters record of all presses and the first once more."""
    return real_counters(presses[:1] + presses, upto)
