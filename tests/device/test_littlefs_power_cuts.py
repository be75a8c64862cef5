"""Files on littlefs when the power is cut: some seconds of what `make cuts` does for minutes, on MicroPython only."""

import sys

if sys.implementation.name == "micropython":
    from tests.cuts.littlefs import SegmentSweep, SettingsSweep

    def test_no_cut_of_littlefs_loses_or_doubles_a_thanked_press():
        sweep = SegmentSweep(2, steps=120, every=23).run()

        assert sweep.failures == []
        assert sweep.cuts > 150
        assert sum(sweep.life.tallied.values()) > 20

    def test_no_cut_leaves_half_the_settings():
        sweep = SettingsSweep(6).run()

        assert sweep.failures == []
        assert sweep.cuts > 100
