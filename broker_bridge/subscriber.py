"""Connects to the broker: takes what is queued, commits it as one transaction, and only then acknowledges.

1. Wait until the socket has something, then read all that is there.
2. Ingest it in one transaction.
3. Publish the replies, then send the PUBACK of every message taken.

While the database cannot take anything, the socket is not read: the broker and the devices keep what is theirs.
"""

import logging
import select
import signal
import sqlite3
import time
from types import FrameType

from paho.mqtt.client import Client, ConnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from broker_bridge.broker import bridge_username
from broker_bridge.database.connect import Connection, transaction
from broker_bridge.database.migrate import open_database
from broker_bridge.ingest import Outgoing, Received, ingest
from broker_bridge.settings import LOOPBACK, Settings
from device.protocol import topics

log = logging.getLogger("hymio.bridge")

MOST_AT_ONCE = 1_000
KEEP_ALIVE_S = 30
SESSION_EXPIRY_S = 3_600
QUIET_S = 0.2  # how late a request to stop may be noticed
FIRST_WAIT_S = 0.2
LONGEST_WAIT_S = 10.0


def run(settings: Settings) -> None:
    """Run the bridge until SIGTERM or SIGINT; what was taken by then is committed and acknowledged."""
    settings.ready_file.unlink(missing_ok=True)
    subscriber = Subscriber(settings, open_database(settings.database))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, subscriber.stop)
    subscriber.run()


class Subscriber:
    """One connection to the broker, and the messages that were read from it and not yet acknowledged."""

    def __init__(self, settings: Settings, connection: Connection) -> None:
        self.settings = settings
        self.connection = connection
        self.stopping = False
        self.answered = False
        self.pending: list[tuple[MQTTMessage, Received]] = []
        self.client = Client(
            CallbackAPIVersion.VERSION2,
            client_id="hymio-bridge",
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
        """Serve connection after connection; a broker or a database that is away is waited for, longer each time."""
        wait_s = FIRST_WAIT_S
        while not self.stopping:
            self.answered = False
            trouble = self.attempt()
            wait_s = FIRST_WAIT_S if self.answered else wait_s
            if trouble:
                log.warning("%s; next attempt in %.1f s", trouble, wait_s)
            self.leave()
            time.sleep(0 if self.stopping else wait_s)
            wait_s = min(2 * wait_s, LONGEST_WAIT_S)

    def attempt(self) -> str | None:
        """Serve one connection for as long as it lasts; return what ended it, None when we were asked to stop."""
        try:
            self.connect()
            self.serve()
        except OSError as trouble:
            return f"broker away: {trouble}"
        except sqlite3.DatabaseError as trouble:
            return f"database away: {trouble}; nothing is acknowledged"
        return None

    def connect(self) -> None:
        """Connect once the database can be written to; the broker keeps our session for an hour."""
        with transaction(self.connection):
            pass
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call] # paho's
        properties.SessionExpiryInterval = SESSION_EXPIRY_S
        self.client.connect(LOOPBACK, self.settings.mqtt_port, KEEP_ALIVE_S, clean_start=False, properties=properties)

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
        if not self.pending:
            return
        replies = ingest(self.connection, [received for _, received in self.pending], now_ms())
        self.answer(replies)

    def answer(self, replies: list[Outgoing]) -> None:
        """Publish the replies and acknowledge the messages they answer."""
        for reply in replies:
            self.client.publish(reply.topic, reply.payload, qos=1)
        for message, _ in self.pending:
            self.client.ack(message.mid, message.qos)
        self.pending.clear()
        self.answered = True

    def subscribe(
        self, client: Client, userdata: object, flags: ConnectFlags, reason: ReasonCode, properties: Properties | None
    ) -> None:
        """Subscribe to all that devices say, as soon as the broker accepts us."""
        if not reason.is_failure:
            client.subscribe(topics.EVERY_UP, qos=1)

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


def check(code: MQTTErrorCode) -> None:
    """Raise OSError when the client's connection is gone."""
    if code != MQTTErrorCode.MQTT_ERR_SUCCESS:
        raise ConnectionError(code.name)


def now_ms() -> int:
    """Return the time, in UTC milliseconds."""
    return time.time_ns() // 1_000_000
