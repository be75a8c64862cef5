"""The outbox when the power is cut: some seconds of what `make cuts` does for minutes."""

from device.outbox import Outbox
from tests.cuts.designs import DESIGNS, caught_by
from tests.cuts.ring import RingSweep
from tests.device.ram_flash import SYNC, TORN, PowerCut, RamFlash
from tests.device.test_outbox import press, urandom


def test_no_cut_loses_or_doubles_a_thanked_press_that_is_kept_or_counted():
    sweep = RingSweep(4, every=5).run()

    assert sweep.failures == []
    assert sweep.cuts > 300
    assert sum(sweep.life.tallied.values()) > 20


def test_no_cut_loses_or_doubles_a_thanked_press_on_a_flash_without_room_for_counters():
    sweep = RingSweep(5, every=5).run()

    assert sweep.failures == []
    assert sweep.cuts > 300


def test_no_cut_on_flash_that_ignores_some_programs_loses_or_doubles_a_thanked_press():
    sweep = RingSweep(6, every=7).run()

    assert sweep.failures == []


def test_the_sweep_finds_designs_that_are_wrong_on_purpose():
    assert [name for name in DESIGNS if not caught_by(DESIGNS[name], (13, 15), every=5)] == []


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
        for cut_at in range(8):
            flash = RamFlash(9)
            flash.cut_at = cut_at
            flash.torn = torn
            try:
                Outbox(flash, urandom)
            except PowerCut:
                pass

            assert Outbox(flash.restarted(), urandom).next_seq == 1
