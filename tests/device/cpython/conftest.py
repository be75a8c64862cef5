"""What the tests of real boxes share: a broker, and a bridge that they hold in their hands."""

import pytest

from tests.device.cpython.boxes import Bridge, Broker


@pytest.fixture
def broker(tmp_path):
    started = Broker(tmp_path)
    yield started
    started.kill()


@pytest.fixture
def bridge(broker):
    started = Bridge(broker.port)
    yield started
    started.stop()
