"""A survey is taken between visitors, proven sound first, kept, and given up when the kiosk does not last with it."""

import json
import os

import pytest

from kiosk_app import surveys as module
from kiosk_app.survey import Limits
from kiosk_app.surveys import Surveys
from tests.kiosk_app.parts import ONE, settings


def payload(version="reception@3", **more):
    return json.dumps(settings(version=version, **more) | {"v": 1}).encode()


@pytest.fixture
def opened(tmp_path):
    return lambda: Surveys(tmp_path, Limits())


def test_what_was_taken_is_asked_after_a_restart(opened):
    surveys = opened()
    surveys.offer(payload())

    assert surveys.take().version == "reception@3"
    assert (opened().version, opened().refused) == ("reception@3", "")


def test_nothing_is_asked_before_it_was_taken(opened):
    surveys = opened()
    surveys.offer(payload())

    assert (surveys.version, surveys.current) == ("", None)


def test_only_the_newest_offer_is_taken_and_only_once(opened):
    surveys = opened()
    for number in (3, 4, 5):
        surveys.offer(payload(f"reception@{number}"))

    assert surveys.take().version == "reception@5"
    assert surveys.take() is None


HOSTILE = [
    b"",
    payload("reception@4", questions=[]),
    payload("reception@4", limits={"undo_ms": -1}),
    payload("reception@4", questions=[ONE[0] | {"text": {"fi": "vain suomeksi"}}]),
    payload("reception@4", questions=[ONE[0] | {"text": dict.fromkeys(["fi", "sv", "en"], "x" * 200)}]),
]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_settings_leave_the_old_survey_and_a_reason(opened, hostile):
    surveys = opened()
    surveys.offer(payload())
    surveys.take()

    surveys.offer(hostile)

    assert surveys.take() is None
    assert surveys.version == "reception@3"
    assert surveys.refused
    assert opened().version == "reception@3"


@pytest.mark.parametrize("why", ["text clipped at 800x480", ""])
def test_what_the_screens_cannot_show_is_not_used(opened, why):
    surveys = opened()

    def renders(survey):
        if not why:
            raise ZeroDivisionError("a box without width")
        return why

    surveys.renders = renders
    surveys.offer(payload())

    assert surveys.take() is None
    assert surveys.refused == f"screen: {why or 'ZeroDivisionError: a box without width'}"
    assert opened().version == ""


def test_what_was_refused_is_not_tried_again_until_it_changes(opened):
    surveys = opened()
    tried = []
    surveys.renders = lambda survey: tried.append(survey.version) or "too long"

    for _ in range(3):
        surveys.offer(payload())
        surveys.take()
    surveys.offer(payload(limits={"idle_s": 50}))
    surveys.take()

    assert tried == ["reception@3"] * 2


def test_a_good_survey_clears_the_reason(opened):
    surveys = opened()
    surveys.offer(payload(questions=[]))
    surveys.take()

    surveys.offer(payload("reception@4"))
    surveys.take()

    assert (surveys.version, surveys.refused) == ("reception@4", "")


def full(path, content):
    raise OSError(28, "No space left on device")


def test_a_survey_that_cannot_be_kept_is_not_used(opened, monkeypatch):
    surveys = opened()
    surveys.offer(payload())
    surveys.take()

    monkeypatch.setattr(module, "write", full)
    surveys.offer(payload("reception@4"))

    assert surveys.take() is None
    assert surveys.refused == "settings: the kiosk cannot store them (No space left on device)"
    assert (surveys.version, opened().version) == ("reception@3", "reception@3")


def test_a_survey_that_could_not_be_kept_is_taken_once_the_disk_has_room(opened, monkeypatch):
    surveys = opened()
    with monkeypatch.context() as disk:
        disk.setattr(module, "write", full)
        surveys.offer(payload())
        surveys.take()
    surveys.offer(payload())

    assert surveys.take() == surveys.current
    assert (surveys.version, surveys.refused) == ("reception@3", "")


def test_a_survey_with_which_the_kiosk_keeps_ending_gives_way_to_the_one_before(opened):
    surveys = opened()
    for version in ("reception@3", "reception@4"):
        surveys.offer(payload(version))
        surveys.take()

    versions = [opened().version for _ in range(4)]
    last = opened()

    assert versions == ["reception@4"] * 3 + ["reception@3"]
    assert last.version == "reception@3"


def test_after_the_fall_back_the_same_survey_is_not_taken_again(opened):
    surveys = opened()
    for version in ("reception@3", "reception@4"):
        surveys.offer(payload(version))
        surveys.take()
    for _ in range(3):
        opened()

    fallen = opened()
    assert fallen.refused == "survey: the kiosk did not stay up with it"
    fallen.offer(payload("reception@4"))

    assert fallen.take() is None


def test_a_survey_that_lasted_is_proven(opened):
    surveys = opened()
    for version in ("reception@3", "reception@4"):
        surveys.offer(payload(version))
        surveys.take()
    surveys.prove()

    assert [opened().version for _ in range(6)] == ["reception@4"] * 6


def test_damaged_files_leave_a_kiosk_without_a_survey_that_can_get_one(opened, tmp_path):
    (tmp_path / "survey.json").write_bytes(os.urandom(300))
    surveys = opened()
    assert (surveys.current, bool(surveys.refused)) == (None, True)

    surveys.offer(payload())

    assert surveys.take().version == "reception@3"


def test_a_reason_from_anywhere_fits_a_hello(opened):
    surveys = opened()

    surveys.refuse("x\0" * 900)

    assert len(surveys.refused) == 500
    assert surveys.refused.isprintable()
