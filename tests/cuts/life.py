"""What visitors and the bridge know of one box: its flash may die, they do not; and what they hold against it."""

from device import slots
from device.outbox import OutboxError, OutboxFull
from tests.device.ram_flash import Random

LANGUAGES = ("fi", "sv", "se-davvi")
MANY = 1 << 20


class Life:
    """A box from its first start; `starts(cold_start)` gives its outbox. Every press has an uptime of its own."""

    def __init__(self, starts, seed):
        self.starts = starts
        self.random = Random(seed)
        self.thanked = {}  # by seq
        self.tallied = {}  # by value: thanked, and only counted
        self.stored = {}  # by seq, at the bridge
        self.pressing = []  # presses that nobody was thanked for, but which may be stored
        self.acked_seq = 0
        self.uptime_s = 0
        self.survey = 1
        self.refused = 0
        self.outbox = None

    def fork(self, starts):
        """Return the same knowledge over another flash."""
        twin = Life(starts, 1)
        twin.thanked = dict(self.thanked)
        twin.tallied = dict(self.tallied)
        twin.stored = dict(self.stored)
        twin.pressing = list(self.pressing)
        twin.acked_seq = self.acked_seq
        twin.uptime_s = self.uptime_s
        twin.survey = self.survey
        return twin

    def start(self, cold_start=True):
        self.outbox = self.starts(cold_start)

    # What happens to it

    def live(self, steps):
        """Take presses with a bridge that comes and goes: short outages, and one until presses are refused."""
        self.start()
        is_online = True
        for step in range(steps):
            self.press()
            if self.random.below(40) == 0:
                is_online = not is_online and self.refused < 3
            if self.refused >= 3 or (is_online and self.random.below(3) == 0):
                self.deliver(1 + self.random.below(12))
            if self.random.below(4) == 0:
                self.outbox.prepare()
            if self.random.below(60) == 0:
                self.survey += 1
            if self.random.below(50) == 0:
                self.start(self.random.below(2) == 0)
            if step == steps // 3:
                self.outage()

    def outage(self):
        """Press until the box refuses, then let the bridge come back."""
        while self.refused < 2:
            self.press()
            if self.random.below(25) == 0:
                self.start(self.random.below(2) == 0)
        while self.put(slots.press(1, LANGUAGES[0], self.uptime_s + 1, None)):
            self.uptime_s += 1  # one like the other: they fit into what is left, to the last slot
        for _ in range(20):
            self.deliver(1 + self.random.below(2))
            self.press()
        self.deliver(MANY)

    def press(self):
        self.uptime_s += 1 + self.random.below(300)
        at = 1795325009 + self.uptime_s if self.random.below(2) else None
        language = LANGUAGES[0] if self.random.below(9) else LANGUAGES[self.random.below(3)]
        flags = ("repeat",) if self.random.below(6) == 0 else ()
        self.put(slots.press(1 + self.random.below(5), language, self.uptime_s, at, flags))
        last = self.outbox.next_seq - 1
        if self.random.below(20) == 0 and "answers" in self.thanked.get(last, ()):
            self.uptime_s += 1
            self.put(slots.undo(last, self.uptime_s, at))

    def put(self, press):
        self.pressing.append(press)
        survey = "reception@" + str(self.survey)
        try:
            record = self.outbox.put(press, survey, "smiley")
        except (OutboxFull, OutboxError):
            self.refused += 1
            self.pressing.pop()
            return False
        self.pressing.pop()
        if record["seq"] is None:
            self.tallied[press.value] = self.tallied.get(press.value, 0) + 1
        else:
            assert record["seq"] not in self.thanked, "doubled: a number was given twice"
            self.thanked[record["seq"]] = record
        return True

    def deliver(self, count):
        """Let the bridge store records, and acknowledge them."""
        records = self.outbox.peek(count)
        for record in records:
            self.store(record)
        if records:
            self.acked_seq = records[-1]["seq"]
            self.outbox.acknowledge(self.acked_seq)
        if self.acked_seq == self.outbox.next_seq - 1:
            self.refused = 0

    def store(self, record):
        """Keep what comes first under a number, as the bridge does; the same again is the same."""
        known = self.stored.get(record["seq"], record)
        assert known == record, "doubled: one number, two contents"
        self.stored[record["seq"]] = record

    # What must hold

    def check(self):
        """Start after a cut, look, let the bridge fetch all, press once more, look again."""
        self.start()
        held = self.outbox.peek(MANY)
        seen = state(self.outbox)
        again = self.starts(False)

        assert (state(again), again.peek(MANY)) == (seen, held), "half read: two starts differ"
        assert self.outbox.acked_seq <= self.acked_seq, "lost: acknowledged by nobody"
        numbers = [record["seq"] for record in held]
        assert numbers == list(range(self.outbox.acked_seq + 1, self.outbox.next_seq)), "lost: numbers are missing"

        self.outbox = again
        self.heal()
        self.check_records()
        self.check_counters()
        self.press_again()

    def heal(self):
        """Let the bridge fetch everything: an outbox empties in bounded time, whatever happened to it."""
        for _ in range(4):
            self.deliver(MANY)
            self.outbox.prepare()

        assert (self.outbox.peek(1), self.outbox.counted) == ([], 0), "lost: the outbox does not empty"

    def check_records(self):
        for seq, record in self.thanked.items():
            assert seq in self.stored, "lost: a thanked press"
            assert self.stored[seq] == record, "lost: a thanked press, " + str(self.stored[seq])
        uptimes = [press.uptime_s for press in self.pressing]
        for seq, record in self.stored.items():
            if seq not in self.thanked and "lost" not in record and "counters" not in record:
                assert record["uptime_s"] in uptimes, "half read: nobody pressed that"
        moments = [record["uptime_s"] for record in self.stored.values() if "answers" in record or "undoes" in record]
        assert len(moments) == len(set(moments)), "doubled: one press, two numbers"

    def check_counters(self):
        counted = {}
        for record in self.stored.values():
            for value, n in record.get("counters", {}).get("smiley", {}).items():
                counted[int(value)] = counted.get(int(value), 0) + n
        unthanked = [press.value for press in self.pressing if press.kind == slots.PRESS]
        for value in range(11):
            least = self.tallied.get(value, 0)
            assert counted.get(value, 0) >= least, "lost: a thanked press that was counted"
            assert counted.get(value, 0) <= least + unthanked.count(value), "doubled: in the counters"

    def press_again(self):
        self.uptime_s += 1

        assert self.put(slots.press(1, "fi", self.uptime_s, None)), "lost: an empty outbox takes no press"
        last = self.outbox.next_seq - 1
        assert self.starts(False).peek_from(last, 1) == [self.thanked[last]], "lost: the press after the cut"


def state(outbox):
    """Return what two starts without anything in between must agree on."""
    return outbox.epoch, outbox.boot, outbox.next_seq, outbox.acked_seq, outbox.oldest_seq, outbox.counted
