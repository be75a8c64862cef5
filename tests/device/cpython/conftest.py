"""What the tests of real boxes share: a broker, and a bridge that they hold in their hands."""

import pytest

from tests.device.cpython.boxes import Box, Bridge, Broker, until
from tests.device.cpython.proxy import Proxy


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


@pytest.fixture
def proxied(tmp_path, broker, bridge):
    """A proxy, and a box that reaches the broker by it and has its settings."""
    proxy = Proxy(broker.port)
    box = Box(tmp_path, proxy.port)
    until(lambda: any(fields.get("settings") for _, fields in list(bridge.said)), "the settings")
    yield proxy, box
    box.kill()
    proxy.stop()
