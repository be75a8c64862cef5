"""Counts and times what the bridge does, in the words of Prometheus."""

import time
from collections.abc import Callable, Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from broker_bridge.acks import Replies
from device.protocol.messages import Message

REGISTRY = CollectorRegistry()
SIZES = (1, 3, 10, 30, 100, 300, 1_000, 2_000, 4_000)
SECONDS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30)
FROM_A_SURVEY = "survey"
LOOKED_AT = 10  # the oldest messages come first
REASONS = ("device", "internal", "json", "retained", "schema", "size", "topic", "version")

batch = Histogram("hymio_bridge_batch_messages", "Messages in a transaction.", buckets=SIZES, registry=REGISTRY)
ingesting = Histogram(
    "hymio_bridge_ingest_seconds", "Of a transaction, from its first message to its commit.", buckets=SECONDS,
    registry=REGISTRY,
)  # fmt: skip
committing = Histogram("hymio_bridge_commit_seconds", "Of the COMMIT alone.", buckets=SECONDS, registry=REGISTRY)
lag = Gauge(
    "hymio_bridge_lag_seconds",
    "How long the oldest batch of the last transaction was under way, by its device's clock.",
    registry=REGISTRY,
)
stored = Counter("hymio_bridge_records", "Records stored, by what they are.", ["kind"], registry=REGISTRY)
rejected = Counter("hymio_bridge_rejected", "What was kept as rejected, by reason.", ["what", "reason"],
                   registry=REGISTRY)  # fmt: skip
replies = Counter("hymio_bridge_replies", "Messages to devices, such as ack.", ["name"], registry=REGISTRY)
mistakes = Counter("hymio_bridge_internal_mistakes", "What tripped the bridge itself.", registry=REGISTRY)
database = Gauge("hymio_bridge_database_writable", "1 while the database takes writes.", registry=REGISTRY)
broker = Gauge("hymio_bridge_subscribed", "1 while the bridge is subscribed.", registry=REGISTRY)
committed_at = Gauge("hymio_bridge_last_commit_timestamp_seconds", "When something was last committed.",
                     registry=REGISTRY)  # fmt: skip


def stopwatch() -> Callable[[], float]:
    """Return what tells the seconds since now."""
    begun_s = time.perf_counter()
    return lambda: time.perf_counter() - begun_s


def committed(said: Sequence[object], answered: Replies, commit_s: float, now_ms: int) -> None:
    """Count what is committed."""
    batch.observe(len(said))
    committing.observe(commit_s)
    committed_at.set(now_ms / 1000)
    sent_at = next(filter(None, map(clock_of, said[:LOOKED_AT])), None)
    if sent_at is not None:
        lag.set(max(0.0, now_ms / 1000 - sent_at))
    for kind, count in answered.stored.items():
        stored.labels(kind).inc(count)
    for (what, reason), count in answered.rejected.items():
        rejected.labels(what, reason).inc(count)
    replies.labels("ack").inc(len(answered.acks))
    for other in answered.others:
        replies.labels(other.topic.rpartition("/")[2]).inc()


def clock_of(said: object) -> int | None:
    """Return the clock of a device in a batch that it sent, None where there is none."""
    if not isinstance(said, Message) or said.name != "up/responses":
        return None
    sent_at: int | None = said.fields.get("clock_at")
    return sent_at


def cause(reason: str) -> str:
    """Return a reason without its details: there are only so many."""
    first = reason.partition(":")[0]
    return first if first in REASONS else FROM_A_SURVEY
