"""Each check finds something that no other does: in a world where all is well, one thing is changed."""

import pytest

from broker_bridge.database.connect import transaction
from broker_bridge.database.rollup_accounts import rebuild
from tests.faults.checker import check
from tests.faults.simulation.plan import plan
from tests.faults.simulation.world import lived

QUIET = 3
FIRST = "(SELECT min(id) FROM responses WHERE kind = 'response')"
ANOTHER = "INSERT INTO final_gaps (device_id, epoch, first_seq, last_seq) SELECT device_id, epoch, 1, 1 FROM journals"


@pytest.fixture
def world():
    with lived(plan(QUIET, kinds=())) as world:
        yield world


def found(world, *changes, recounted=True, account=None):
    """Return which checks find something after changes of the tables, counted anew unless the totals are to differ."""
    with transaction(world.bridge.connection):
        for sql in changes:
            world.bridge.connection.execute(sql)
    if recounted:
        rebuild(world.bridge.connection)
    if account is None:
        account = world.account()
        account.taken.clear()  # what ingest was given says the same as what visitors were promised
    return check(world.bridge.connection, account, world.stuck()).by


def test_a_quiet_world_is_all_well(world):
    assert found(world) == ()


@pytest.mark.parametrize(
    ("check_name", "change"),
    [
        ("content is equal", f"UPDATE responses SET hash = 'another' WHERE id = {FIRST}"),
        ("answers are those given", f"UPDATE answers SET value = value % 5 + 1 WHERE response_id = {FIRST}"),
        ("answers are stored", f"DELETE FROM answers WHERE response_id = {FIRST}"),
        ("class is that of the press", f"UPDATE responses SET service_class = '2544' WHERE id = {FIRST}"),
        ("moment is that of the press", "UPDATE responses SET at_ms = at_ms - 600000, earliest_ms = 0, latest_ms = 1"),
        ("gaps are explained", ANOTHER),
    ],
)
def test_a_check_finds_alone_what_it_is_there_for(world, check_name, change):
    assert found(world, change) == (check_name,)


def test_totals_that_do_not_follow_from_the_rows_are_found_alone(world):
    assert found(world, "UPDATE rollup_days SET n = n + 1", recounted=False) == ("totals follow from rows",)


def test_what_was_thanked_for_and_is_nowhere_is_found_alone(world):
    account = world.account()
    promised = next(iter(account.said.thanked))
    account.said.thanked[promised._replace(seq=9_999)] = "hash"

    assert found(world, account=account) == ("acknowledged is stored",)


def test_what_was_taken_and_is_nowhere_is_found_alone(world):
    account = world.account()
    account.taken.append((next(iter(account.said.thanked)), "another"))

    assert found(world, account=account) == ("taken is kept",)


def test_what_nobody_pressed_is_found_alone(world):
    account = world.account()
    gone = next(iter(account.said.thanked))
    del account.said.thanked[gone]
    account.said.pressed[gone.device_id] -= 1

    assert found(world, account=account) == ("stored was pressed",)


@pytest.mark.parametrize(("count", "check_name"), [(2, "counted is stored"), (-2, "counted once")])
def test_counted_visitors_that_are_missing_or_too_many_are_found_alone(world, count, check_name):
    account = world.account()
    account.counted[world.devices[0].device_id] += count

    assert found(world, account=account) == (check_name,)


def test_what_a_device_no_longer_holds_is_excused_by_a_restore_and_only_when_the_report_lists_it(world):
    account = world.account()
    gone = min(account.said.thanked)
    account.taken.clear()
    account.restored, account.keeps = True, set()
    key = f"device_id = '{gone.device_id}' AND epoch = '{gone.epoch}'"
    row = f"(SELECT id FROM responses WHERE {key} AND seq = {gone.seq})"
    delete = (f"DELETE FROM answers WHERE response_id = {row}", f"DELETE FROM responses WHERE id = {row}")
    listed = f"INSERT INTO final_gaps SELECT device_id, epoch, {gone.seq}, {gone.seq} FROM journals WHERE {key}"

    unlisted = found(world, *delete, account=account)
    excused = found(world, listed, account=account)
    account.restored = False

    assert unlisted == ("acknowledged is stored",)
    assert excused == ()
    assert found(world, account=account) == ("acknowledged is stored", "gaps are explained")


def test_an_outbox_that_never_empties_is_found_alone(world):
    assert check(world.bridge.connection, world.account(), ["box-0000"]).by == ("every outbox empties",)
