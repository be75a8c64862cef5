"""What the page says, read from its HTML without a browser."""

import re

import pytest

from broker_bridge.database import registry, service_classes
from broker_bridge.database.ranges import Range
from tests.server.conftest import CLASSES


def text(client, language="en"):
    """Return the words of the page as they stand one after the other."""
    html = client.get("/", params={"lang": language}).text
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_an_empty_server_says_what_to_do(client):
    assert "No units yet." in text(client)


def test_a_figure_comes_with_words_interval_and_number(client, press):
    for value in [9] * 12 + [7] * 4 + [3] * 4:
        press(answers={"nps": value})

    assert re.search(r"NPS 40 \(2 to 67\), 20 responses", text(client))
    assert re.search(r"would recommend \(9.10\) 12 undecided \(7.8\) 4 would not recommend \(0.6\) 4", text(client))


def test_a_statement_has_a_mean_with_the_languages_decimal_sign(client, press):
    for value in (5, 4, 4):
        press(answers={"helped": value})

    assert re.search(r"Mean 4.3 .* 100% agree \(44 to 100%\)", text(client))
    assert "Keskiarvo 4,3" in text(client, "fi")


def test_the_classes_of_a_unit_and_its_points_are_named(client, county):
    service_classes.import_service_classes(county, "aura-test", CLASSES.encode())
    registry.add_service_class_link(county, "aura-test", "9011", Range(), unit="kokkola")
    registry.add_service_class_link(county, "aura-test", "9012", Range(), service_point="kokkola-aula")

    assert "9011 Keksitty vastaanotto 9012 Keksitty neuvola" in text(client)


def test_what_is_lost_and_what_waits_is_said(client, press):
    press(seq=1)
    assert "All presses accounted for" in text(client)

    press(seq=4)
    assert "2 presses waiting in boxes" in text(client)


def test_responses_of_a_device_without_a_place_are_not_hidden(client, county, press):
    registry.end(county, "placements", 1, 1)
    press()

    assert "Devices without a place" in text(client)


def test_counters_of_nobody_do_not_end_the_page(client, press):
    press(counters={"from_uptime_s": 1, "smiley": {"5": 0}})

    assert "All presses accounted for" in text(client)


def test_a_bounded_time_is_only_about_right(client, press):
    press(at=None)

    assert re.search(r"very good about .*\d\d:\d\d", text(client))


@pytest.mark.parametrize("answers", [{"text": "Soittakaa 040 1234567"}, {"reason": ["waiting"]}])
def test_open_comments_are_not_shown(client, press, answers):
    press(answers=answers)

    assert "Answered without a rating" in text(client)
    assert "040" not in text(client)


def test_a_name_cannot_bring_markup(client, county):
    registry.add_unit(county, "evil", {"fi": "<script>alert(1)</script>"})

    assert "<script>alert" not in client.get("/").text
