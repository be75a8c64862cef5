"""What the staff see behind their PIN."""

import pytest

from kiosk_app.kiosk import Kiosk, board
from kiosk_app.pin import hashed
from kiosk_app.settings import Settings


@pytest.fixture
def kiosk(tmp_path):
    settings = Settings("kiosk-1", "127.0.0.1", 1, tmp_path / "data", pin_hash=hashed("2468"), usb=tmp_path / "media")
    kiosk = Kiosk(settings, environment={})
    yield kiosk
    kiosk.stop()


def staffed(kiosk):
    """Hold the corner, give the PIN."""
    session, clock = kiosk.session, kiosk.clock
    session.touched("corner.staff")
    clock._started_ms -= 4_000
    session.tick()
    session.lifted()
    for target in (*(f"digit.{digit}" for digit in "2468"), "action.next"):
        clock._started_ms -= 1_000
        session.touched(target)
        session.lifted()
    return session.page


def test_the_staff_see_how_the_kiosk_is_while_it_is_out_of_service(kiosk):
    page = staffed(kiosk)

    told = dict(page.rows)
    assert page.kind == "status"
    assert told["Laite"].startswith("kiosk-1, ")
    assert told["Yhteys"] == "yhdistetään"
    assert told["Odottaa lähetystä"] == "0 / 200000"
    assert told["Vastaukset salattu kortilla"] == "ei"
    assert told["Tallennus"] == "kunnossa"


def test_without_a_stick_they_are_told(kiosk):
    staffed(kiosk)

    kiosk.clock._started_ms -= 1_000
    kiosk.session.touched("action.export")

    assert kiosk.session.page.rows[0][1] == "no USB stick"


def test_the_board_is_named_as_it_names_itself(tmp_path):
    model = tmp_path / "model"
    model.write_text("Raspberry Pi 5 Model B Rev 1.0\0")

    assert board(model) == "Raspberry Pi 5 Model B Rev 1.0"
    assert board(tmp_path / "none")
