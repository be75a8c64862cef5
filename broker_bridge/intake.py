"""What messages bring into the tables, and what each of them is answered; the transaction is the caller's.

1. Read the journals that they speak of; tell new records from those seen before.
2. Check the new ones against their surveys, date them, attach them.
3. Store them, count them into the rollups, move the journals on.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import NamedTuple

from broker_bridge import metrics
from broker_bridge.acks import Replies
from broker_bridge.database import (
    alarms,
    boots,
    device_settings,
    journals,
    rejected,
    replays,
    responses,
    rollups,
    undoing,
)
from broker_bridge.database.anchors import Boot
from broker_bridge.database.connect import Connection, Row
from broker_bridge.database.dating import date_all
from broker_bridge.database.duplicates import Seen
from broker_bridge.database.journals import Journal, Key
from broker_bridge.database.memory import Memory, memory_of
from broker_bridge.database.moments import Anchor, anchor
from broker_bridge.database.responses import Response, Sender
from device.protocol.messages import Message

UNKNOWN_DEVICE = "device: unknown or revoked"


class Received(NamedTuple):
    """A message as the broker delivered it."""

    topic: str
    payload: bytes
    retained: bool
    received_ms: int


class Refusal(NamedTuple):
    """A message that is not taken, and why."""

    received: Received
    reason: str


class Heard(NamedTuple):
    """A message that is taken: which journal it speaks of, and who said it."""

    key: Key
    message: Message
    device: Row
    received_ms: int


@dataclass(slots=True)
class Running:
    """What messages say of one boot: its best clock, its earliest start, its highest uptime."""

    clock: Anchor | None
    started_ms: int
    uptime_s: int


Decoded = tuple[Received, Message | Refusal]


def take(connection: Connection, decoded: Sequence[Decoded]) -> Replies:
    """Take messages; return what is to be answered."""
    memory = memory_of(connection)
    heard, refusals = sort_out(connection, memory, decoded)
    replies = Replies()
    known: dict[Key, Journal] = {}
    spoken = [each for each in heard if each.message.name != "up/bye"]
    if spoken:
        known = journals.journals(connection, {each.key for each in spoken})
        strangers = [journal for journal in known.values() if journal.hello is None and not journal.highest_seq]
        count(replies, store(connection, memory, known, spoken))
        ask(strangers, replies)
        replies.acks = {each.key: known[each.key].contiguous_seq for each in spoken}
    last = {each.key: each for each in heard}
    for each in heard:
        if each.message.name == "up/hello":
            answer_hello(connection, known[each.key], each, replies)
        elif each.message.name == "up/bye" and last[each.key] is each:
            take_bye(connection, each)
    for refusal in refusals:
        refuse(connection, memory, refusal, replies)
    return replies


def sort_out(connection: Connection, memory: Memory, decoded: Iterable[Decoded]) -> tuple[list[Heard], list[Refusal]]:
    """Return what registered devices said, and what is refused."""
    heard: list[Heard] = []
    refusals: list[Refusal] = []
    for received, message in decoded:
        if isinstance(message, Refusal):
            refusals.append(message)
        elif device := memory.device(connection, message.device_id):
            key = (message.device_id, message.fields["epoch"])
            heard.append(Heard(key, message, device, received.received_ms))
        else:
            refusals.append(Refusal(received, UNKNOWN_DEVICE))
    return heard, refusals


def ask(strangers: Iterable[Journal], replies: Replies) -> None:
    """Ask for what is missing of a journal that begins in the middle without a hello: a restored database forgot it."""
    for journal in strangers:
        if journal.hello is None and journal.contiguous_seq < journal.highest_seq:
            fields = {"epoch": journal.epoch, "from_seq": journal.contiguous_seq + 1}
            replies.say(journal.device_id, "down/replay", fields)


def count(replies: Replies, rows: Sequence[Response]) -> None:
    """Count what is new by what it is, and what is rejected by its reason."""
    replies.stored.update(map(attrgetter("kind"), rows))
    if replies.stored["rejected"]:
        reasons = [row.reason or "" for row in rows if row.kind == "rejected"]
        replies.rejected.update(("record", metrics.cause(reason)) for reason in reasons)


def store(
    connection: Connection, memory: Memory, known: dict[Key, Journal], spoken: Sequence[Heard]
) -> Sequence[Response]:
    """Store what hellos and batches bring, and move their journals on; return what is new."""
    find_new(connection, memory, known, [each for each in spoken if each.message.name == "up/responses"])
    for each in spoken:
        note(known[each.key], each)
    running = running_boots(spoken)
    date_all(connection, memory, known, {boot: said.clock for boot, said in running.items() if said.clock})
    undoing.undo(connection, known.values())
    rows = [row for journal in known.values() for row in journal.new]
    responses.insert(connection, rows)
    rollups.add(connection, memory, rows)
    for journal in known.values():
        journals.advance(connection, journal)
    journals.save(connection, known.values())
    seen = [boots.Seen(*boot, said.uptime_s, said.started_ms + said.uptime_s * 1000) for boot, said in running.items()]
    boots.seen_all(connection, seen)
    return rows


def find_new(connection: Connection, memory: Memory, known: dict[Key, Journal], batches: Sequence[Heard]) -> None:
    """Give the journals the records that were never seen; those seen before are counted, and contradictions kept."""
    seen = Seen(connection, [(known[each.key], each.message.fields["responses"]) for each in batches])
    for each in batches:
        journal = known[each.key]
        records, conflicts = seen.new(journal, each.message.fields["responses"], each.received_ms)
        sender = Sender(*each.key, each.device["channel"], each.received_ms)
        journal.new += [responses.response(sender, said, memory.survey(connection, said.survey)) for said in records]
        if conflicts:
            reason = f"{conflicts} records of epoch {journal.epoch} differ from what is stored under their numbers"
            alarms.alarm(connection, journal.device_id, alarms.CONFLICT, reason, each.received_ms)


def note(journal: Journal, heard: Heard) -> None:
    """Note the device's last word on its journal."""
    fields = heard.message.fields
    if heard.message.name == "up/hello":
        journal.heard(fields["next_seq"], heard.received_ms)
        journal.note_hello(fields)
    else:
        highest = max([said.seq for said in fields["responses"]], default=0)
        journal.heard(highest + 1, heard.received_ms)


def running_boots(spoken: Iterable[Heard]) -> dict[Boot, Running]:
    """Return what messages vouch for of their boots; where no clock can be true, by their receipt."""
    found: dict[Boot, Running] = {}
    for each in spoken:
        fields = each.message.fields
        uptime_s = fields["uptime_s"]
        clock = anchor(fields.get("clock_at"), uptime_s, each.received_ms)
        started_ms = clock.booted_ms if clock else each.received_ms - uptime_s * 1000
        boot = (*each.key, fields["boot"])
        said = found.get(boot)
        if said is None:
            found[boot] = Running(clock, started_ms, uptime_s)
            continue
        said.clock = min(clock, said.clock) if clock and said.clock else clock or said.clock
        said.started_ms = min(said.started_ms, started_ms)
        said.uptime_s = max(said.uptime_s, uptime_s)
    return found


def answer_hello(connection: Connection, journal: Journal, heard: Heard, replies: Replies) -> None:
    """Answer a device with settings when it runs others than it should; ask for what a restored database lacks."""
    hello = heard.message.fields
    if settings := device_settings.due(connection, heard.device, hello.get("settings")):
        replies.say(heard.message.device_id, "down/settings", settings)
    if replay := replays.due(connection, journal, hello):
        replies.say(heard.message.device_id, "down/replay", replay)


def take_bye(connection: Connection, heard: Heard) -> None:
    """Note why a device went offline."""
    fields = heard.message.fields
    journals.note_bye(connection, *heard.key, fields["reason"])
    if fields["reason"] != "lost":
        boots.left(connection, *heard.key, fields["boot"], heard.received_ms)


def refuse(connection: Connection, memory: Memory, refusal: Refusal, replies: Replies) -> None:
    """Keep a message as rejected and raise an alarm; tell the device why, unless nobody knows it."""
    received, reason = refusal
    claim = rejected.keep(connection, received.topic, received.payload, reason, received.received_ms)
    known = memory.device(connection, claim.device_id)
    kind = alarms.REFUSED if known else alarms.UNKNOWN_DEVICE
    alarms.alarm(connection, claim.device_id or "", kind, reason, received.received_ms)
    replies.rejected["message", metrics.cause(reason)] += 1
    if known and claim.device_id:
        replies.say(claim.device_id, "down/refused", {"epoch": claim.epoch, "reason": reason})
