"""A socket that is read and written in large pieces."""

import socket
from collections.abc import Iterator

import pytest

from broker_bridge.buffered import Buffered


class Silent:
    """A connection on which nothing comes and nothing goes."""

    def recv(self, size: int) -> bytes:
        raise BlockingIOError

    def send(self, data: bytes | bytearray) -> int:
        raise BlockingIOError

    def fileno(self) -> int:
        return -1

    def close(self) -> None:
        return

    def setblocking(self, flag: bool) -> None:
        return


@pytest.fixture
def pair() -> Iterator[tuple[Buffered, socket.socket]]:
    """Give a buffered socket, and the other end of it."""
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    yield Buffered(ours), theirs
    ours.close()
    theirs.close()


def test_only_what_was_handed_over_is_received(pair: tuple[Buffered, socket.socket]) -> None:
    link, theirs = pair
    theirs.sendall(b"abcdef")
    link.fill()
    link.hand_over(4)

    pieces = [link.recv(1), link.recv(100)]

    assert pieces == [b"a", b"bcd"]
    with pytest.raises(BlockingIOError):
        link.recv(1)


def test_what_is_unread_stays_before_what_comes(pair: tuple[Buffered, socket.socket]) -> None:
    link, theirs = pair
    theirs.sendall(b"abc")
    link.fill()
    link.place = 2
    theirs.sendall(b"def")

    link.fill()

    assert (link.received, link.place) == (b"cdef", 0)


def test_it_says_when_nothing_has_come_and_when_nothing_will(pair: tuple[Buffered, socket.socket]) -> None:
    link, theirs = pair
    with pytest.raises(BlockingIOError):
        link.fill()

    theirs.close()
    link.fill()

    assert link.recv(1) == b""


def test_what_is_said_goes_out_in_one_piece(pair: tuple[Buffered, socket.socket]) -> None:
    link, theirs = pair
    theirs.setblocking(False)
    link.send(b"abc")
    link.send(b"def")
    with pytest.raises(BlockingIOError):
        theirs.recv(100)

    left = link.flush()

    assert not left
    assert theirs.recv(100) == b"abcdef"


def test_what_the_system_does_not_take_is_kept(pair: tuple[Buffered, socket.socket]) -> None:
    link, theirs = pair
    much = bytes(range(256)) * 40_000
    link.send(much)

    left = link.flush()
    arrived = b""
    while len(arrived) < len(much):
        arrived += theirs.recv(1_000_000)
        link.flush()

    assert left
    assert arrived == much


def test_a_connection_that_takes_nothing_keeps_all() -> None:
    link = Buffered(Silent())

    link.send(b"abc")

    assert link.flush()
    assert bytes(link.unsent) == b"abc"
