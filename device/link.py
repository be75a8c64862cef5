"""The conversation with the bridge: messages and time in, messages out; nothing is forgotten before its own ack."""

from device import seldom
from device.protocol import ack, canonical
from device.protocol.refusal import Refused
from device.settings import Settings, trusts_bridge

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from device.clock import Clock
    from device.outbox import Outbox
    from device.survey import SurveyFile

BATCH = 12  # what fits beside the rest into 64 KiB, as the text of records and as a packet
WINDOW = 4
HELLO_EVERY_MS = 86400000
PORTION = 4  # records that are read at once
NEARLY_FULL, CALM_AGAIN = 0.8, 0.7  # shares of the outbox


class Link:
    """One box's side of the wire contract over any number of connections.

    `opened` begins a connection, `received` takes a message, `due` gives what to publish now. `identity` holds fields
    of the hello; whoever else has an alarm puts its name into `alarms`.
    """

    def __init__(
        self, settings: Settings, identity: "dict[str, Any]", outbox: "Outbox", clock: "Clock", surveys: "SurveyFile"
    ) -> None:
        from device.protocol import topics  # noqa: PLC0415  # needed seldom: seldom.py

        self._topic = topics.topic(settings.device_id, "")
        self.topic_filter = topics.every_down(settings.device_id)
        self._ack_timeout_ms = settings.ack_timeout_ms
        self._trusts_bridge = trusts_bridge(settings)
        self.identity = identity
        self._outbox = outbox
        self._clock = clock
        self._surveys = surveys
        self._set_aside: dict[int, str] = {}
        self._refused_seq = 0  # the record that was last refused on its own
        self._batch = BATCH
        self._in_flight: list[tuple[int, int]] = []  # last seq of a batch, and when it was sent
        self.trouble = ""
        self.alarms: set[str] = set()
        self._alarms_told: list[str] = []
        self._settings_refused = ""
        self.opened()

    def opened(self) -> None:
        """Begin anew on a fresh connection: hello first, then everything that the bridge has not acknowledged."""
        self._shrink()
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

    def _shrink(self) -> None:
        """Send smaller batches after one that got no answer: a bad wire may never carry a large one whole."""
        if self._in_flight:
            self._batch = max(1, self._batch // 2)

    @property
    def is_drained(self) -> bool:
        """True when the bridge has answered, and acknowledged everything that it was to get."""
        return self.is_answered and not self._in_flight and self._sent_seq + 1 >= self._outbox.next_seq

    # Messages out

    def due(self, now_ms: int) -> "Iterator[tuple[str, bytes]]":
        """Give the messages to publish now, as topic and payload; one at a time, because a batch is large."""
        if now_ms >= self._hello_due_ms or self._alarms_now() != self._alarms_told:
            # Asked again until it is answered; afterwards when there is something new to say, and once a day: a bridge
            # whose database was restored may not know of us.
            self._hello_due_ms = now_ms + (HELLO_EVERY_MS if self.is_answered else self._ack_timeout_ms)
            yield self._say("up/hello", self._hello())
        if self.is_answered and now_ms >= self._quiet_until_ms:
            yield from self._batches(now_ms)

    def bye(self, reason: str) -> "tuple[str, bytes]":
        """Return the message that the box goes, and why: `sleep`, `reboot` or, as its will, `lost`."""
        return self._say("up/bye", {"epoch": self._outbox.epoch, "boot": self._outbox.boot, "reason": reason})

    def _say(self, name: str, fields: "dict[str, Any]") -> "tuple[str, bytes]":
        # Not checked against the contract here: the tests do that, and the box needs the room for other things.
        fields["v"] = 1
        return self._topic + name, canonical.dumps(fields).encode()

    def _moment(self) -> "dict[str, Any]":
        # A boot that could not be counted may share its number with the next: it must not anchor anyone's time.
        clock_at = self._clock.at() if self._outbox.boot_is_durable else None
        return {
            "epoch": self._outbox.epoch,
            "boot": self._outbox.boot,
            "uptime_s": self._clock.uptime_s(),
            "clock_at": clock_at,
        }

    def _hello(self) -> "dict[str, Any]":
        fields = self.identity | self._moment()
        fields["next_seq"] = self._outbox.next_seq
        fields["oldest_seq"] = self._outbox.oldest_seq
        fields["acked_seq"] = self._outbox.acked_seq
        fields["outbox_used"] = round(self._outbox.used, 3)
        if self._surveys.current:
            fields["settings"] = self._surveys.current.version
        if self._set_aside:
            fields["set_aside"] = len(self._set_aside)
        if self._settings_refused:
            fields["settings_refused"] = self._settings_refused
        self._alarms_told = self._alarms_now()
        if self._alarms_told:
            fields["alarms"] = self._alarms_told
        return fields

    def _alarms_now(self) -> "list[str]":
        found = set(self.alarms)
        # Two limits, so that an outbox at the limit does not bring a hello with each press.
        if self._outbox.used >= (CALM_AGAIN if "outbox_80" in self._alarms_told else NEARLY_FULL):
            found.add("outbox_80")
        if self._outbox.refused_acks:
            found.add("ack_beyond")
        return sorted(found)

    def _batches(self, now_ms: int) -> "Iterator[tuple[str, bytes]]":
        if self._in_flight and now_ms - self._in_flight[0][1] >= self._ack_timeout_ms:
            # One batch at a time until the bridge answers again: a silent bridge must not be flooded when it is back.
            self._window = 1
            self._shrink()
            self._rewind()
            # A bridge that was restored from a backup asks for what it once acknowledged when it hears a hello.
            self._hello_due_ms = now_ms
        while len(self._in_flight) < self._window and self._sent_seq < self._outbox.next_seq - 1:
            payload = self._batch_from(self._sent_seq + 1, 1 if self._singly_until else self._batch)
            self._in_flight.append((self._sent_seq, now_ms))
            yield self._topic + "up/responses", payload

    def _batch_from(self, seq: int, limit: int) -> bytes:
        """Return a batch from a seq on; record by record, because as objects they are four times as large."""
        start, _, end = canonical.dumps(self._moment() | {"responses": [], "v": 1}).encode().partition(b"]")
        told = [start]
        while limit:
            records = self._outbox.peek_from(seq, min(PORTION, limit))
            if not records:
                break
            for record in records:
                told.append(b"," if len(told) > 1 else b"")
                told.append(canonical.dumps(self._readable(record)).encode())
            limit -= len(records)
            self._sent_seq = records[-1]["seq"]
            seq = self._sent_seq + 1
        return b"".join(told + [b"]", end])  # in one step: another whole copy may find no room

    def _readable(self, record: "dict[str, Any]") -> "dict[str, Any]":
        """Put a lost record in the place of one that the bridge can never take."""
        seq = record["seq"]
        return {"seq": seq, "lost": self._set_aside[seq]} if seq in self._set_aside else record

    # Messages in

    def received(self, topic: str, payload: bytes, now_ms: int) -> None:
        """Act on a message of the bridge; one that the contract does not allow is noted in `trouble` and left."""
        plain = ack.plain(payload, self._outbox.epoch) if topic == self._topic + "down/ack" else None
        if plain:
            self._on_ack(plain, now_ms)
            return
        try:
            self._received_seldom(topic, payload, now_ms)
        except (Refused, MemoryError) as error:
            reason = error.reason if isinstance(error, Refused) else "memory: too large for this box"
            self.trouble = reason
            if topic == self._topic + "down/settings":
                self._settled(reason[:500], now_ms)
        finally:
            seldom.forget()

    def _received_seldom(self, topic: str, payload: bytes, now_ms: int) -> None:
        from device.protocol import down  # noqa: PLC0415  # needed seldom: seldom.py

        message = down.decode(topic, payload)
        del down
        seldom.forget()  # the check of settings would not fit beside it
        handlers = {
            "down/ack": self._on_ack,
            "down/settings": self._on_settings,
            "down/replay": self._on_replay,
            "down/refused": self._on_refused,
        }
        if topic == self._topic + message.name and message.name in handlers:
            handlers[message.name](message.fields, now_ms)

    def _on_ack(self, fields: "dict[str, Any]", now_ms: int) -> None:
        if fields["epoch"] != self._outbox.epoch:
            return
        self._outbox.acknowledge(fields["seq"])
        if not self.is_answered:
            self.is_answered = True
            self._hello_due_ms = now_ms + HELLO_EVERY_MS
        if self._stored_seq < fields["seq"] < self._outbox.next_seq:
            self._move_on(fields["seq"])
        if self._trusts_bridge:
            self._clock.set(fields["now"])

    def _move_on(self, seq: int) -> None:
        self._stored_seq = seq
        self._sent_seq = max(self._sent_seq, seq)
        self._in_flight = [batch for batch in self._in_flight if batch[0] > seq]
        if seq >= self._singly_until:
            self._singly_until = 0
        self._window = 1 if self._singly_until else WINDOW
        self._batch = min(BATCH, self._batch * 2)

    def _on_settings(self, fields: "dict[str, Any]", now_ms: int) -> None:
        self._settled("", now_ms, is_new=self._surveys.take(fields))

    def _settled(self, refused: str, now_ms: int, is_new: bool = False) -> None:
        # The bridge answers a hello with the settings: one that says nothing new would be answered for ever.
        if is_new or refused != self._settings_refused:
            self._settings_refused = refused
            self._hello_due_ms = now_ms

    def _on_replay(self, fields: "dict[str, Any]", _now_ms: int) -> None:
        # Only backwards: a request from beyond what is stored would skip records.
        if fields["epoch"] == self._outbox.epoch and fields["from_seq"] <= self._stored_seq:
            self._stored_seq = fields["from_seq"] - 1
            self._rewind()

    def _on_refused(self, fields: "dict[str, Any]", now_ms: int) -> None:
        self.trouble = fields["reason"]
        if fields["epoch"] not in (None, self._outbox.epoch) or not self._in_flight or now_ms < self._quiet_until_ms:
            return
        if self._singly_until and len(self._in_flight) == 1:
            self._refuse_one(self._in_flight[0][0], fields["reason"])
        else:
            self._singly_until = self._sent_seq
            self._window = 1
        # A refusal does not say what it refuses: let the answers to all that was sent come in first.
        self._quiet_until_ms = now_ms + self._ack_timeout_ms
        self._rewind()

    def _refuse_one(self, seq: int, reason: str) -> None:
        """Set a record aside once it was refused twice on its own: one refusal can be a late one of another."""
        if self._refused_seq == seq:
            self._set_aside[seq] = "refused: " + reason[:200]
            self._hello_due_ms = 0
        self._refused_seq = seq
