"""A bridge in memory that stores by identity, dates as the contract says, and compares with what really happened."""

import binascii
import json
from array import array

PLAUSIBLE_AT = 1735689600
AHEAD_S = 300
CERTAIN_S = 60  # what a device vouches for when it gives an `at` or a `clock_at`
STRAYS = 50  # an uptime strays by at most one part in so many
READ_S = 2  # whole seconds at both ends


class Bridge:
    """Has room for `most` records: its columns never grow, because a scattered heap has no large holes."""

    def __init__(self, most):
        self.contents = array("I", bytearray(4 * most))  # CRC by seq, 0 where nothing is stored
        self.boots = array("H", bytearray(2 * most))
        self.uptimes = array("I", bytearray(4 * most))
        self.ats = array("I", bytearray(4 * most))  # 0 where the record has none
        self.received = array("I", bytearray(4 * most))
        self.highest = 0
        self.coarse = {}  # how many presses each record of counters stands for
        # Anchors as they came: by boot, and in it by uptime.
        self.anchor_boots = array("H", bytearray(2 * most))
        self.anchor_uptimes = array("I", bytearray(4 * most))
        self.anchor_ats = array("I", bytearray(4 * most))
        self.anchor_count = 0
        self.contiguous = 0
        self.stored = self.duplicates = self.conflicts = self.lost = self.undated = 0
        self.epoch = None
        self.said = {}

    def hear(self, topic, payload, now_at):
        """Take one message and return the answers as (name, fields)."""
        name = topic.split("/", 3)[3]
        self.said[name] = self.said.get(name, 0) + 1
        if name == "up/bye":
            return []
        fields = json.loads(payload)
        self.epoch = self.epoch or fields["epoch"]
        if fields["epoch"] != self.epoch:
            raise ValueError("the box has made a new journal")
        self.anchor(fields, now_at)
        for record in fields.get("responses", []):
            self.store(record, now_at)
        while self.contents[self.contiguous + 1]:
            self.contiguous += 1
        return [("down/ack", {"v": 1, "epoch": self.epoch, "seq": self.contiguous, "now": now_at})]

    def anchor(self, fields, now_at):
        clock_at = fields.get("clock_at")
        if clock_at is not None and PLAUSIBLE_AT <= clock_at <= now_at + AHEAD_S:
            number = self.anchor_count
            self.anchor_boots[number], self.anchor_uptimes[number] = fields["boot"], fields["uptime_s"]
            self.anchor_ats[number] = clock_at
            self.anchor_count += 1

    def store(self, record, now_at):
        seq = record["seq"]
        if "lost" in record:
            self.lost += 1
            return
        self.highest = max(self.highest, seq)
        content = binascii.crc32(json.dumps(record).encode()) or 1
        if self.contents[seq]:
            self.duplicates += 1
            self.conflicts += self.contents[seq] != content
            return
        if "counters" in record:
            tallies = [tally for tally in record["counters"].values() if isinstance(tally, dict)]
            self.coarse[seq] = sum([sum(tally.values()) for tally in tallies])
        self.stored += self.coarse.get(seq, 1)
        self.contents[seq] = content
        self.boots[seq], self.uptimes[seq], self.received[seq] = record["boot"], record["uptime_s"], now_at
        at = record["at"]
        self.ats[seq] = at if at is not None and PLAUSIBLE_AT <= at <= now_at + AHEAD_S else 0

    # Afterwards

    def dated(self):
        """Give (seq, earliest, latest, quality) for every stored record, by seq; the bounds in Unix seconds."""
        undated_from, floor_at, place = 1, PLAUSIBLE_AT, 0
        for seq in range(1, self.highest + 1):
            if not self.contents[seq] or seq in self.coarse:
                continue
            place = self.nearest(seq, place)
            found = self.moment(seq, place)
            if found:
                yield from self.bounded(undated_from, seq, floor_at, found[1])
                undated_from, floor_at = seq + 1, found[0]
                yield (seq,) + found
        yield from self.bounded(undated_from, self.highest + 1, floor_at, 1 << 32)

    def bounded(self, first_seq, end_seq, earliest_at, latest_at):
        """Give what is known of records whose boot has no anchor: they lie between their neighbours."""
        for seq in range(first_seq, end_seq):
            if self.contents[seq] and seq not in self.coarse:
                yield seq, earliest_at, min(latest_at, self.received[seq]), "bounded"

    def nearest(self, seq, place):
        """Return the number of the anchor that is nearest to a record, at or after `place`."""
        boot, uptime_s = self.boots[seq], self.uptimes[seq]
        while place + 1 < self.anchor_count and self.is_nearer(place + 1, boot, uptime_s, place):
            place += 1
        return place

    def is_nearer(self, number, boot, uptime_s, than):
        if self.anchor_boots[number] != boot or self.anchor_boots[than] != boot:
            return self.anchor_boots[number] <= boot
        return abs(self.anchor_uptimes[number] - uptime_s) <= abs(self.anchor_uptimes[than] - uptime_s)

    def moment(self, seq, nearest):
        """Return (earliest, latest, quality) by the record's own clock or the nearest anchor of its boot, else None."""
        if self.ats[seq]:
            return self.ats[seq] - CERTAIN_S, self.ats[seq] + CERTAIN_S + READ_S, "clock"
        if not self.anchor_count or self.anchor_boots[nearest] != self.boots[seq]:
            return None
        apart_s = self.uptimes[seq] - self.anchor_uptimes[nearest]
        stated_s = CERTAIN_S + READ_S + abs(apart_s) // STRAYS
        at = self.anchor_ats[nearest] + apart_s
        return at - stated_s, at + stated_s, "reconstructed"
