"""Designs made wrong on purpose, each beside the check that has to find it."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from kiosk_app.outbox import Outbox
from kiosk_app.ui import lettering
from kiosk_app.ui.fitting import Fit
from kiosk_app.ui.glass import Glass
from kiosk_app.ui.theme import NORMAL, STRONG, colour
from tests.kiosk_app.ui.glass_rig import survey
from tests.kiosk_app.ui.looking import sweep
from tests.kiosk_app.ui.mashing import mashed

EVENTS = 600
SMALLEST = ((800, 480),)


class TouchedTwice(Glass):
    """A wrong glass: a finger that is lifted touches again."""

    def on_touch_up(self, touch):
        number = self._fingers.get(touch.uid)
        super().on_touch_up(touch)
        if number is not None:
            self._session.touched(self.meant(*touch.pos), number)
            self._session.lifted(number)
            self.refresh()
        return True


class OneHandIsMany(Glass):
    """A wrong glass: every finger is a visitor of its own, without any lock."""

    def on_touch_down(self, touch):
        self._session._touches.__init__()
        return super().on_touch_down(touch)


class Forgetful(Outbox):
    """A wrong outbox: says that it has stored every second record, and has not."""

    def put(self, content):
        if self.next_seq % 2:
            return super().put(content)
        self.next_seq += 1
        return {"seq": self.next_seq - 1} | dict(content)


PALE = (
    replace(NORMAL, ink=colour("8A8F94"), key_ink=colour("8A8F94")),
    replace(NORMAL, button=colour("7FB2C7")),
    replace(NORMAL, feature=colour("777777")),
    replace(STRONG, moods=tuple(colour("5A5A5A") for _ in range(5))),
)


def votes_twice_is_found(glass):
    """Tell whether the judge sees a glass that votes twice."""
    with TemporaryDirectory() as folder:
        return bool(mashed(Path(folder), EVENTS, glass=glass).doubled)


def forgetting_is_found():
    """Tell whether the judge sees an outbox that says it stored what it did not."""
    with TemporaryDirectory() as folder:
        return bool(mashed(Path(folder), EVENTS, outbox=Forgetful).lost)


def clipping_is_found():
    """Tell whether a text drawn without regard for its box is seen."""

    def careless(part, wanted):
        return Fit(int(wanted.wanted), (part.text,))

    with patch.object(lettering, "own_fit", careless):
        return bool(sweep(SMALLEST, asked=[survey("national@1")], themes=[NORMAL], look_at_contrast=False).clipped)


def overlap_is_found():
    """Tell whether things that lie on each other are seen."""
    with patch("kiosk_app.ui.screens.sheet.GAP", -20):
        return bool(sweep(SMALLEST, asked=[survey("smiley@1")], themes=[NORMAL], look_at_contrast=False).overlapping)


def paleness_is_found(theme):
    """Tell whether a theme without contrast is seen."""
    seen = sweep(SMALLEST, [survey("smiley@1")], themes=[theme], only=lambda page: page.kind == "smiley5")
    return seen.contrast[theme].ratio < theme.contrast


CHECKS = (
    lambda: votes_twice_is_found(TouchedTwice),
    lambda: votes_twice_is_found(OneHandIsMany),
    forgetting_is_found,
    clipping_is_found,
    overlap_is_found,
    *((lambda pale=pale: paleness_is_found(pale)) for pale in PALE),
)
