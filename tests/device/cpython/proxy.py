"""A wire between box and broker that breaks after a number of bytes, or hands them on one at a time."""

import select
import socket

from tests.device.cpython.listener import Listener


class Proxy(Listener):
    """`cut_after` bytes, counted in both directions, end a connection; 0 never does."""

    def __init__(self, target_port, cut_after=0, portion=4096):
        self.target_port = target_port
        self.cut_after = cut_after
        self.portion = portion
        self.connections = 0
        self.current = None
        super().__init__()

    def meet(self, box):
        self.connections += 1
        with socket.create_connection(("127.0.0.1", self.target_port)) as broker:
            self.carry(box, broker)

    def carry(self, box, broker):
        self.current = box
        left = self.cut_after or 1 << 60
        while left:
            ready, _, _ = select.select([box, broker], [], [], 10)
            for end in ready:
                data = end.recv(min(self.portion, left))
                if not data:
                    return
                (broker if end is box else box).sendall(data)
                left -= len(data)
                if not left:
                    return

    def drop(self):
        """Break the connection that there is."""
        try:
            self.current.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # it broke by itself
