"""Stand-ins around a session: a clock that is turned by hand, an outbox in memory, staff with a PIN."""

from collections import defaultdict

from kiosk_app.outbox import OutboxError
from kiosk_app.session import Session
from kiosk_app.survey import Limits, read

LANGUAGES = ["fi", "sv", "en"]


class Clock:
    def __init__(self):
        self.now_ms = 10_000

    def uptime_ms(self):
        return self.now_ms

    def at(self):
        return 1_795_325_000 + self.now_ms // 1000


class MemoryOutbox:
    """Keeps what it is given, or refuses for the reason that it is told."""

    boot = 7

    def __init__(self):
        self.records = []
        self.refuses = ""
        self.before_put = lambda content: None

    def put(self, content):
        self.before_put(content)
        if self.refuses:
            raise OutboxError(self.refuses)
        record = {"seq": len(self.records) + 1} | dict(content)
        self.records.append(record)
        return record

    def trouble(self):
        return self.refuses


class Staff:
    has_pin = True

    def opens(self, pin, now_ms):
        return pin == "2468"

    def rows(self, language):
        return (("network", "connected"),)

    def export(self, language):
        return (("exported", "3"),)


def texts(words):
    return {language: f"{words} {language}" for language in LANGUAGES}


def question(name, kind, options=()):
    asked = {"id": name, "kind": kind, "text": texts(name)}
    listed = [{"id": option, "text": texts(option)} for option in options]
    return asked | ({"options": listed} if options else {})


ONE = [question("smiley", "smiley5")]
ALL = [
    question("smiley", "smiley4"),
    question("nps", "nps"),
    question("helped", "agree5"),
    question("reason", "choice", ["waiting", "kindness", "place"]),
    question("text", "text"),
]


def settings(questions=ONE, version="reception@3", **more):
    return {"settings": version, "survey": {"questions": questions}, "languages": LANGUAGES} | more


class Kiosk:
    """A session with all that it needs; `touch` is a finger that comes and goes, a second after the last."""

    def __init__(self, questions=ONE, outbox=None, **limits):
        self.clock = Clock()
        self.outbox = outbox or MemoryOutbox()
        self.survey = read(settings(questions, limits=limits), Limits()) if questions else None
        self.stored = []
        words = defaultdict(dict, {"sv": {"action.next": "Nästa"}})
        self.session = Session(self.outbox, self.clock, words.__getitem__, Staff(), self.survey)
        self.session.recorder.stored = self.stored.append

    @property
    def page(self):
        return self.session.page

    @property
    def answers(self):
        return [record["answers"] for record in self.outbox.records if "answers" in record]

    def wait(self, ms):
        """Let time pass as it does: in steps, with a tick after each."""
        end_ms = self.clock.now_ms + ms
        while self.clock.now_ms < end_ms:
            self.clock.now_ms = min(end_ms, self.clock.now_ms + 100)
            self.session.tick()

    def touch(self, *targets):
        for target in targets:
            self.wait(1_000)
            self.session.touched(target)
            self.session.lifted()

    def key(self, *names):
        for name in names:
            self.wait(100)
            self.session.key(name)

    def hold(self, corner, ms=3_500):
        self.session.touched(corner)
        self.wait(ms)
        self.session.lifted()

    def answer(self, value="5"):
        self.touch("", f"option.{value}")
