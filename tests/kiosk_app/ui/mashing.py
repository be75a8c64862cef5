"""Hands and elbows on the glass at random, and a judge who counts votes by his own rules, knowing nothing of ours."""

import random
import traceback
from dataclasses import dataclass, field

from kiosk_app.envelope import Envelope
from kiosk_app.outbox import Outbox
from kiosk_app.survey import SCALES
from tests.kiosk_app.ui.glass_rig import KEY, Rig, middle

ALL = 1_000_000  # records, more than there can be
APART_MS = 300  # two answers nearer to each other than this are one hand
LYING_MS = 10_000  # a finger that lies longer is a drop of water: others may answer then
MOST_FINGERS = 10
FRAME_EVERY = 25
QUESTIONS = {*SCALES, "choice", "text"}


@dataclass
class Tally:
    """What a judge saw."""

    events: int = 0
    visits: int = 0
    thanked: int = 0
    undone: int = 0
    partial: int = 0
    crashes: list = field(default_factory=list)
    doubled: list = field(default_factory=list)
    lost: list = field(default_factory=list)


class Hands:
    """Does things to a kiosk at random; `down` has the fingers that lie on the glass, and since when."""

    def __init__(self, kiosk, seed):
        self.kiosk = kiosk
        self.random = random.Random(seed)
        self.down = {}

    def act(self):
        """Do one thing; return its name."""
        deed = self.random.choices(
            (self.put, self.lift, self.slide, self.both_hands, self.pause, self.leave, self.key),
            (30, 70, 4, 2, 24, 0.2, 1.5),
        )[0]
        deed()
        return deed.__name__

    def spot(self):
        """Return a pixel: mostly of something that can be touched, else anywhere, edges and corners too."""
        parts = [part for part in self.kiosk.parts if part.id]
        if self.kiosk.page.kind in ("text", "thanks") and self.random.random() < 0.4:  # else most of it is typing
            parts = [part for part in parts if part.look == "action"] or parts
        if parts and self.random.random() < 0.85:
            return middle(self.random.choice(parts))
        width, height = self.kiosk.glass.size
        return self.random.uniform(0, width - 1), self.random.uniform(0, height - 1)

    def put(self):
        if len(self.down) >= MOST_FINGERS:
            self.lift()
        self.down[self.kiosk.down(*self.spot())] = self.kiosk.clock.now_ms

    def lift(self):
        if self.down:
            finger = self.random.choice(list(self.down))
            del self.down[finger]
            finger.touch_up()

    def slide(self):
        if self.down:
            self.random.choice(list(self.down)).touch_move(*self.spot())

    def both_hands(self):
        for _ in range(self.random.randint(2, 5)):
            self.put()

    def pause(self):
        self.kiosk.wait(self.random.choice((10, 100, 400, 700, 1_500)))

    def leave(self):
        while self.down:
            self.lift()
        self.kiosk.wait(self.random.choice((5_000, 30_000, 90_000)))

    def key(self):
        self.kiosk.press(self.random.choice(list(KEY.values())))


class Judge:
    """Watches the page and the outbox around each event."""

    def __init__(self, kiosk, hands):
        self.kiosk = kiosk
        self.hands = hands
        self.tally = Tally()
        self.answered_ms = -APART_MS
        self.thanks = {}  # seq: content, of what was thanked for
        self._before = self._look()

    def _look(self):
        page = self.kiosk.page
        responses = [record for record in self.kiosk.records if "answers" in record]
        return page.kind, page.step, len(responses)

    def watch(self, deed, lying):
        """Compare before and after an event; `lying` has since when each finger lay there before it."""
        kind, step, responses = self._before
        self._before = now_kind, now_step, now_responses = self._look()
        self.tally.events += 1
        self.tally.visits += kind == "attract" and now_kind in QUESTIONS
        self.tally.undone += kind != "undone" and now_kind == "undone"
        new = now_responses - responses
        if kind in QUESTIONS and now_kind == "thanks":
            self._thanked(deed, new, lying)
        elif kind in QUESTIONS and now_kind in QUESTIONS and now_step > step:
            self._answered(deed, now_step - step, lying)
        elif new and deed in ("pause", "leave", "key"):
            self.tally.partial += new
        elif new:
            self.tally.doubled.append((self.tally.events, deed, f"{new} records without thanks"))

    def _thanked(self, deed, new, lying):
        self.tally.thanked += 1
        if new != 1:
            self.tally.doubled.append((self.tally.events, deed, f"{new} records for one thanks"))
        record = self.kiosk.records[-1]
        self.thanks[record["seq"]] = record
        self._answered(deed, 1, lying)

    def _answered(self, deed, steps, lying):
        """An answer is one step, by a finger that comes down where no other has just come, or by a key."""
        now_ms = self.kiosk.clock.now_ms
        young = [since_ms for since_ms in lying if APART_MS <= now_ms - since_ms < LYING_MS]
        if deed not in ("put", "both_hands", "key") or steps != 1:
            self.tally.doubled.append((self.tally.events, deed, f"{steps} steps"))
        elif deed != "key" and now_ms - self.answered_ms < APART_MS:
            self.tally.doubled.append((self.tally.events, deed, f"{now_ms - self.answered_ms} ms after another"))
        elif deed != "key" and any(since_ms == self.answered_ms for since_ms in young):
            self.tally.doubled.append((self.tally.events, deed, "the finger that answered still lies there"))
        self.answered_ms = now_ms


def mash(events, seed, outbox, read_again, asked="smiley@1", **kiosk_options):
    """Do so many things to a kiosk with a real outbox; return the tally. `read_again` gives what the file holds."""
    kiosk = Rig(asked, outbox=Counted(outbox), idle_s=20, cleaning_s=5, hold_ms=3_000, **kiosk_options)
    hands = Hands(kiosk, seed)
    judge = Judge(kiosk, hands)
    for number in range(events):
        lying = list(hands.down.values())
        try:
            deed = hands.act()
            if number % FRAME_EVERY == 0:
                kiosk.frame()
        except Exception:  # noqa: BLE001  # whatever it trips over is a finding
            judge.tally.crashes.append(traceback.format_exc())
            deed = "crash"
        judge.watch(deed, lying)
    kiosk.close()
    held = {record["seq"]: record for record in read_again()}
    judge.tally.lost = [seq for seq, record in judge.thanks.items() if held.get(seq) != record]
    return judge.tally


def mashed(folder, events=1_000, outbox=Outbox, seed=1, **options):
    """Mash with a real outbox in a folder, opened anew at the end."""

    def read_again():
        used.close()
        again = Outbox(folder, Envelope())
        held = again.peek_from(1, ALL)
        again.close()
        return held

    used = outbox(folder, Envelope())
    return mash(events, seed, used, read_again, **options)


class Counted:
    """An outbox that also remembers what it was given, for the judge."""

    def __init__(self, outbox):
        self._outbox = outbox
        self.records = []

    @property
    def boot(self):
        return self._outbox.boot

    def put(self, content):
        record = self._outbox.put(content)
        self.records.append(record)
        return record

    def trouble(self):
        return self._outbox.trouble()
