"""Nothing acknowledged is missing after a kill -9 of the bridge at any stage, or of the database's server."""

from tests.faults import kills
from tests.faults.checker import Account
from tests.faults.dying_bridge import STAGES

NOTHING = Account(lost=0, doubled=0)


def test_a_bridge_killed_at_every_stage_loses_and_doubles_nothing(database, tmp_path):
    toll = kills.bridges(tmp_path, database, [*STAGES, kills.ANY_MOMENT], count=3, presses=50)

    assert toll == kills.Toll(len(STAGES) + 1, 3 * 50 * (len(STAGES) + 1), NOTHING)


def test_a_database_server_killed_under_the_bridge_loses_nothing_that_was_acknowledged(postgresql_alone, tmp_path):
    with postgresql_alone.database() as url:
        toll = kills.servers(tmp_path, postgresql_alone, url, kills=3, count=3, presses=100)

    assert toll == kills.Toll(3, 900, NOTHING)


def test_a_bridge_that_acknowledges_before_it_commits_is_caught(tmp_path):
    toll = kills.bridges(tmp_path, str(tmp_path / "hymio.db"), ["hasty"], count=2, presses=50)

    assert toll.account.lost > 0
