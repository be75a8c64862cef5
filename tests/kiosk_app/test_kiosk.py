"""The kiosk as a whole, without a screen and without a network."""

import json

import pytest

from kiosk_app import kiosk as module
from kiosk_app.kiosk import Kiosk
from kiosk_app.settings import Settings
from tests.kiosk_app.parts import settings as survey_settings


class Ticks:
    def __init__(self):
        self.now_ms = 0

    def __call__(self):
        return self.now_ms


@pytest.fixture
def ticks():
    return Ticks()


@pytest.fixture
def opened(tmp_path, ticks):
    kiosks = []

    def open_kiosk(data=tmp_path / "data", **more):
        kiosks.append(Kiosk(Settings("kiosk-1", "127.0.0.1", 1, data), now_ms=ticks, environment={}, **more))
        return kiosks[-1]

    yield open_kiosk
    for kiosk in kiosks:
        kiosk.stop()


def offer(kiosk, version="reception@3", **more):
    kiosk.surveys.offer(json.dumps(survey_settings(version=version, **more) | {"v": 1}).encode())


def test_a_survey_that_comes_while_a_visitor_answers_waits_for_the_next_one(opened, ticks):
    kiosk = opened()
    offer(kiosk)
    kiosk.tick()
    ticks.now_ms += 1_000
    kiosk.session.touched("")
    offer(kiosk, "reception@4")

    kiosk.tick()
    assert (kiosk.session.page.kind, kiosk.surveys.version) == ("smiley5", "reception@3")
    ticks.now_ms += 1_000
    kiosk.session.touched("option.5")
    kiosk.tick()
    assert kiosk.surveys.version == "reception@3"
    ticks.now_ms += 6_000
    kiosk.tick()
    kiosk.tick()

    assert (kiosk.session.survey.version, kiosk.outbox.peek(1)[0]["survey"]) == ("reception@4", "reception@3")


def test_a_survey_is_proven_after_a_minute_of_the_screen(opened, ticks):
    kiosk = opened()
    for version in ("reception@3", "reception@4"):
        offer(kiosk, version)
        kiosk.tick()
    starts = kiosk.surveys._starts
    ticks.now_ms += module.PROVEN_MS - 1
    kiosk.tick()
    assert starts.exists()

    ticks.now_ms += 1
    kiosk.tick()

    assert not starts.exists()


def test_what_is_wrong_is_an_alarm_for_the_bridge(opened):
    kiosk = opened()
    assert kiosk.conversation.alarms() == ["out_of_service.no_survey"]

    offer(kiosk)
    kiosk.tick()

    assert kiosk.conversation.alarms() == []


def test_a_data_folder_that_cannot_be_made_is_seen_on_the_screen(opened, tmp_path):
    (tmp_path / "file").write_text("in the way")

    kiosk = opened(tmp_path / "file" / "data")
    kiosk.tick()

    assert (kiosk.session.page.kind, kiosk.session.page.reason) == ("out_of_service", "unreadable")


def test_the_version_is_that_of_the_project(repository):
    assert f'version = "{module.own_version()}"' in (repository / "pyproject.toml").read_text()
