"""The panel is spared: the picture moves, and goes dark, and only then."""

from kiosk_app.ui.rest import PATH, Rest


def test_the_picture_visits_every_place_by_small_steps():
    places = [Rest.offset(minute * 60_000) for minute in range(len(PATH))]

    assert set(places) == set(PATH)
    steps = zip(places, [*places[1:], places[0]], strict=True)
    assert max(max(abs(x - a), abs(y - b)) for (x, y), (a, b) in steps) <= 2
    assert max(max(abs(x), abs(y)) for x, y in places) == 3


def test_it_goes_dark_only_when_nobody_came_for_so_long():
    rest = Rest(60_000)
    rest.stir(5_000)

    assert not rest.is_dark(64_999)
    assert rest.is_dark(65_000)


def test_who_wakes_it_is_told_so_once():
    rest = Rest(60_000)

    assert rest.stir(70_000)
    assert not rest.stir(70_001)


def test_zero_never_goes_dark():
    assert not Rest(0).is_dark(10**9)
