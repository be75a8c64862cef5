"""Connects to the broker: takes what is queued, commits it as one transaction, and only then acknowledges.

1. Wait until the socket has something, then read all that is there, up to a limit.
2. Ingest it in one transaction.
3. Publish the replies, then send the PUBACK of every message taken, all in one piece.

While a transaction runs, or the database cannot take anything, the socket is not read: the broker and the devices keep
what is theirs, and the bridge holds no more than one transaction's worth.
"""

import select
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from types import FrameType

import structlog
from paho.mqtt.client import Client, ConnectFlags
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from broker_bridge import logs, metrics, monitor, notify
from broker_bridge.acks import Outgoing
from broker_bridge.broker import bridge_username
from broker_bridge.buffered import Buffered
from broker_bridge.database import replays
from broker_bridge.database.connect import Connection, Outrun, Unavailable, Url, connect
from broker_bridge.database.migrate import open_database
from broker_bridge.ingest import ingest
from broker_bridge.intake import Received
from broker_bridge.packets import Message, message, packet
from broker_bridge.retry import retry
from broker_bridge.settings import Settings
from broker_bridge.watch import Watch
from device.protocol import topics
from device.protocol.messages import encode

log = structlog.get_logger()

MOST_AT_ONCE = 4_000  # messages in one transaction: enough that its sync costs little, few enough to be quick
MOST_BYTES = 1024 * 1024
MOST_UNANSWERED = 10 * MOST_AT_ONCE  # replies without a PUBACK; a device that gets no ack sends again
MOST_TRIES = 5
PUBACK = b"\x40\x02"  # and the message's id: the packet of MQTT 3.1.1, and of 5 when all is well
KEEP_ALIVE_S = 30
SESSION_EXPIRY_S = 3_600
FIRST_WAIT_S = 0.2
QUIET_S = 0.2  # how late a request to stop may be noticed
LONGEST_WAIT_S = 10.0


def run(settings: Settings) -> None:
    """Run the bridge until SIGTERM or SIGINT; what was taken by then is committed and acknowledged.

    Raises UnsafeDatabase when the database is damaged or the disk failed to sync: then nothing more is acknowledged.
    """
    logs.set_up(settings.log)
    subscriber = Subscriber(settings)
    if settings.monitor_port is not None:
        monitor.serve(settings.monitor_port, subscriber.watch)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, subscriber.stop)
    subscriber.run()


class BufferedClient(Client):
    """A client whose socket is buffered; the rest is paho's own."""

    link: Buffered | None = None

    def _create_socket(self) -> Buffered:  # a socket in all that paho asks of one
        self.link = Buffered(super()._create_socket())
        return self.link


class Pending:
    """The messages that were read from one connection and not yet acknowledged on it."""

    def __init__(self, link: Buffered) -> None:
        self.link = link
        self.received: list[Received] = []
        self.mids: list[int] = []
        self.size = 0

    def add(self, message: Message) -> None:
        """Keep a message until it is committed."""
        self.received.append(Received(message.topic, message.payload, message.retained, now_ms()))
        self.size += len(message.payload)
        if message.mid:
            self.mids.append(message.mid)

    def is_full(self) -> bool:
        """Tell whether this is enough for one transaction."""
        return len(self.received) >= MOST_AT_ONCE or self.size >= MOST_BYTES

    def acknowledge(self) -> None:
        """Let the broker forget the messages: on the connection that they came by, since on another one the ids are
        those of other messages."""
        self.link.send(b"".join([PUBACK + mid.to_bytes(2, "big") for mid in self.mids]))


class Subscriber:
    """One connection to the broker, and the messages that were read from it and not yet acknowledged."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.watch = Watch(settings.ready_file)
        self.connection: Connection | None = None
        self.open: Callable[[Url], Connection] = checked_database  # reading all of it once, at the start, is enough
        self.stopping = False
        self.got_through = False
        self.client = BufferedClient(
            CallbackAPIVersion.VERSION2,
            client_id=settings.client_id,
            protocol=MQTTProtocolVersion.MQTTv5,
            manual_ack=True,
        )
        self.client.max_inflight_messages_set(MOST_AT_ONCE)  # an ack must not wait for those of other devices
        self.client.max_queued_messages_set(MOST_UNANSWERED)
        if settings.tls:
            self.client.tls_set_context(settings.tls.context())
        else:
            self.client.username_pw_set(bridge_username(settings.data))
        self.client.on_connect = self.subscribe
        self.client.on_subscribe = self.subscribed

    def stop(self, number: int, frame: FrameType | None) -> None:
        """End the loop after the transaction that is under way."""
        self.stopping = True
        notify.tell(notify.STOPPING)

    def run(self) -> None:
        """Serve connection after connection; a broker or a database that is away is waited for."""
        for wait_s in self.attempts():
            self.watch.comes_round()
            try:
                self.connect()
                self.serve()
            except OSError as trouble:
                self.got_through |= self.settings.ready_file.exists()
                self.watch.broker_away(str(trouble))
                log.warning("broker away", trouble=str(trouble), next_attempt_s=wait_s)
            except Unavailable as trouble:
                self.forget_database()
                self.watch.database_away(str(trouble))
                log.warning("database away", trouble=str(trouble), next_attempt_s=wait_s)
            self.leave()
            time.sleep(0 if self.stopping else wait_s)
        self.forget_database()

    def attempts(self) -> Iterator[float]:
        """Yield how long to wait after each attempt, doubling; one that got through to what failed starts anew."""
        wait_s = FIRST_WAIT_S
        while not self.stopping:
            self.got_through = False
            yield wait_s
            wait_s = FIRST_WAIT_S if self.got_through else min(2 * wait_s, LONGEST_WAIT_S)

    def connect(self) -> None:
        """Connect once the database can be written to.

        The broker keeps our session for an hour, unless we share: what was meant for us the others can take, once its
        device has sent it again.
        """
        self.connection = self.connection or self.open(self.settings.database)
        self.open = connect
        self.connection.prove_writable()
        self.watch.writable()
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call] # paho's
        properties.SessionExpiryInterval = 0 if self.settings.name else SESSION_EXPIRY_S
        fresh = bool(self.settings.name)
        where = (self.settings.mqtt_host, self.settings.mqtt_port)
        self.client.connect(*where, KEEP_ALIVE_S, clean_start=fresh, properties=properties)

    def forget_database(self) -> None:
        """Close the connection to the database: after trouble nobody knows what state it is in."""
        if self.connection:
            self.connection.close()
        self.connection = None

    def leave(self) -> None:
        """Drop the connection and what was read from it but not committed: it will be delivered again."""
        self.watch.away()
        link = self.client.link
        self.client.disconnect()
        if link:
            with suppress(OSError):
                link.flush()
        self.client.loop_misc()

    def serve(self) -> None:
        """Read, ingest, answer, until stopped or until the connection ends, which raises OSError."""
        while not self.stopping:
            self.watch.comes_round()
            pending = self.drain()
            if pending.received and self.connection:
                with metrics.ingesting.time():
                    replies = self.ingested(self.connection, pending.received)
                self.got_through = True
                self.answer(pending, replies)
            check(self.client.loop_misc())

    def drain(self) -> Pending:
        """Return all that has come by now, up to a limit; wait a moment when there is nothing."""
        pending = Pending(self.link())
        self.read(pending, QUIET_S)
        while pending.received and not pending.is_full() and self.read(pending, 0):
            pass
        return pending

    def read(self, pending: Pending, timeout_s: float) -> bool:
        """Read what comes within the timeout; tell whether something came."""
        if self.client.want_write():  # what was said within a callback
            check(self.client.loop_write())
        is_left = pending.link.flush()
        listening = [pending.link] if len(pending.link.unsent) < MOST_BYTES else []  # else it would only grow
        readable, _, _ = select.select(listening, [pending.link] if is_left else [], [], timeout_s)
        if not readable:
            return False
        try:
            pending.link.fill()
        except BlockingIOError:  # a piece of TLS that holds nothing for us
            return False
        self.take(pending)
        return True

    def take(self, pending: Pending) -> None:
        """Take the messages that were read; let the client see all other packets, and the end of the connection."""
        link = pending.link
        while found := packet(link.received, link.place):
            content, end = found
            said = message(link.received, link.place, content, end)
            if said:
                pending.add(said)
                link.place = end
            else:
                link.hand_over(end)
                check(self.client.loop_read())
        if link.has_ended:
            check(self.client.loop_read())

    def link(self) -> Buffered:
        """Return the client's connection; raise OSError when it is gone."""
        if self.client.socket() is None or self.client.link is None:
            raise ConnectionError("connection lost")
        return self.client.link

    def ingested(self, connection: Connection, received: list[Received]) -> list[Outgoing]:
        """Ingest, and again at once when another bridge was first; raise Unavailable when it is always."""
        for _ in range(MOST_TRIES - 1):
            try:
                return ingest(connection, received, now_ms())
            except Outrun as trouble:
                log.info("again", trouble=str(trouble))
        return ingest(connection, received, now_ms())

    def answer(self, pending: Pending, replies: list[Outgoing]) -> None:
        """Publish the replies, and acknowledge the messages that they answer."""
        for reply in replies:
            self.client.publish(reply.topic, reply.payload, qos=1)
        pending.acknowledge()

    def subscribe(
        self, client: Client, userdata: object, flags: ConnectFlags, reason: ReasonCode, properties: Properties | None
    ) -> None:
        """Subscribe to all that devices say, as soon as the broker accepts us."""
        if reason.is_failure:
            log.error("refused by the broker", reason=str(reason))
        else:
            client.subscribe(self.settings.subscription, qos=1)

    def subscribed(
        self, client: Client, userdata: object, mid: int, reasons: list[ReasonCode], properties: Properties | None
    ) -> None:
        """Say that the bridge is ready, for whoever waits for it; ask devices for what a restored database lacks."""
        if any(reason.is_failure for reason in reasons):
            log.error("subscription refused by the broker", reason=str(reasons[0]))
            return
        self.watch.ready()
        log.info("subscribed", to=self.settings.subscription)
        if self.connection:
            self.ask_for_replays(self.connection)

    def ask_for_replays(self, connection: Connection) -> None:
        """Ask the devices that are connected and have not said hello since a restore."""
        for device_id, fields in replays.waiting(connection):
            self.client.publish(topics.topic(device_id, "down/replay"), encode("down/replay", fields), qos=1)


def checked_database(url: Url) -> Connection:
    """Open the database, up to date and undamaged, and take what a mended bridge can; raises as `connect`."""
    connection = open_database(url)
    try:
        connection.check_integrity()
        retry(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def check(code: MQTTErrorCode) -> None:
    """Raise OSError when the client's connection is gone."""
    if code != MQTTErrorCode.MQTT_ERR_SUCCESS:
        raise ConnectionError(code.name)


def now_ms() -> int:
    """Return the time, in UTC milliseconds."""
    return time.time_ns() // 1_000_000
