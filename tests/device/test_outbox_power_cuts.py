"""The outbox when the power is cut at any program or erase, whole or torn, and again while it recovers."""

from device.outbox import Outbox, OutboxError, OutboxFull
from tests.device.ram_flash import SYNC, TORN, PowerCut, RamFlash
from tests.device.test_outbox import press, urandom


class Life:
    """What the visitors and the bridge know of one box: its flash may die, they do not."""

    def __init__(self, flash, design=Outbox):
        self.flash = flash
        self.design = design
        self.thanked = []
        self.stored = {}
        self.acked_seq = 0

    def live(self, presses):
        outbox = self.design(self.flash, urandom)
        for n in range(presses):
            survey = "reception@" + str(1 + n // 25)
            try:
                self.thanked.append(outbox.put(press(1 + n % 5, uptime_s=n), survey, "smiley"))
            except OutboxFull:
                outbox.acknowledge(self.bridge_stores(outbox, 40))
            if n % 3 == 0:
                outbox.acknowledge(self.bridge_stores(outbox, 2))
            if n % 4 == 0:
                outbox.prepare()

    def bridge_stores(self, outbox, count):
        records = outbox.peek(count)
        self.stored.update({record["seq"]: record for record in records})
        self.acked_seq = max(self.stored) if self.stored else 0
        return self.acked_seq

    def check(self, outbox):
        held = outbox.peek(999)
        by_seq = self.stored | {record["seq"]: record for record in held}
        seqs = [record["seq"] for record in self.thanked]

        assert len(set(seqs)) == len(seqs)
        assert [record["seq"] for record in held] == list(range(outbox.acked_seq + 1, outbox.next_seq))
        assert outbox.acked_seq <= self.acked_seq
        for record in self.thanked:
            assert by_seq.get(record["seq"]) == record
        assert not seqs or outbox.next_seq > max(seqs)
        return held


def operations(presses, design=Outbox):
    flash = RamFlash()
    Life(flash, design).live(presses)
    return flash.operations


def cut_life(presses, cut_at, torn, design=Outbox):
    life = Life(RamFlash(), design)
    life.flash.cut_at = cut_at
    life.flash.torn = torn
    try:
        life.live(presses)
    except PowerCut:
        life.flash = life.flash.restarted()
    return life


def test_no_cut_at_any_operation_loses_or_doubles_a_thanked_press():
    presses = 180
    cuts = 0
    for torn in TORN:
        for cut_at in range(operations(presses)):
            life = cut_life(presses, cut_at, torn)
            held = life.check(Outbox(life.flash, urandom))

            assert Outbox(life.flash.restarted(), urandom).peek(999) == held

            life.live(5)
            life.check(Outbox(life.flash.restarted(), urandom))
            cuts += 1
    assert cuts > 1000


def test_no_second_cut_while_recovering_loses_a_thanked_press():
    presses = 60
    for torn in TORN:
        for cut_at in range(0, operations(presses), 3):
            for second in range(6):
                life = cut_life(presses, cut_at, torn)
                life.flash.cut_at = second
                life.flash.torn = torn
                try:
                    life.live(3)
                except PowerCut:
                    life.flash = life.flash.restarted()
                life.check(Outbox(life.flash.restarted(), urandom))


class ReusesNumbers(Outbox):
    """Takes a damaged slot at the end for an empty one."""

    def _read_block(self, serial):
        return super()._read_block(serial)[0], 0


class ErasesEarly(Outbox):
    """Takes the oldest block, whoever still needs it."""

    def _may_erase(self, serial):
        return True


class ThanksBlindly(Outbox):
    """Does not read back."""

    def _program(self, data):
        self.journal.program_slot(self._block(self._header.serial), self._next_slot, data)
        self._next_slot += 1
        return True


def is_caught(design, bad_programs=0):
    """Tell whether the sweep above finds a wrong design, on flash that ignores some programs."""
    for torn in TORN:
        for cut_at in range(0, operations(150, design), 7):
            life = cut_life(150, cut_at, torn, design)
            life.flash.deaf = bad_programs
            try:
                life.live(5)
                life.check(design(life.flash.restarted(), urandom))
            except OutboxError:
                pass  # out of service is no lie
            except AssertionError:
                return True
    return False


def test_the_sweep_finds_designs_that_are_wrong_on_purpose():
    assert is_caught(ErasesEarly)
    assert is_caught(ThanksBlindly, bad_programs=3)
    assert not is_caught(Outbox, bad_programs=3)


def test_a_bit_flip_after_a_restart_finds_the_design_that_reuses_numbers():
    flash = RamFlash()
    thanked = Outbox(flash, urandom).put(press(), "reception@1", "smiley")
    flash.memory[768 + 256 + 9] ^= 1

    assert ReusesNumbers(flash.restarted(), urandom).next_seq == thanked["seq"]
    assert Outbox(flash.restarted(), urandom).next_seq == thanked["seq"] + 1


class CachedFlash(RamFlash):
    """Flash behind a cache: what was not synced is gone after a cut."""

    def ioctl(self, op, arg):
        done = super().ioctl(op, arg)
        if op == SYNC:
            self.synced = bytes(self.memory)
        return done


def test_every_thanked_press_was_synced_before_the_thanks():
    flash = CachedFlash()
    outbox = Outbox(flash, urandom)
    for n in range(100):
        record = outbox.put(press(1 + n % 5, uptime_s=n), "reception@1", "smiley")
        after = Outbox(RamFlash(memory=flash.synced), urandom)

        assert after.peek_from(record["seq"], 1) == [record]

        outbox.acknowledge(record["seq"])


def test_a_cut_while_the_journal_is_made_leaves_one_that_can_be_made():
    for torn in TORN:
        for cut_at in range(4):
            flash = RamFlash()
            flash.cut_at = cut_at
            flash.torn = torn
            try:
                Outbox(flash, urandom)
            except PowerCut:
                flash = flash.restarted()

            # 2: a torn boot mark can look like a damaged press, and its number is then not given to another.
            assert Outbox(flash, urandom).next_seq in (1, 2)
