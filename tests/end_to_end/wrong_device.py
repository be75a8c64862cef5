"""A wrong box for MicroPython: it takes the broker's PUBACK for stored, and forgets what only the broker has."""

import sys

from device import mqtt, simulator
from device.app import App


class TrustsPuback(App):
    """Acknowledges to its outbox all that was sent, as soon as the broker has answered any of it."""

    def take(self, packet):
        if packet.kind == mqtt.PUBACK:
            self.outbox.acknowledge(self.link._sent_seq)
        super().take(packet)


sys.exit(simulator.main(sys.argv[1:], TrustsPuback))
