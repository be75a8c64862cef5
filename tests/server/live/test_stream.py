"""The stream of changes, read as a browser would, without a browser."""

import asyncio
import json

import pytest

from server.live import stream
from server.live.routes import changing_part


@pytest.fixture
def latest(county, settings):
    latest = stream.Latest(settings.database, changing_part)
    yield latest
    latest.close()


@pytest.fixture
def hurried(monkeypatch):
    """Let the stream look ten times as often, so that a test need not wait."""
    monkeypatch.setattr(stream, "PAUSE_S", 0.01)
    monkeypatch.setattr(stream, "HEARTBEAT_S", 0.03)


def read(latest, count, between=lambda: None, stopping=lambda: False):
    async def take():
        found = []
        async for event in stream.events(latest, "en", stopping):
            found.append(event)
            if len(found) == count:
                break
            between()
        return found

    return asyncio.run(take())


def test_the_board_comes_at_once(latest, hurried):
    retry, board = read(latest, 2)

    assert retry == "retry: 2000\n\n"
    assert "Kokkolan terveysasema" in json.loads(board.split("data: ")[1])


def test_a_change_brings_the_board_anew(latest, hurried, press):
    boards = read(latest, 3, between=press)[1:]

    assert "2 responses<" in json.loads(boards[1].split("data: ")[1])


def test_while_nothing_changes_the_stream_says_that_it_is_there(latest, hurried):
    assert read(latest, 3)[2] == ": still here\n\n"


def test_the_stream_ends_with_the_server(latest, hurried):
    assert read(latest, 99, stopping=iter([False, False, True]).__next__)[-1].startswith("event: board")


def test_the_board_is_rendered_once_for_all_who_look(county, settings):
    renderings = []
    latest = stream.Latest(settings.database, lambda connection, language: renderings.append(language) or language)

    for language in ("fi", "fi", "sv", "fi"):
        latest.html(language)
    county.execute("UPDATE units SET time_zone = 'Europe/Mariehamn'")
    latest.html("fi")

    latest.close()
    assert renderings == ["fi", "sv", "fi"]


def test_a_database_that_does_not_answer_leaves_the_page_as_it_is(latest):
    def render(connection, language):
        raise stream.Unavailable("locked")

    latest.render = render

    assert asyncio.run(stream.change(latest, "fi", None)) is None
