"""A session behind a glass of any size, touched through Kivy's own event loop; time is turned by hand."""

import logging

from kivy.config import Config

logging.getLogger("kivy").setLevel(logging.CRITICAL)  # it complains of touch panels that a server does not have

LARGEST = 1920
Config.set("graphics", "width", str(LARGEST))
Config.set("graphics", "height", str(LARGEST))
Config.set("graphics", "maxfps", "0")
Config.set("kivy", "exit_on_escape", "0")

from kivy.base import EventLoop
from kivy.core.window import Window
from kivy.graphics.opengl import GL_RGB, GL_UNSIGNED_BYTE, glReadPixels
from kivy.tests.common import UnitTestTouch

from kiosk_app.session import Session
from kiosk_app.survey import Limits, read
from kiosk_app.texts import texts
from kiosk_app.ui.glass import Glass
from kiosk_app.ui.rest import Rest
from server.trial import county
from tests.kiosk_app.parts import ALL, Clock, MemoryOutbox, Staff

SIZES = ((800, 480), (1024, 600), (1280, 800), (1920, 1080), (480, 800), (600, 1024), (800, 1280), (1080, 1920))
LANGUAGES = ("fi", "sv", "en")
STEP_MS = 100  # how often a kiosk ticks
CALM_MS = 600  # between two touches of one who is in no hurry


def survey(name, languages=LANGUAGES, notes=(), **limits):
    """Return a survey of the trial: smiley@1 or national@1; or `all`, with a question of every kind."""
    if name == "all":
        return read({"settings": "all@1", "survey": {"questions": ALL}, "languages": list(LANGUAGES), "limits": limits})
    found = next(each for each in county.surveys() if each["survey"] == name)
    fields = {"settings": name, "survey": found, "languages": list(languages), "limits": limits, "notes": list(notes)}
    return read(fields, Limits())


class RecordingPlayer:
    """Plays nothing, and remembers what it should have played."""

    def __init__(self):
        self.played = []

    def play(self, files):
        self.played.append(list(files))


class Rig:
    """One kiosk: touch what stands on the glass, let time pass, look at pixels."""

    def __init__(self, asked="smiley@1", size=(800, 480), outbox=None, glass=Glass, dark_after_ms=0, **limits):
        self.clock = Clock()
        self.outbox = outbox or MemoryOutbox()
        self.survey = survey(asked, **limits) if isinstance(asked, str) else asked
        self.session = Session(self.outbox, self.clock, texts, Staff(), self.survey)
        self.player = RecordingPlayer()
        EventLoop.ensure_window()
        Window.size = size  # of a larger one: what is not drawn costs no time
        self.glass = glass(
            self.session, self.player, lambda *said: said, Rest(dark_after_ms),
            size_hint=(None, None), size=size,
        )  # fmt: skip
        Window.add_widget(self.glass)
        Window.bind(on_key_down=self.glass.on_key)
        self.wait(1_000)

    def close(self):
        """Take the kiosk off the window."""
        Window.unbind(on_key_down=self.glass.on_key)
        Window.remove_widget(self.glass)
        EventLoop.me_list.clear()

    @property
    def page(self):
        return self.session.page

    @property
    def records(self):
        return self.outbox.records

    @property
    def answers(self):
        return [record["answers"] for record in self.records if "answers" in record]

    @property
    def parts(self):
        return [part for part, _ in self.glass.drawn]

    def part(self, name):
        """Return what stands on the glass under an id."""
        found = [part for part in self.parts if part.id == name]
        if len(found) != 1:
            raise AssertionError(f"{name} stands {len(found)} times on {self.page.kind}: {[p.id for p in self.parts]}")
        return found[0]

    def wait(self, ms):
        """Let time pass as on a kiosk: in steps, each with a tick."""
        end_ms = self.clock.now_ms + ms
        while self.clock.now_ms < end_ms:
            self.clock.now_ms = min(end_ms, self.clock.now_ms + STEP_MS)
            self.tick()

    def tick(self):
        self.session.tick()
        self.glass.tick(self.clock.now_ms)

    def frame(self):
        """Draw one frame, as Kivy's main loop does."""
        EventLoop.idle()

    def down(self, x, y):
        """Put a finger on a pixel; return it, for `touch_up`."""
        finger = UnitTestTouch(x, y)
        finger.touch_down()
        return finger

    def touch(self, *names):
        """Touch things by their ids, one after the other, as a finger does: down and up on a pixel."""
        for name in names:
            self.wait(CALM_MS)
            self.down(*middle(self.part(name))).touch_up()

    def press(self, *keys):
        """Press external keys: SDL's number for each."""
        for key in keys:
            self.wait(CALM_MS)
            Window.dispatch("on_key_down", key, 0, None, [])

    def pixels(self):
        """Return what is on the glass: rows from the top, each pixel three bytes, and the row length in bytes."""
        self.frame()
        Window.canvas.ask_update()
        self.frame()
        width, height = map(int, self.glass.size)
        return glReadPixels(0, 0, width, height, GL_RGB, GL_UNSIGNED_BYTE), width, height


def middle(part):
    """Return a pixel in the middle of what can be touched of a part."""
    box = part.icon_box if part.round else part.box
    return box.x + box.width / 2, box.y + box.height / 2


KEY = {"left": 276, "right": 275, "ok": 13, "back": 27, "speak": 32}
