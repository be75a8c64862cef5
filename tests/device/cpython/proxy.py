"""A wire between box and broker that breaks after a number of bytes, or hands them on one at a time."""

import select
import socket
import threading


class Proxy:
    """`cut_after` bytes, counted in both directions, end a connection; 0 never does."""

    def __init__(self, target_port, cut_after=0, portion=4096):
        self.target_port = target_port
        self.cut_after = cut_after
        self.portion = portion
        self.connections = 0
        self.current = None
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        while True:
            try:
                box, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            with box:
                try:
                    with socket.create_connection(("127.0.0.1", self.target_port)) as broker:
                        self.carry(box, broker)
                except OSError:
                    pass

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

    def stop(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join(15)
