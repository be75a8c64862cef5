"""Power cuts at the writes and syncs of an ingest: the product survives them, the wrong designs do not."""

from tests.faults import cuts
from tests.faults.checker import Account

NOTHING = Account(lost=0, doubled=0)


def test_no_cut_loses_or_doubles_what_was_acknowledged():
    session = cuts.record(seed=1, presses=200)

    accounts = list(cuts.cut(session, every=9))

    assert len(accounts) > 30
    assert session.acknowledged == 400
    assert sum(accounts, NOTHING) == NOTHING


def test_a_bridge_that_acknowledges_before_it_commits_is_caught():
    session = cuts.record(seed=1, presses=100, hasty=True)

    assert sum(cuts.cut(session, every=7), NOTHING).lost > 0


def test_commits_that_are_not_synced_are_caught():
    session = cuts.record(seed=1, presses=200, synchronous="NORMAL")

    assert sum(cuts.cut(session, every=7), NOTHING).lost > 0
