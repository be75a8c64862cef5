"""The bridge of the simulation: the product's ingest on SQLite in memory, with a fuse in its connection."""

from contextlib import contextmanager

from broker_bridge import decoder
from broker_bridge import ingest as product
from broker_bridge.database import replays
from broker_bridge.database.connect import Unavailable, transaction
from broker_bridge.database.memory import forget
from broker_bridge.database.sqlite import Sqlite
from device.protocol import messages, topics
from device.protocol.kinds import Refused
from tests.faults.checker import Identity
from tests.faults.simulation.county import County
from tests.faults.simulation.crash_points import Point, statement, waiting

AWAY_MS = 2_000
MOST_AT_ONCE = 60


class Died(BaseException):
    """The process is gone; nothing after this ran."""


class Fused(Sqlite):
    """A connection in memory. At the statement that a fuse is set to it dies, or the database is away."""

    is_dead = False  # until its next start: a process that is gone does not roll back either
    loses_answer = False
    is_at_work = False  # for the bridge, and not for the registry or the checker

    def __init__(self, template, points):
        self.points = points
        self.waiting = []
        super().__init__(":memory:")
        self.raw.deserialize(template)

    def set(self, statements, trouble, value):
        """Let there be trouble at one of the next statements."""
        self.waiting.append(waiting("bridge", trouble, statements, value))

    def burn(self, sql):
        """Pass a statement, unless it is the last."""
        if self.is_dead:
            raise Died
        point = Point("bridge", statement(sql))
        due = next((each for each in self.waiting if each.is_due(point, self.points)), None)
        if self.is_at_work:
            self.points.pass_by(point, due is not None)
        if due:
            self.waiting.remove(due)
            self.is_dead = isinstance(due.trouble, Died)
            raise due.trouble

    def run(self, sql, values):
        self.burn(sql)
        cursor = super().run(sql, values)
        if sql == "COMMIT" and self.loses_answer:
            self.loses_answer = False
            raise Unavailable("nobody was told whether it was done")
        return cursor

    def run_many(self, sql, rows):
        self.burn(sql)
        super().run_many(sql, rows)

    def run_merge(self, table, columns, rows, otherwise):
        self.burn(f"merge into {table}")
        super().run_merge(table, columns, rows, otherwise)


@contextmanager
def at_work(connection):
    """Count the statements as places where the bridge may die."""
    connection.is_at_work = True
    try:
        yield
    finally:
        connection.is_at_work = False


class Bridge:
    """Takes what the broker has queued for it, and answers; it can die at any statement, and is started again."""

    def __init__(self, world, template):
        self.world = world
        self.connection = Fused(template, world.io)
        self.county = County()
        self.taken = []  # what committed ingests took: (device_id, epoch, record)
        self.is_up = True
        self.is_due = False
        self.lies_ms = 0
        self.dies_before_acks = False
        self.backup = None
        self.restored = False
        self.ingests = 0

    def now_ms(self):
        """Return what the server takes for the time."""
        return self.world.true_ms() + self.lies_ms

    def wake(self):
        """Have something drained soon."""
        if self.is_up and not self.is_due:
            self.is_due = True
            self.world.after(self.world.plan.drain_ms, self.drain)

    def drain(self):
        """Take what is queued in one transaction; only then answer and let the broker forget it."""
        self.is_due = False
        queue = self.world.broker.queue
        if not (self.is_up and queue and self.world.broker.is_up):
            return
        batch = queue[:MOST_AT_ONCE]
        try:
            self.settle(batch, self.ingest(self.as_delivered(batch)))
        except Died:
            self.die()
        except Unavailable:
            self.forget_all()
            self.is_due = True
            self.world.after(AWAY_MS, self.drain)
            return
        if queue:
            self.wake()

    def as_delivered(self, batch):
        """Return messages as a broker may deliver them: twice, or in another order."""
        chance, twice = self.world.chance, self.world.plan.twice_chance
        delivered = [each for each in batch for _ in range(2 if chance.random() < twice else 1)]
        if chance.random() < twice:
            chance.shuffle(delivered)
        return [product.Received(topic, payload, retained, self.now_ms()) for topic, payload, retained in delivered]

    def ingest(self, received):
        """Ingest; note what was taken when it is committed."""
        self.ingests += 1
        with at_work(self.connection):
            replies = product.ingest(self.connection, received, self.now_ms())
        self.note(received)
        return replies

    def note(self, received):
        """Note every readable record that was committed."""
        for each in received:
            if each.topic.endswith("/responses") and not each.retained:
                self.taken.append(each)

    def records_taken(self):
        """Return the identity and the hash of every record that was committed and could be read."""
        known = {device.device_id for device in self.world.devices}
        found = [each for received in self.taken for each in self.records_of(received)]
        return [(identity, hashed) for identity, hashed in found if identity.device_id in known]

    def records_of(self, received):
        """Return identity and hash of the records of a message, none when it cannot be read."""
        try:
            message = decoder.decode(received.topic, received.payload)
        except Refused:
            return []
        journal = (message.device_id, message.fields.get("epoch"))
        return [(Identity(*journal, said.seq), said.hash) for said in message.fields.get("responses", [])]

    def settle(self, batch, replies):
        """Publish the replies and let the broker forget the messages, unless the process dies in between."""
        if self.dies_before_acks:
            self.dies_before_acks = False
            for reply in replies[: self.world.chance.randint(0, len(replies))]:
                self.world.broker.publish_down(reply.topic, reply.payload)
            raise Died
        for reply in replies:
            self.world.broker.publish_down(reply.topic, reply.payload)
        self.world.broker.forget(batch)

    def forget_all(self):
        """Forget what a process kept in memory."""
        if self.connection.in_transaction:
            self.connection.raw.rollback()
        self.connection.is_dead = False
        forget(self.connection)

    def die(self):
        """Be gone for a while; what was not committed is gone for good."""
        self.forget_all()
        self.is_up = False
        if not self.world.plan.keeps_session:
            self.world.broker.end_session()
        self.world.fault("bridge down")
        self.world.after(self.world.chance.randint(100, 60_000), self.start)

    def start(self):
        """Start again: ask what a restore left to be asked, and take what the broker kept."""
        if self.is_up:
            return
        self.is_up = True
        self.world.broker.has_session = True
        try:
            with at_work(self.connection):
                waiting = list(replays.waiting(self.connection))
            for device_id, fields in waiting:
                topic, payload = topics.topic(device_id, "down/replay"), messages.encode("down/replay", fields)
                self.world.broker.publish_down(topic, payload)
        except (Died, Unavailable):
            self.die()
            return
        self.wake()

    # Backups and corrections, by whoever runs the server

    def back_up(self):
        self.backup = self.connection.raw.serialize(), self.county.copy()

    def restore(self):
        """Put the backup back, as `backup.restore` does, and be started again."""
        if self.backup is None:
            return
        data, county = self.backup
        self.forget_all()
        waiting = self.connection.waiting
        self.connection.close()
        self.connection = Fused(data, self.world.io)
        self.county = county.copy()
        self.restored = True
        with transaction(self.connection):
            replays.ask_every_device(self.connection)
        self.connection.waiting = waiting
        self.taken.clear()
        self.die()

    def correct(self, change):
        """Let the registry be changed; nobody dies meanwhile."""
        waiting, self.connection.waiting = self.connection.waiting, []
        loses, self.connection.loses_answer = self.connection.loses_answer, False
        change(self.connection)
        self.connection.waiting, self.connection.loses_answer = waiting, loses
