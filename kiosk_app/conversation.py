"""The conversation with the bridge: messages and time in, messages out; nothing is forgotten before its own ack."""

from collections.abc import Callable, Iterator
from typing import Any

from device.protocol import down, messages, topics
from device.protocol.canonical import dumps
from device.protocol.kinds import Refused
from kiosk_app.clock import Clock
from kiosk_app.outbox import Outbox, OutboxError
from kiosk_app.settings import Settings
from kiosk_app.surveys import Surveys

BATCH = 16
WINDOW = 4
HELLO_EVERY_MS = 86_400_000
ROOM = messages.LARGEST_PAYLOAD - 300  # for what a batch says besides its records
NEARLY_FULL, CALM_AGAIN = 0.8, 0.7  # shares of the outbox

Outgoing = tuple[str, bytes]


class Conversation:
    """One kiosk's side of the wire contract over any number of connections, in the thread of the publisher.

    `opened` begins a connection, `received` takes a message, `due` gives what to publish now. `alarms` gives words for
    what somebody should look at; a change of them is told at once.
    """

    def __init__(
        self, settings: Settings, outbox: Outbox, clock: Clock, surveys: Surveys, identity: dict[str, Any]
    ) -> None:
        self.topic_filter = topics.every_down(settings.device_id)
        self.alarms: Callable[[], list[str]] = list
        self.acked_at: int | None = None
        self.trouble = ""
        self._settings = settings
        self._outbox = outbox
        self._clock = clock
        self._surveys = surveys
        self._identity = identity
        self._set_aside: dict[int, str] = {}
        self._refused_seq = 0  # the record that was last refused on its own
        self._told: tuple[Any, ...] = ()
        self._is_high = False
        self._in_flight: list[tuple[int, int]] = []  # last seq of a batch, and when it was sent
        self.opened()

    def opened(self) -> None:
        """Begin anew on a fresh connection: hello first, then everything that the bridge has not acknowledged."""
        self.is_answered = False
        self._hello_due_ms = 0
        self._stored_seq = self._outbox.acked_seq
        self._singly_until = 0
        self._quiet_until_ms = 0
        self._window = WINDOW
        self._rewind()

    def _rewind(self) -> None:
        self._sent_seq = self._stored_seq
        self._in_flight = []

    @property
    def has_journal(self) -> bool:
        """Whether there is an outbox to speak of."""
        return bool(self._outbox.epoch)

    @property
    def is_drained(self) -> bool:
        """True when the bridge has answered, and acknowledged everything that it was to get."""
        return self.is_answered and not self._in_flight and self._sent_seq + 1 >= self._outbox.next_seq

    # Messages out

    def due(self, now_ms: int) -> Iterator[Outgoing]:
        """Give the messages to publish now."""
        if now_ms >= self._hello_due_ms or self._news() != self._told:
            # Asked again until it is answered; afterwards when there is something new to say, and once a day: a bridge
            # whose database was restored may not know of us.
            self._hello_due_ms = now_ms + (HELLO_EVERY_MS if self.is_answered else self._settings.ack_timeout_ms)
            yield self._say("up/hello", self._hello())
        if self.is_answered and now_ms >= self._quiet_until_ms:
            yield from self._batches(now_ms)

    def bye(self, reason: str) -> Outgoing:
        """Return the message that the kiosk goes, and why: `reboot` or, as its will, `lost`."""
        return self._say("up/bye", {"epoch": self._outbox.epoch, "boot": self._outbox.boot, "reason": reason})

    def _say(self, name: str, fields: dict[str, Any]) -> Outgoing:
        return topics.topic(self._settings.device_id, name), messages.encode(name, fields)

    def _moment(self) -> dict[str, Any]:
        moment = {"uptime_s": self._clock.uptime_ms() // 1000, "clock_at": self._clock.at()}
        return {"epoch": self._outbox.epoch, "boot": self._outbox.boot} | moment

    def _hello(self) -> dict[str, Any]:
        self._told = self._news()
        version, refused, alarms, set_aside = self._told
        journal = {name: getattr(self._outbox, name) for name in ("next_seq", "oldest_seq", "acked_seq")}
        more = {"settings": version, "settings_refused": refused, "alarms": list(alarms), "set_aside": set_aside}
        used = {"outbox_used": round(self._outbox.used, 3)}
        told = self._identity | self._moment() | journal | used
        return told | {name: value for name, value in more.items() if value}

    def _news(self) -> tuple[Any, ...]:
        # Two limits, so that an outbox at the limit does not bring a hello with each response.
        self._is_high = self._outbox.used >= (CALM_AGAIN if self._is_high else NEARLY_FULL)
        found = {*self.alarms(), *(["outbox_80"] if self._is_high else [])}
        if self._outbox.refused_acks:
            found.add("ack_beyond")
        return self._surveys.version, self._surveys.refused, tuple(sorted(found)), len(self._set_aside)

    def _batches(self, now_ms: int) -> Iterator[Outgoing]:
        if self._in_flight and now_ms - self._in_flight[0][1] >= self._settings.ack_timeout_ms:
            # One batch at a time until the bridge answers again: a silent bridge must not be flooded when it is back.
            self._window = 1
            self._rewind()
            # A bridge that was restored from a backup asks for what it once acknowledged when it hears a hello.
            self._hello_due_ms = now_ms
        while len(self._in_flight) < self._window and self._sent_seq < self._outbox.next_seq - 1:
            try:
                records = self._batch_from(self._sent_seq + 1)
            except OutboxError as error:
                self.trouble = f"outbox: {error}"  # the screen says so too; the connection stays for settings
                return
            if not records:  # a replay of what is no longer held
                self._sent_seq = self._outbox.next_seq - 1
                return
            try:
                batch = self._say("up/responses", self._moment() | {"responses": records})
            except Refused as refusal:
                self._pick_out(records, refusal.reason)
                continue
            self._sent_seq = records[-1]["seq"]
            self._in_flight.append((self._sent_seq, now_ms))
            yield batch

    def _pick_out(self, records: list[dict[str, Any]], reason: str) -> None:
        """Find the one record that no message can carry, and let nothing else wait for it."""
        if len(records) == 1:
            self._set_aside[records[0]["seq"]] = "refused: " + reason[:200]
        else:
            self._singly_until = records[-1]["seq"]

    def _batch_from(self, seq: int) -> list[dict[str, Any]]:
        """Return the next records that fit a message together, at least one."""
        found: list[dict[str, Any]] = []
        room = ROOM
        for record in self._outbox.peek_from(seq, 1 if self._singly_until else BATCH):
            lost = self._set_aside.get(record["seq"])
            told = {"seq": record["seq"], "lost": lost} if lost else record
            room -= len(dumps(told).encode()) + 1
            if found and room < 0:
                break
            found.append(told)
        return found

    # Messages in

    def received(self, topic: str, payload: bytes, now_ms: int) -> None:
        """Act on a message of the bridge; one that the contract does not allow is noted in `trouble` and left."""
        try:
            message = down.decode(topic, payload)
        except Refused as refusal:
            self.trouble = refusal.reason
            if topic == topics.topic(self._settings.device_id, "down/settings"):
                self._surveys.refuse(refusal.reason)
            return
        handlers: dict[str, Callable[[dict[str, Any], int], None]] = {
            "down/ack": self._on_ack,
            "down/replay": self._on_replay,
            "down/refused": self._on_refused,
        }
        if message.device_id != self._settings.device_id:
            return
        if message.name == "down/settings":
            self._surveys.offer(payload)
        elif message.name in handlers:
            handlers[message.name](message.fields, now_ms)

    def _on_ack(self, fields: dict[str, Any], now_ms: int) -> None:
        if fields["epoch"] != self._outbox.epoch:
            return
        self._outbox.acknowledge(fields["seq"])
        if not self.is_answered:
            self.is_answered = True
            self._hello_due_ms = now_ms + HELLO_EVERY_MS
        if self._stored_seq < fields["seq"] < self._outbox.next_seq:
            self._move_on(fields["seq"])
        if self._settings.trusts_bridge:
            self._clock.set(fields["now"])
        self.acked_at = fields["now"]

    def _move_on(self, seq: int) -> None:
        self._stored_seq = seq
        self._sent_seq = max(self._sent_seq, seq)
        self._in_flight = [batch for batch in self._in_flight if batch[0] > seq]
        if seq >= self._singly_until:
            self._singly_until = 0
        self._window = 1 if self._singly_until else WINDOW

    def _on_replay(self, fields: dict[str, Any], now_ms: int) -> None:
        # Only backwards: a request from beyond what is stored would skip records.
        if fields["epoch"] == self._outbox.epoch and fields["from_seq"] <= self._stored_seq:
            self._stored_seq = fields["from_seq"] - 1
            self._rewind()

    def _on_refused(self, fields: dict[str, Any], now_ms: int) -> None:
        self.trouble = fields["reason"]
        if fields["epoch"] not in (None, self._outbox.epoch) or not self._in_flight or now_ms < self._quiet_until_ms:
            return
        if self._singly_until and len(self._in_flight) == 1:
            self._refuse_one(self._in_flight[0][0], fields["reason"])
        else:
            self._singly_until = self._sent_seq
            self._window = 1
        # A refusal does not say what it refuses: let the answers to all that was sent come in first.
        self._quiet_until_ms = now_ms + self._settings.ack_timeout_ms
        self._rewind()

    def _refuse_one(self, seq: int, reason: str) -> None:
        """Set a record aside once it was refused twice on its own: one refusal can be a late one of another."""
        if self._refused_seq == seq:
            self._set_aside[seq] = "refused: " + reason[:200]
        self._refused_seq = seq
