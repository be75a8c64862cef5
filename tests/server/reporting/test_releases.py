"""What was released comes back byte for byte, and what would be different today is said beside it."""

import hashlib

import pytest

RELEASES = "/api/v1/releases"
ASKED = {"report": "comparison", "by": "unit", "filters": {"from": "2026-11-01", "to": "2026-12-01"}}


@pytest.fixture
def released(client, press):
    """Give the address of a released comparison."""
    press()
    answer = client.post(RELEASES, json={"title": "Marraskuu", "asked": ASKED, "who": "Aino", "why": "lautakunta"})
    assert answer.status_code == 201, answer.text
    return f"{RELEASES}/{answer.json()['id']}"


def test_a_release_comes_back_with_the_same_bytes_after_late_answers(client, press, released):
    before = client.get(released).content
    press("box-2")

    assert client.get(released).content == before
    (listed,) = client.get(RELEASES).json()
    assert listed["hash"] == hashlib.sha256(before).hexdigest()
    assert (listed["title"], listed["who"], listed["why"], listed["audience"]) == (
        "Marraskuu",
        "Aino",
        "lautakunta",
        "unit",
    )


def test_what_would_be_different_today_is_said(client, press, released):
    assert client.get(f"{released}/today").json()["same"] is True
    press(answers={"smiley": 1})

    told = client.get(f"{released}/today").json()

    assert told["same"] is False
    assert {"where": "groups[0].n", "released": 1, "today": 2} in told["changed"]
    assert told["release"] != told["today"]


@pytest.mark.parametrize(
    ("asked", "address"),
    [
        ({"report": "ranking"}, "ranking?by=unit"),
        (
            {"report": "difference", "one": "kokkola", "other": "salla", "lang": "sv"},
            "difference?by=unit&one=kokkola&other=salla&lang=sv",
        ),
        ({"report": "change", "month": "2026-11"}, "change?month=2026-11"),
        ({"report": "response_rate"}, "response-rate?lang=en"),
    ],
)
def test_what_is_judged_is_released_too(client, press, asked, address):
    for box in ("box-1", "box-2"):
        for _ in range(6):
            press(box)
    client.post("/api/v1/people-asked/import", content="month,unit,asked\n2026-11,salla,9\n").raise_for_status()
    wanted = {"title": "Marraskuu", "asked": asked | {"filters": {"question": "smiley"}}}
    before = client.get(f"/api/v1/reports/{address}&question=smiley").json()

    made = client.post(RELEASES, json=wanted)
    assert made.status_code == 201, made.text
    release = f"{RELEASES}/{made.json()['id']}"
    same = client.get(f"{release}/today").json()["same"]
    press("box-2", answers={"smiley": 1})

    assert client.get(release).json() == before
    assert (same, client.get(f"{release}/today").json()["same"]) == (True, False)


@pytest.mark.parametrize(
    ("changes", "status", "where"),
    [
        ({"title": ""}, 422, "title"),
        ({"asked": {"report": "gossip"}}, 422, "asked.report"),
        ({"asked": {"report": "difference", "one": "kokkola", "filters": {"question": "smiley"}}}, 422, "asked.other"),
        ({"asked": {"report": "change", "month": "soon", "filters": {"question": "smiley"}}}, 422, "month"),
        ({"asked": ASKED | {"filters": {"untl": "x"}}}, 422, "filters.untl"),
        ({"asked": ASKED | {"filters": {"unit": "nowhere"}}}, 404, "unit"),
        ({"asked": ASKED | {"classes_in": "nowhere"}}, 404, "classes_in"),
    ],
)
def test_what_cannot_be_released_is_refused(client, county, changes, status, where):
    answer = client.post(RELEASES, json={"title": "Marraskuu", "asked": ASKED} | changes)

    assert (answer.status_code, answer.json()["where"]) == (status, where)
    assert client.get(RELEASES).json() == []


def test_a_release_that_is_not_there_is_named(client):
    assert client.get(f"{RELEASES}/7").json()["where"] == "id"
