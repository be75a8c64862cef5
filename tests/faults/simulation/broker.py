"""The broker and the wires to it: nothing it says about a message means that the message is stored."""

QUEUE_LIMIT = 6
NOTICES_MS = 45_000  # keep-alive and a half: how long a silent connection is taken for a living one


class Wire:
    """A connection of a device: both directions in order, until it is cut; what is under way is then gone, or late."""

    def __init__(self, world, device):
        self.world = world
        self.device = device
        self.is_open = True
        self.is_silent = False
        self.free_ms = {"up": 0, "down": 0}

    def carry(self, direction, deliver):
        """Deliver something at the other end after a while, unless the connection is cut before."""
        if not self.is_open or self.is_silent:
            return
        world = self.world
        arrives_ms = max(self.free_ms[direction], world.now_ms + world.chance.randint(5, world.plan.slow_ms))
        self.free_ms[direction] = arrives_ms
        world.at(arrives_ms, lambda: self.deliver(direction, deliver))
        if world.chance.random() < world.plan.cut_chance:
            world.at(world.now_ms + world.chance.randint(0, world.plan.slow_ms), self.cut)

    def deliver(self, direction, deliver):
        """Let something arrive; a broker takes what came by a connection that the device has lost meanwhile."""
        if (self.is_open and not self.is_silent) or (direction == "up" and self.world.chance.random() < 0.5):
            deliver()

    def go_silent(self):
        """Carry nothing any more, and let both ends find out by themselves."""
        self.is_silent = True
        self.world.after(NOTICES_MS, self.cut)

    def cut(self):
        """Be gone for both ends."""
        if self.is_open:
            self.is_open = False
            self.world.broker.lost(self)
            self.device.on_lost(self)


class Broker:
    """Queues what goes up for the bridge, hands on what goes down, and forgets all of it when it is killed."""

    def __init__(self, world):
        self.world = world
        self.is_up = True
        self.has_session = True
        self.limit = None
        self.queue = []
        self.wires = {}

    def connected(self, wire):
        """Take a connection; an older one of the same identity ends."""
        older = self.wires.get(wire.device.device_id)
        self.wires[wire.device.device_id] = wire
        if older and older is not wire:
            older.cut()

    def lost(self, wire):
        """Publish the will of a connection that ended without a goodbye."""
        if self.wires.get(wire.device.device_id) is wire:
            del self.wires[wire.device.device_id]
            self.publish_up(*wire.will)

    def publish_up(self, topic, payload, retained=False):
        """Queue a message for the bridge, if it has a session and the queue has room: the device is not told."""
        if self.is_up and self.has_session and (self.limit is None or len(self.queue) < self.limit):
            self.queue.append((topic, payload, retained))
            self.world.bridge.wake()

    def publish_down(self, topic, payload):
        """Hand a message to its device, if that is connected."""
        wire = self.wires.get(topic.split("/")[2])
        if self.is_up and wire:
            wire.carry("down", lambda: wire.device.receive(wire, topic, payload))

    def forget(self, batch):
        """Forget what the bridge acknowledged."""
        del self.queue[: len(batch)]

    def end_session(self):
        """Forget the bridge and what waits for it, until it comes again."""
        self.queue.clear()
        self.has_session = False

    def kill(self, away_ms):
        """Lose everything that was only in memory, and be away for a while."""
        self.is_up = False
        self.queue.clear()
        for wire in list(self.wires.values()):
            self.wires.pop(wire.device.device_id, None)
            wire.cut()
        self.world.after(away_ms, self.start)

    def start(self):
        self.is_up = True
        self.has_session = True
