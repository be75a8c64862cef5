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
        self.anchors = {}  # boot: [(uptime_s, clock_at)]
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
            self.anchors.setdefault(fields["boot"], []).append((fields["uptime_s"], clock_at))

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
        self.stored += 1
        self.contents[seq] = content
        self.boots[seq], self.uptimes[seq], self.received[seq] = record["boot"], record["uptime_s"], now_at
        at = record["at"]
        self.ats[seq] = at if at is not None and PLAUSIBLE_AT <= at <= now_at + AHEAD_S else 0

    # Afterwards

    def dated(self):
        """Give (seq, earliest, latest, quality) for every stored record, by seq; the bounds in Unix seconds."""
        for boot in self.anchors:
            self.anchors[boot].sort()
        waiting, floor_at, place = [], PLAUSIBLE_AT, 0
        for seq in range(1, self.highest + 1):
            if not self.contents[seq]:
                continue
            place = place if self.boots[seq] == self.boots[seq - 1] else 0
            found, place = self.moment(seq, place)
            if found is None:
                waiting.append(seq)
                continue
            for earlier in waiting:
                yield earlier, floor_at, min(found[1], self.received[earlier]), "bounded"
            waiting, floor_at = [], found[0]
            yield (seq,) + found
        for earlier in waiting:
            yield earlier, floor_at, self.received[earlier], "bounded"

    def moment(self, seq, place):
        """Return (earliest, latest, quality) by the record's own clock or its boot's nearest anchor, else None."""
        if self.ats[seq]:
            return (self.ats[seq] - CERTAIN_S, self.ats[seq] + CERTAIN_S + READ_S, "clock"), place
        anchors, uptime_s = self.anchors.get(self.boots[seq], []), self.uptimes[seq]
        if not anchors:
            return None, place
        while place + 1 < len(anchors) and anchors[place + 1][0] <= uptime_s:
            place += 1
        nearest = min(anchors[place : place + 2], key=lambda anchor: abs(anchor[0] - uptime_s))
        at = nearest[1] + uptime_s - nearest[0]
        stated_s = CERTAIN_S + READ_S + abs(uptime_s - nearest[0]) // STRAYS
        return (at - stated_s, at + stated_s, "reconstructed"), place
