"""A kiosk per test on one hidden window, taken off it afterwards."""

import pytest

from tests.kiosk_app.ui.glass_rig import Rig


@pytest.fixture
def rig():
    """Return what builds a kiosk; all of them are gone after the test."""
    built = []

    def build(*args, **kwargs):
        for kiosk in built:
            kiosk.close()
        built[:] = [Rig(*args, **kwargs)]
        return built[0]

    yield build
    for kiosk in built:
        kiosk.close()
