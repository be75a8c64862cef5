"""Keeps a connection to the broker in a thread of its own: whatever happens to it, the screen does not wait."""

import logging
import random
import socket
import ssl
from collections.abc import Callable
from threading import Event, Thread

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from kiosk_app.conversation import Conversation
from kiosk_app.settings import Settings

STEP_S = 0.2  # how late a response is published, or a request to stop noticed
ANSWER_MS = 15_000  # how long the broker may take to let us in
CONNECT_S = 10.0
PARTING_S = 2.0


log = logging.getLogger("hymio.kiosk")


class Away(Exception):
    """The connection is gone, or never came; the text says why."""


class Forbidden(Away):
    """The broker does not want us: name, certificate or access list are not as they should be."""


WHY: tuple[tuple[type[Exception], str], ...] = (
    (Forbidden, "forbidden"),
    (ssl.SSLCertVerificationError, "untrusted"),
    (ssl.SSLError, "insecure"),
    (socket.gaierror, "unnamed"),
    (FileNotFoundError, "no_certificate"),
    (PermissionError, "no_certificate"),
    (OSError, "unreachable"),
)
"""What the staff read, by what happened; the first that fits."""

# A connection that was good is mostly lost by a whole fleet in the same moment: such a loss counts as so many failures,
# and the fleet comes back over half a minute and not within a second.
SHARED = 5


class Link(ssl.SSLSocket):
    """A connection that closes when the handshake fails: nobody else has a hand on it then."""

    def do_handshake(self, block: bool = False) -> None:
        """Agree on keys, or close and raise why not."""
        try:
            super().do_handshake(block)
        except BaseException:
            self.close()
            raise


class Publisher:
    """`start` and `stop` are the screen's; everything else happens in the thread.

    `wait` is how the thread waits between two attempts: it returns True when it is to end.
    """

    def __init__(
        self,
        settings: Settings,
        conversation: Conversation,
        uptime_ms: Callable[[], int],
        wait: Callable[[float], bool] | None = None,
    ) -> None:
        self.state = "connecting"  # then connected, or a word of WHY
        self.trouble = ""  # the same for an engineer
        self.failures = 0
        self._in_a_row = 0
        self._settings = settings
        self._conversation = conversation
        self._uptime_ms = uptime_ms
        self._stopping = Event()
        self.wait = wait or self._stopping.wait
        self._thread = Thread(target=self.run, name="publisher", daemon=True)
        self._subscribed = False
        self._trouble: Away | None = None

    def start(self) -> None:
        """Begin to hold a connection."""
        self._thread.start()

    def stop(self) -> None:
        """Say good-bye, if there is somebody to hear it, and end the thread."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(PARTING_S + STEP_S)

    def run(self) -> None:
        """Connect again and again, waiting longer each time, and never all kiosks at once."""
        while not self._stopping.is_set():
            try:
                self.attend()
            except Exception as error:  # noqa: BLE001 - whatever the connection trips over, the next attempt may not
                self._note(error)
            if self._stopping.is_set():
                return
            if self.wait(self.back_off_s()):
                return

    def back_off_s(self) -> float:
        """Count a failure; return how long to wait after it."""
        was_good = self._subscribed and self._conversation.is_answered  # and not some connection before this one
        self._in_a_row = SHARED if was_good else self._in_a_row + 1
        self.failures += 1
        return self.pause_s(self._in_a_row)

    def _note(self, error: Exception) -> None:
        told = str(error) or type(error).__name__
        if told != self.trouble:
            log.warning("connection to %s: %s", self._settings.host, told)
        self.trouble = told
        self.state = next((word for kind, word in WHY if isinstance(error, kind)), "lost")

    def pause_s(self, in_a_row: int) -> float:
        """Return how long to wait after so many failures in a row: by chance, up to a bound that each doubles."""
        longest_s, first_s = self._settings.longest_retry_ms / 1000, self._settings.retry_ms / 1000
        bound_s = min(longest_s, first_s * float(1 << min(in_a_row, 20)))
        return random.uniform(min(first_s / 2, bound_s), bound_s)

    def attend(self) -> None:
        """Hold one connection until it ends, or until we are asked to stop; raise Away when it ends."""
        self._subscribed, self._trouble = False, None
        if not self._conversation.has_journal:
            raise Away("the outbox cannot be opened")
        client = self._client()
        client.connect(self._settings.host, self._settings.port, self._settings.keep_alive_s, clean_start=True)
        deadline_ms = self._uptime_ms() + ANSWER_MS
        try:
            while not self._stopping.is_set():
                self._step(client)
                if not self._subscribed and self._uptime_ms() > deadline_ms:
                    raise Away("the broker does not answer")
        finally:
            self._part(client)

    def _step(self, client: Client) -> None:
        code = client.loop(STEP_S)
        if self._trouble:
            raise self._trouble
        if code != MQTTErrorCode.MQTT_ERR_SUCCESS:
            raise Away(f"connection lost: {code.name}")
        if self._subscribed:
            for topic, payload in self._conversation.due(self._uptime_ms()):
                client.publish(topic, payload, qos=1)

    def _part(self, client: Client) -> None:
        """Say good-bye in order when we are stopping; else the broker publishes our will."""
        if self._stopping.is_set() and self._subscribed:
            said = client.publish(*self._conversation.bye("reboot"), qos=1)
            for _ in range(int(PARTING_S / STEP_S)):
                if said.is_published() or client.loop(STEP_S) != MQTTErrorCode.MQTT_ERR_SUCCESS:
                    break
            client.disconnect()
            client.loop(STEP_S)
        elif (link := client.socket()) is not None:
            link.close()

    # The client

    def _client(self) -> Client:
        client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=self._settings.device_id,
            protocol=MQTTProtocolVersion.MQTTv5,
            reconnect_on_failure=False,
        )
        client.connect_timeout = CONNECT_S
        client.max_queued_messages_set(100)
        client.username_pw_set(self._settings.device_id)
        client.will_set(*self._conversation.bye("lost"), qos=1)
        if self._settings.tls:
            client.tls_set_context(context(self._settings))
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        return client

    def _on_connect(
        self, client: Client, userdata: object, flags: ConnectFlags, reason: ReasonCode, properties: Properties | None
    ) -> None:
        if reason.is_failure:
            self._trouble = Forbidden(f"refused by the broker: {reason}")
        else:
            client.subscribe(self._conversation.topic_filter, qos=1)

    def _on_subscribe(
        self, client: Client, userdata: object, mid: int, reasons: list[ReasonCode], properties: Properties | None
    ) -> None:
        if any(reason.is_failure for reason in reasons):
            self._trouble = Forbidden(f"not allowed to listen: {reasons[0]}")
        else:
            self._conversation.opened()
            self._subscribed = True
            self.state, self.trouble = "connected", ""

    def _on_disconnect(
        self,
        client: Client,
        userdata: object,
        flags: DisconnectFlags,
        reason: ReasonCode,
        properties: Properties | None,
    ) -> None:
        self._trouble = self._trouble or Away(f"connection lost: {reason}")

    def _on_message(self, client: Client, userdata: object, message: MQTTMessage) -> None:
        self._conversation.received(message.topic, bytes(message.payload), self._uptime_ms())


def context(settings: Settings) -> ssl.SSLContext:
    """Return a TLS context that verifies the broker and its name, and shows the kiosk's own certificate."""
    if settings.tls is None:
        raise ValueError("no TLS in these settings")
    made = ssl.create_default_context(cafile=settings.tls.ca)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    made.sslsocket_class = Link
    made.load_cert_chain(settings.tls.certificate, settings.tls.key)
    return made
