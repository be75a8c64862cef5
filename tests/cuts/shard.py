"""What one process of `make cuts` does: `micropython -m tests.cuts.shard KIND NUMBER...`, a JSON line for each."""

import gc
import json
import sys


def ring(seed):
    from tests.cuts.ring import RingSweep

    return told(RingSweep(seed, every=2).run())


def segments(seed):
    from tests.cuts.littlefs import SegmentSweep

    return told(SegmentSweep(seed, every=3).run())


def told(sweep):
    return {
        "cuts": sweep.cuts,
        "acknowledged": sweep.acknowledged,
        "counted": sum(sweep.life.tallied.values()),
        "acknowledged_after_cuts": sweep.acknowledged_after,
        "failures": sweep.failures,
    }


def settings(replacements):
    from tests.cuts.littlefs import SettingsSweep

    sweep = SettingsSweep(replacements).run()
    return {"settings_cuts": sweep.cuts, "cuts": sweep.cuts, "failures": sweep.failures}


def design(number):
    from tests.cuts.designs import DESIGNS, caught_by

    name = sorted(DESIGNS)[number]
    return {"design": name, "caught_by": caught_by(DESIGNS[name], range(4, 24))}


KINDS = {"ring": ring, "segments": segments, "settings": settings, "design": design}

if __name__ == "__main__":
    for given in sys.argv[2:]:
        print(json.dumps(KINDS[sys.argv[1]](int(given)) | {"kind": sys.argv[1], "number": int(given)}))
        gc.collect()
