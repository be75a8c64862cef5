"""Connects to the broker: takes what is queued, commits it as one transaction, and only then acknowledges.

1. Wait until the socket has something, then read all that is there.
2. Ingest it in one transaction.
3. Publish the replies, then send the PUBACK of every message taken.

While the database cannot take anything, the socket is not read: the broker and the devices keep what is theirs.
"""

import logging
import select
import signal
import time
from collections.abc import Iterator
from types import FrameType

from paho.mqtt.client import Client, ConnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from broker_bridge.acks import Outgoing
from broker_bridge.broker import bridge_username
from broker_bridge.database.connect import Connection, Outrun, Unavailable, Url, transaction
from broker_bridge.database.migrate import open_database
from broker_bridge.ingest import Received, ingest
from broker_bridge.settings import LOOPBACK, Settings
from device.protocol import topics

log = logging.getLogger("hymio.bridge")

MOST_AT_ONCE = 1_000
MOST_TRIES = 5
KEEP_ALIVE_S = 30
SESSION_EXPIRY_S = 3_600
SHARED = f"$share/hymio/{topics.EVERY_UP}"
FIRST_WAIT_S = 0.2
QUIET_S = 0.2  # how late a request to stop may be noticed
LONGEST_WAIT_S = 10.0


def run(settings: Settings) -> None:
    """Run the bridge until SIGTERM or SIGINT; what was taken by then is committed and acknowledged.

    Raises UnsafeDatabase when the database is damaged or the disk failed to sync: then nothing more is acknowledged.
    """
    settings.ready_file.unlink(missing_ok=True)
    subscriber = Subscriber(settings)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, subscriber.stop)
    subscriber.run()


class Subscriber:
    """One connection to the broker, and the messages that were read from it and not yet acknowledged."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.connection: Connection | None = None
        self.stopping = False
        self.got_through = False
        self.pending: list[tuple[MQTTMessage, Received]] = []
        self.client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=f"hymio-{settings.called}",
            protocol=MQTTProtocolVersion.MQTTv5,
            manual_ack=True,
        )
        self.client.username_pw_set(bridge_username(settings.data))
        self.client.on_connect = self.subscribe
        self.client.on_subscribe = self.subscribed
        self.client.on_message = self.take

    def stop(self, number: int, frame: FrameType | None) -> None:
        """End the loop after the transaction that is under way."""
        self.stopping = True

    def run(self) -> None:
        """Serve connection after connection; a broker or a database that is away is waited for."""
        for wait_s in self.attempts():
            try:
                self.connect()
                self.serve()
            except OSError as trouble:
                self.got_through |= self.settings.ready_file.exists()
                log.warning("broker away: %s; next attempt in %.1f s", trouble, wait_s)
            except Unavailable as trouble:
                self.forget_database()
                log.warning("database away: %s; nothing is acknowledged; next attempt in %.1f s", trouble, wait_s)
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
        self.connection = self.connection or checked_database(self.settings.database)
        with transaction(self.connection):
            pass
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call] # paho's
        properties.SessionExpiryInterval = 0 if self.settings.name else SESSION_EXPIRY_S
        self.client.connect(LOOPBACK, self.settings.mqtt_port, KEEP_ALIVE_S, clean_start=False, properties=properties)

    def forget_database(self) -> None:
        """Close the connection to the database: after trouble nobody knows what state it is in."""
        if self.connection:
            self.connection.close()
        self.connection = None

    def leave(self) -> None:
        """Drop the connection and what was read from it but not committed: it will be delivered again."""
        self.settings.ready_file.unlink(missing_ok=True)
        self.pending.clear()
        self.client.disconnect()
        self.client.loop_misc()

    def serve(self) -> None:
        """Read, ingest, answer, until stopped or until the connection ends, which raises OSError."""
        while not self.stopping:
            self.read(QUIET_S)
            while self.pending and len(self.pending) < MOST_AT_ONCE and self.read(0):
                pass
            self.commit()
            check(self.client.loop_misc())

    def read(self, timeout_s: float) -> bool:
        """Let the client read one packet if there is one within the timeout; tell whether there was."""
        if self.client.want_write():
            check(self.client.loop_write())
        readable, _, _ = select.select([self.socket()], [], [], timeout_s)
        if readable:
            check(self.client.loop_read())
        return bool(readable)

    def socket(self) -> int:
        """Return the file descriptor of the client's connection; raise OSError when it is gone."""
        connected = self.client.socket()
        if connected is None:
            raise ConnectionError("connection lost")
        return connected.fileno()

    def commit(self) -> None:
        """Ingest what is pending; after the commit publish the replies, and only then let the broker forget."""
        if not self.pending or not self.connection:
            return
        replies = self.ingested(self.connection, [received for _, received in self.pending])
        self.got_through = True
        self.answer(replies)

    def ingested(self, connection: Connection, received: list[Received]) -> list[Outgoing]:
        """Ingest, and again at once when another bridge was first; raise Unavailable when it is always."""
        for _ in range(MOST_TRIES - 1):
            try:
                return ingest(connection, received, now_ms())
            except Outrun as trouble:
                log.info("again: %s", trouble)
        return ingest(connection, received, now_ms())

    def answer(self, replies: list[Outgoing]) -> None:
        """Publish the replies and acknowledge the messages they answer."""
        for reply in replies:
            self.client.publish(reply.topic, reply.payload, qos=1)
        for message, _ in self.pending:
            self.client.ack(message.mid, message.qos)
        self.pending.clear()

    def subscribe(
        self, client: Client, userdata: object, flags: ConnectFlags, reason: ReasonCode, properties: Properties | None
    ) -> None:
        """Subscribe to all that devices say, as soon as the broker accepts us."""
        if not reason.is_failure:
            client.subscribe(SHARED if self.settings.name else topics.EVERY_UP, qos=1)

    def subscribed(
        self, client: Client, userdata: object, mid: int, reasons: list[ReasonCode], properties: Properties | None
    ) -> None:
        """Say that the bridge is ready, for whoever waits for it."""
        self.settings.ready_file.touch()
        log.info("subscribed")

    def take(self, client: Client, userdata: object, message: MQTTMessage) -> None:
        """Keep a delivered message until it is committed."""
        received = Received(message.topic, bytes(message.payload), message.retain, now_ms())
        self.pending.append((message, received))


def checked_database(url: Url) -> Connection:
    """Open the database, up to date and undamaged; raises as `connect`."""
    connection = open_database(url)
    try:
        connection.check_integrity()
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
