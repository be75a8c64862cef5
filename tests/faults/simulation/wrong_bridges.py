"""Bridges that are wrong on purpose, and functions in the place of theirs."""

import json
from unittest.mock import patch

from broker_bridge.acks import ack
from broker_bridge.database import answers, journals, responses, rollups
from broker_bridge.database.connect import Unavailable, transaction
from broker_bridge.database.moments import RECONSTRUCTED, put
from tests.faults.simulation.bridge import Bridge

count, insert_answers, checked, advance = rollups.add, responses.insert_answers, answers.checked, journals.advance


class HastyBridge(Bridge):
    """Acknowledges first, then commits."""

    def ingest(self, received):
        for each in received:
            self.promise(each)
        return super().ingest(received)

    def promise(self, received):
        for identity, _ in self.records_of(received)[-1:]:
            told = ack(*identity, self.now_ms() // 1000)
            self.world.broker.publish_down(told.topic, told.payload)


class HighestBridge(Bridge):
    """Acknowledges the highest number that it has, whatever is missing below."""

    def settle(self, batch, replies):
        highest = "SELECT device_id, epoch, highest_seq FROM journals"
        rows = {tuple(row)[:2]: row[2] for row in self.connection.raw.execute(highest)}
        acks = [ack(device, epoch, seq, self.now_ms() // 1000) for (device, epoch), seq in rows.items()]
        super().settle(batch, [*acks, *replies])


class ForgivingBridge(Bridge):
    """Takes a database that is away for one that will have it in the end."""

    def ingest(self, received):
        try:
            return super().ingest(received)
        except Unavailable:
            self.forget_all()
            promised = [self.records_of(each)[-1:] for each in received]
            return [ack(*identity, self.now_ms() // 1000) for found in promised for identity, _ in found]


class ModestBridge(Bridge):
    """Acknowledges one less than it has."""

    def settle(self, batch, replies):
        super().settle(batch, [self.lessened(each) for each in replies])

    def lessened(self, reply):
        if not reply.topic.endswith("down/ack"):
            return reply
        fields = json.loads(reply.payload)
        return ack(reply.topic.split("/")[2], fields["epoch"], max(0, fields["seq"] - 1), fields["now"])


class CountsApart(Bridge):
    """Counts what it has stored in a transaction of its own."""

    def ingest(self, received):
        left = []
        with patch.object(rollups, "add", lambda connection, memory, rows: left.append((memory, list(rows)))):
            replies = super().ingest(received)
        for memory, rows in left:
            with transaction(self.connection):
                count(self.connection, memory, rows)
        return replies


class AnswersApart(Bridge):
    """Stores what was answered in a transaction of its own."""

    def ingest(self, received):
        left = []
        with patch.object(responses, "insert_answers", lambda connection, rows: left.extend(rows)):
            replies = super().ingest(received)
        with transaction(self.connection):
            insert_answers(self.connection, left)
        return replies


def by_arrival(point, *_):
    """Put a record at its receipt."""
    put(point, point.received_ms, point.received_ms - 1000, point.received_ms + 1000, RECONSTRUCTED)
    return True


def every_record(self, journal, records, received_ms):
    """Take every record for a new one."""
    return list(records), 0


def turned_round(said, asked):
    """Take the best for the worst."""
    return [each._replace(value=6 - each.value) for each in checked(said, asked)]


def impatiently(connection, journal):
    """Take for gone what is not there when later numbers come."""
    journal.oldest_seq = max(journal.oldest_seq or 0, *(row.seq for row in journal.new), 0)
    advance(connection, journal)
