"""A way to PostgreSQL that is cut at COMMIT: before the server hears it, or after it is done and nobody was told."""

import selectors
import socket
import threading
from pathlib import Path
from typing import Literal

COMMIT = b"COMMIT\0"
DONE = b"C\x00\x00\x00\x0bCOMMIT\0"  # the server's message that a COMMIT is complete
CHUNK = 65536

Cut = Literal["before", "after"]


class Proxy:
    """Listens on a socket in a folder and passes everything on, until it is told to cut."""

    def __init__(self, server: Path, folder: Path) -> None:
        self.server = server / ".s.PGSQL.5432"
        self.cut: Cut | None = None
        self.cuts = 0
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(folder / ".s.PGSQL.5432"))
        self.listener.listen()
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        """Take connections until the listener is closed."""
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.carry, args=(client,), daemon=True).start()

    def carry(self, client: socket.socket) -> None:
        """Pass on what either side says, until one of them ends or the cut is due."""
        server = socket.socket(socket.AF_UNIX)
        server.connect(str(self.server))
        with client, server, selectors.DefaultSelector() as ready:
            ready.register(client, selectors.EVENT_READ, server)
            ready.register(server, selectors.EVENT_READ, client)
            while True:
                for key, _ in ready.select():
                    said = key.fileobj.recv(CHUNK)
                    if not said or self.is_due(said, from_client=key.fileobj is client):
                        return
                    key.data.sendall(said)

    def is_due(self, said: bytes, from_client: bool) -> bool:
        """Tell whether this is the COMMIT, or the answer to it, that is to be the last."""
        due = (self.cut == "before" and from_client and COMMIT in said) or (
            self.cut == "after" and not from_client and DONE in said
        )
        if due:
            self.cut = None
            self.cuts += 1
        return due

    def close(self) -> None:
        """Take no more connections."""
        self.listener.close()
