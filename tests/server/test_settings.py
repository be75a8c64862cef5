"""The settings of the server, and the one address that it takes."""

from pathlib import Path

import pytest

from server.settings import Settings, Unusable, from_environment


def test_a_fresh_clone_needs_no_setting():
    assert from_environment({}) == Settings(Path("hymio-data"), 8765, "127.0.0.1")


def test_the_environment_says_where():
    settings = from_environment({"HYMIO_DATA": "/srv/hymio", "HYMIO_HTTP_PORT": "9000"})

    assert (settings.database, settings.http_port) == ("/srv/hymio/hymio.db", 9000)


def test_the_environment_may_name_another_database():
    settings = from_environment({"HYMIO_DATA": "/srv/hymio", "HYMIO_DATABASE": "postgresql://db/hymio"})

    assert settings.database == "postgresql://db/hymio"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.1.2.3", "hymio.example", ""])
def test_any_address_but_loopback_is_refused_in_one_line(host):
    with pytest.raises(Unusable) as unusable:
        from_environment({"HYMIO_HTTP_HOST": host})

    assert "only 127.0.0.1 is possible" in str(unusable.value)
    assert "\n" not in str(unusable.value)


@pytest.mark.parametrize("port", ["0", "65536", "-1", "http", "", "\uff18\uff10"])
def test_a_port_is_a_port(port):
    with pytest.raises(Unusable, match="1 to 65535"):
        from_environment({"HYMIO_HTTP_PORT": port})
