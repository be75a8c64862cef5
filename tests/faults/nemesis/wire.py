"""A wire between boxes and broker that can be cut, and that can swallow everything without a word."""

import selectors
import socket
import threading
from contextlib import suppress

HOST = "127.0.0.1"
CHUNK = 65536


class Wire:
    """Passes on what either side says. `cut` ends every connection; while `is_silent` nothing passes or ends."""

    def __init__(self, broker_port):
        self.broker_port = broker_port
        self.is_silent = False
        self.carried = []
        self.listener = socket.create_server((HOST, 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        """Take connections until the listener is closed."""
        while True:
            try:
                box, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.carry, args=(box,), daemon=True).start()

    def carry(self, box):
        """Pass on what is said until one side ends."""
        try:
            broker = socket.create_connection((HOST, self.broker_port))
        except OSError:
            box.close()
            return
        pair = (box, broker)
        self.carried.append(pair)
        with suppress(OSError, ValueError), box, broker, selectors.DefaultSelector() as ready:
            ready.register(box, selectors.EVENT_READ, broker)
            ready.register(broker, selectors.EVENT_READ, box)
            while self.pass_on(ready):
                pass
        self.carried.remove(pair)

    def pass_on(self, ready):
        """Pass on what came; tell whether both sides are still there."""
        for key, _ in ready.select(0.2):
            said = key.fileobj.recv(CHUNK)
            if not said:
                return False
            if not self.is_silent:
                key.data.sendall(said)
        return True

    def cut(self):
        """End every connection, wherever in a packet it is."""
        for pair in list(self.carried):
            for each in pair:
                with suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)

    def close(self):
        """Take no more connections."""
        self.listener.close()
        self.cut()
