"""A kiosk that is killed, or loses its power, at every step on its disk keeps what it thanked for."""

import json
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from tests.kiosk_app.crash import LATER_AT, NOW_AT, RESPONSES
from tests.kiosk_app.steps import compiled, python

MEMORY = Path("/dev/shm")  # a kill asks no disk, and a cut is what the library kept back: so nobody has to wait for one


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    try:
        return compiled(tmp_path_factory.mktemp("steps"))
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("there is no C compiler")


@pytest.fixture
def folder(tmp_path):
    if not MEMORY.is_dir():
        yield tmp_path
        return
    made = Path(tempfile.mkdtemp(dir=MEMORY))
    yield made
    shutil.rmtree(made)


def swept(library, folder, design, every):
    ran = python(library, "tests.kiosk_app.crash", folder, design, every)
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def test_at_whatever_step_it_ends_every_response_that_was_thanked_is_there(library, folder):
    found = swept(library, folder, "RightOutbox", every=1)

    assert found["wrong"] == []
    assert found["deaths"] > 10 * RESPONSES
    assert LATER_AT > NOW_AT


@pytest.mark.parametrize(
    ("design", "complaint"),
    [
        ("ThanksFirst", "killed: lost"),
        ("SyncsSometimes", "cut: lost"),
        ("ForgetsAtOnce", "killed: lost 1"),
        ("KeepsNoSurvey", "cut: survey 0 after"),
    ],
)
def test_a_wrong_outbox_is_caught(library, folder, design, complaint):
    found = swept(library, folder, design, every=7)

    assert any(complaint in what for what in found["wrong"]), found


def test_a_response_costs_the_card_one_synchronisation_and_one_page(library, folder):
    ran = python(library, "tests.kiosk_app.writes", folder, 300)

    figures = json.loads(ran.stdout)
    assert figures["syncs_per_response"] < 1.05
    assert figures["writes_per_response"] < 3
    assert figures["bytes_per_response"] < 2 * 4096
