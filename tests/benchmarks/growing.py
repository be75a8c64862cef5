"""How fast the bridge stores where much is stored already: without a broker, one transaction after the other."""

import statistics
import time
from collections.abc import Iterator, Sequence

from broker_bridge.ingest import Received, ingest
from tests.benchmarks import workload
from tests.benchmarks.workload import Said, messages

RESPONSES = 100_000
BATCH = 25
AT_ONCE = 250  # messages in a transaction: about as much as the bridge takes


def rate_per_s(url: str, responses: int = RESPONSES) -> int:
    """Return how many responses a second come into a database, the median of its transactions."""
    connection = workload.opened(url)
    taken = []
    for some in transactions(messages(responses, BATCH)):
        begun_s = time.perf_counter()
        ingest(connection, some, workload.NOW_MS)
        taken.append(len(some) * BATCH / (time.perf_counter() - begun_s))
    connection.close()
    return round(statistics.median(taken))


def transactions(said: Sequence[Said]) -> Iterator[list[Received]]:
    """Yield messages as the bridge gets them at a time."""
    received = [Received(each.topic, each.payload, False, workload.NOW_MS) for each in said]
    for start in range(0, len(received), AT_ONCE):
        yield received[start : start + AT_ONCE]
