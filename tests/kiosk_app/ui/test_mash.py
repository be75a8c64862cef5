"""Ten fingers at random on the real session with the real outbox: no crash, no double vote, nothing lost."""

import pytest

from kiosk_app.envelope import Envelope
from kiosk_app.outbox import Outbox
from kiosk_app.ui.glass import Glass
from tests.kiosk_app.ui.mashing import mash

EVENTS = 1_000
ALL = 1_000_000


def mashed(folder, events=EVENTS, outbox=Outbox, seed=1, **options):
    def read_again():
        used.close()
        again = Outbox(folder, Envelope())
        held = again.peek_from(1, ALL)
        again.close()
        return held

    used = outbox(folder, Envelope())
    return mash(events, seed, used, read_again, **options)


@pytest.mark.parametrize(("asked", "least"), [("smiley@1", 5), ("all", 1)])
def test_ten_fingers_break_nothing(tmp_path, asked, least):
    tally = mashed(tmp_path, asked=asked)

    assert (tally.crashes, tally.doubled, tally.lost) == ([], [], [])
    assert tally.thanked >= least


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


@pytest.mark.parametrize("glass", [TouchedTwice, OneHandIsMany])
def test_a_glass_that_votes_twice_is_caught(tmp_path, glass):
    assert mashed(tmp_path, 600, glass=glass).doubled != []


def test_an_outbox_that_forgets_is_caught(tmp_path):
    assert mashed(tmp_path, 600, outbox=Forgetful).lost != []
