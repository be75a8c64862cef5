"""What is answered once it is committed: one ack for each journal that was heard, and whatever else is due."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from device.protocol import messages, topics


@dataclass(frozen=True)
class Outgoing:
    """A message to publish, after the commit and not before."""

    topic: str
    payload: bytes


@dataclass
class Replies:
    """The replies of one ingest, and what is counted once it is committed."""

    acks: dict[tuple[str, str], int] = field(default_factory=dict)
    others: list[Outgoing] = field(default_factory=list)
    stored: Counter[str] = field(default_factory=Counter)  # new records, by kind
    rejected: Counter[tuple[str, str]] = field(default_factory=Counter)  # by what it is and why

    def say(self, device_id: str, name: str, fields: dict[str, Any]) -> None:
        """Add a message for a device."""
        self.others.append(Outgoing(topics.topic(device_id, name), messages.encode(name, fields)))

    def add(self, later: "Replies") -> None:
        """Add the replies to later messages; the later ack of a journal is the one that counts."""
        self.acks |= later.acks
        self.others += later.others
        self.stored += later.stored
        self.rejected += later.rejected

    def outgoing(self, now_s: int) -> list[Outgoing]:
        """Return all replies; acks come first, so that a device knows the time before its settings."""
        return [ack(device_id, epoch, seq, now_s) for (device_id, epoch), seq in self.acks.items()] + self.others


def ack(device_id: str, epoch: str, seq: int, now_s: int) -> Outgoing:
    """Return an ack: names were checked when they came, so it need not be checked again, a thousand times a second."""
    payload = f'{{"epoch":"{epoch}","now":{now_s},"seq":{seq},"v":1}}'
    return Outgoing(topics.topic(device_id, "down/ack"), payload.encode())
