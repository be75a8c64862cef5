"""A socket that is read and written in large pieces: one system call for a thousand packets instead of four for one."""

from typing import Protocol

LARGEST_READ = 256 * 1024


class Connected(Protocol):
    """A connected, non-blocking socket, by whatever name."""

    def recv(self, size: int, /) -> bytes: ...
    def send(self, data: bytes | bytearray, /) -> int: ...
    def fileno(self) -> int: ...
    def close(self) -> None: ...
    def setblocking(self, flag: bool, /) -> None: ...


class Buffered:
    """A connection whose `recv` takes from what was read at once, and whose `send` keeps what is
    said until `flush`. What it holds is bounded by its reader: it reads only when it has nothing left."""

    def __init__(self, connected: Connected) -> None:
        self.connected = connected
        self.received = b""
        self.place = 0
        self.unsent = bytearray()

    def recv(self, size: int) -> bytes:
        """Return up to `size` bytes, none at the end of the connection; raise BlockingIOError when none have come."""
        if self.place == len(self.received):
            self.received = self.connected.recv(LARGEST_READ)
            self.place = 0
        taken = self.received[self.place : self.place + size]
        self.place += len(taken)
        return taken

    def holds_unread(self) -> bool:
        """Tell whether there is something to read without asking the system."""
        return self.place < len(self.received)

    def send(self, data: bytes | bytearray) -> int:
        """Keep all of the data to be sent; return how much that is."""
        self.unsent += data
        return len(data)

    def flush(self) -> bool:
        """Send what the system takes now; tell whether something is left."""
        while self.unsent:
            try:
                del self.unsent[: self.connected.send(self.unsent)]
            except BlockingIOError:
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
