"""Ten fingers at random on the real session with the real outbox: no crash, no double vote, nothing lost."""

import pytest

from tests.kiosk_app.ui import wrong
from tests.kiosk_app.ui.mashing import mashed


@pytest.mark.parametrize(("asked", "least"), [("smiley@1", 5), ("all", 1)])
def test_ten_fingers_break_nothing(tmp_path, asked, least):
    tally = mashed(tmp_path, asked=asked)

    assert (tally.crashes, tally.doubled, tally.lost) == ([], [], [])
    assert tally.thanked >= least


@pytest.mark.parametrize("check", wrong.CHECKS)
def test_what_is_wrong_on_purpose_is_caught(check):
    assert check()
