"""A connection that is read and written in large pieces: one system call for a thousand packets, not four for one."""

import ssl
from typing import Protocol

LARGEST_READ = 256 * 1024


class Connected(Protocol):
    """A connected, non-blocking socket, by whatever name."""

    def recv(self, size: int, /) -> bytes: ...
    def send(self, data: bytes | bytearray, /) -> int: ...
    def fileno(self) -> int: ...
    def close(self) -> None: ...
    def setblocking(self, flag: bool, /) -> None: ...


# TLS may have to write before it can read, and the other way round: the next round tries again.
NOT_NOW = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


def received(connected: Connected) -> bytes:
    """Return what has come, none at the end of the connection; raise BlockingIOError when nothing has.

    TLS takes a record as a whole: what is left of it no `select` would tell of.
    """
    try:
        came = connected.recv(LARGEST_READ)
        while came and isinstance(connected, ssl.SSLSocket) and connected.pending():
            came += connected.recv(connected.pending())
    except (ssl.SSLWantReadError, ssl.SSLWantWriteError) as later:
        raise BlockingIOError from later
    return came


class Buffered:
    """A connection that `fill` reads, from which `recv` gives what was handed over, and whose `send` keeps what is said
    until `flush`. What it holds is bounded by whoever fills it."""

    def __init__(self, connected: Connected) -> None:
        self.connected = connected
        self.received = b""
        self.place = 0  # where in it the unread begins
        self.handed_over = 0  # up to where `recv` may read
        self.has_ended = False
        self.unsent = bytearray()

    def fill(self) -> None:
        """Read what has come, behind what is unread; raise BlockingIOError when nothing has."""
        came = received(self.connected)
        self.has_ended = not came
        self.received = self.received[self.place :] + came
        self.place = self.handed_over = 0

    def hand_over(self, end: int) -> None:
        """Let `recv` read up to a place in what was received."""
        self.handed_over = end

    def recv(self, size: int) -> bytes:
        """Return up to `size` bytes of what was handed over, none at the end of the connection; raise BlockingIOError
        when there is nothing more now."""
        taken = self.received[self.place : min(self.place + size, self.handed_over)]
        if not taken and not self.has_ended:
            raise BlockingIOError
        self.place += len(taken)
        return taken

    def send(self, data: bytes | bytearray) -> int:
        """Keep all of the data to be sent; return how much that is."""
        self.unsent += data
        return len(data)

    def flush(self) -> bool:
        """Send what the system takes now; tell whether something is left."""
        while self.unsent:
            try:
                del self.unsent[: self.connected.send(self.unsent)]
            except NOT_NOW:
                return True
        return False

    def fileno(self) -> int:
        """Return the number under which the system knows the connection."""
        return self.connected.fileno()

    def close(self) -> None:
        """Close the connection; what is unsent is gone."""
        self.connected.close()

    def setblocking(self, flag: bool) -> None:
        """Let the connection block, or not."""
        self.connected.setblocking(flag)
