"""A wire that knows packets: it cuts after any byte of one, swallows, delays, or says things twice."""

import select
import threading
import time

from tests.device.cpython.proxy import Proxy

CONNECT, CONNACK, PUBLISH, PUBACK, SUBSCRIBE, SUBACK = 1, 2, 3, 4, 8, 9
NAMES = {CONNECT: "CONNECT", CONNACK: "CONNACK", PUBACK: "PUBACK", SUBSCRIBE: "SUBSCRIBE", SUBACK: "SUBACK"}


class Rule:
    """What to do with the next packet of a name, once: let through `at` bytes of it, then cut or swallow."""

    def __init__(self, name, at, *, swallows=False):
        self.name = name
        self.at = at
        self.swallows = swallows
        self.was_met = threading.Event()


class PacketProxy(Proxy):
    """A name is the direction and the kind, as in `up CONNECT`, or for a PUBLISH the message, as in `down ack`."""

    def __init__(self, target_port):
        self.rule = None
        self.delay_s = 0
        self.says_twice = False
        self.lengths = {}  # of the newest packet, by name
        super().__init__(target_port)

    def carry(self, box, broker):
        self.current = box
        waiting = {box: b"", broker: b""}
        while True:
            ready, _, _ = select.select([box, broker], [], [], 30)
            for end in ready:
                data = end.recv(4096)
                if not data:
                    return
                packets, waiting[end] = split(waiting[end] + data)
                for packet in packets:
                    if not self.forward(packet, end is box, broker if end is box else box):
                        return

    def forward(self, packet, is_up, target):
        """Hand on one packet; False when the connection is over."""
        name = ("up " if is_up else "down ") + named(packet)
        self.lengths[name] = len(packet)
        rule = self.rule
        if rule and rule.name == name and not rule.was_met.is_set():
            target.sendall(packet[: rule.at])
            rule.was_met.set()
            while rule.swallows and self.current.recv(4096):
                pass
            return False
        time.sleep(self.delay_s)
        target.sendall(packet * (2 if self.says_twice and packet[0] >> 4 in (PUBLISH, PUBACK) else 1))
        return True


def split(data):
    """Return the whole packets of a stream, and the rest."""
    packets = []
    while len(data) > 1:
        length = shift = 0
        for index in range(1, len(data)):
            length |= (data[index] & 127) << shift
            shift += 7
            if data[index] < 128:
                break
        else:
            break
        end = index + 1 + length
        if len(data) < end:
            break
        packets.append(data[:end])
        data = data[end:]
    return packets, data


def named(packet):
    """Return the kind of a packet, or the last word of its topic."""
    if packet[0] >> 4 != PUBLISH:
        return NAMES.get(packet[0] >> 4, str(packet[0] >> 4))
    start = next(index for index in range(1, len(packet)) if packet[index] < 128) + 1
    topic = packet[start + 2 : start + 2 + int.from_bytes(packet[start : start + 2], "big")]
    return topic.decode().rpartition("/")[2]
