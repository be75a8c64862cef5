"""A connection that does not come about leaves nothing open."""

import socket
import ssl
from pathlib import Path
from threading import Thread

import pytest

from kiosk_app.publisher import context
from kiosk_app.settings import Settings, Tls
from tests.device.cpython.authority import Authority

HOST = "127.0.0.1"


@pytest.fixture
def settings(tmp_path):
    authority = Authority(tmp_path)
    certificate, key = (Path(path) for path in authority.issue("kiosk-1"))
    return Settings("kiosk-1", HOST, 8883, tmp_path, Tls(Path(authority.certificate), certificate, key))


@pytest.fixture
def port():
    """Somebody who answers each connection with words that are no TLS."""
    with socket.create_server((HOST, 0)) as listener:

        def answer():
            with listener.accept()[0] as visitor:
                visitor.sendall(b"no TLS here\r\n")
                visitor.recv(1_000)

        thread = Thread(target=answer)
        thread.start()
        yield listener.getsockname()[1]
        thread.join()


def test_a_failed_handshake_closes_the_connection(settings, port):
    plain = socket.create_connection((HOST, port), timeout=10)
    secured = context(settings).wrap_socket(plain, server_hostname=HOST, do_handshake_on_connect=False)

    with pytest.raises(ssl.SSLError):
        secured.do_handshake()

    assert secured.fileno() == -1
