"""How long a visitor waits, in frames of the screen, and what ten thousand visitors leave behind in memory."""

import statistics
import time
from pathlib import Path

from kivy.base import EventLoop
from kivy.core.window import Window
from kivy.graphics.opengl import GL_RGB, GL_UNSIGNED_BYTE, glReadPixels
from kivy.tests.common import UnitTestTouch

from kiosk_app.ui.theme import MOODS
from tests.kiosk_app.ui.glass_rig import CALM_MS, Rig, middle

PAGE_BYTES = 4096
MOST_FRAMES = 60
DRAWN_EVERY = 10  # visitors; drawing without a graphics card takes longer than all else
SMALL = (400, 240)  # where only memory counts


class NextFrame:
    """An input provider with one finger: Kivy takes it at the beginning of its next frame, as from a panel."""

    def __init__(self, x, y):
        self._finger = UnitTestTouch(x, y)
        self._events = ["begin", "end"]

    def start(self):
        """Do nothing."""

    def stop(self):
        """Do nothing."""

    def update(self, dispatch_fn):
        if self._events:
            dispatch_fn(self._events.pop(0), self._finger)


def frames_to_thanks(size=(800, 480)):
    """Return how many frames pass from a touch on a face until the pixels of the thanks are on the screen."""
    kiosk = Rig("smiley@1", size)
    kiosk.touch("language.fi")
    kiosk.wait(CALM_MS)
    finger = NextFrame(*middle(kiosk.part("option.4")))
    EventLoop.add_input_provider(finger)
    frames = next(number for number in range(1, MOST_FRAMES) if thanks_after_a_frame(kiosk))
    EventLoop.remove_input_provider(finger)
    kiosk.close()
    return frames


def thanks_after_a_frame(kiosk):
    """Draw a frame; tell whether the green of the thanks stands in the middle of the left half of its disc."""
    EventLoop.idle()
    signs = [part for part in kiosk.parts if part.icon == "thanks"]
    if not signs:
        return False
    box = signs[0].icon_box
    spot = int(box.x + box.width * 0.2), int(box.y + box.height * 0.5)
    seen = glReadPixels(*spot, 1, 1, GL_RGB, GL_UNSIGNED_BYTE)
    return all(abs(byte - 255 * part) <= 2 for byte, part in zip(seen, MOODS[-1], strict=True))


class Timed:
    """An outbox that notes how long it took until a response was durable."""

    def __init__(self, outbox):
        self._outbox = outbox
        self.took_s = []

    @property
    def boot(self):
        return self._outbox.boot

    def put(self, content):
        begun = time.perf_counter()
        record = self._outbox.put(content)
        self.took_s.append(time.perf_counter() - begun)
        return record

    def trouble(self):
        return self._outbox.trouble()


def waits(outbox, visitors, size=(800, 480)):
    """Return the medians of touch to durable and of touch to thanks on the screen, as multiples of one frame.

    A frame is what this machine needs to draw the same screen anew, measured just before each touch: a Raspberry Pi
    has a graphics card, a server draws pixel by pixel, and either may be busy with something else.
    """
    timed = Timed(outbox)
    kiosk = Rig("smiley@1", size, outbox=timed)
    frames, drawn = [], []
    for _ in range(visitors):
        kiosk.touch("language.fi")
        kiosk.wait(CALM_MS)
        spot = middle(kiosk.part("option.4"))
        redraw()
        frames.append(took_s(redraw))
        drawn.append(took_s(lambda spot=spot: touch_and_draw(kiosk, spot)))
        kiosk.touch("action.done")
    kiosk.close()
    frame_s = statistics.median(frames)
    return {
        "frame_ms": round(frame_s * 1e3, 2),
        "frames_touch_to_durable": round(statistics.median(timed.took_s) / frame_s, 2),
        "frames_touch_to_thanks": round(statistics.median(drawn) / frame_s, 2),
    }


def redraw():
    """Draw the screen, and wait until that is done."""
    Window.dispatch("on_draw")
    glReadPixels(0, 0, 1, 1, GL_RGB, GL_UNSIGNED_BYTE)


def touch_and_draw(kiosk, spot):
    """Touch, and draw what that changed."""
    kiosk.down(*spot).touch_up()
    redraw()


def took_s(act):
    """Return how long something took."""
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def memory(outbox, visitors, settled):
    """Return the resident memory in bytes after `settled` visitors, and after all of them.

    Of every tenth visitor the screens are drawn, and waited for: what is still queued is not left behind.
    """
    kiosk = Rig("smiley@1", SMALL, outbox=outbox)
    found = []
    for number in range(visitors):
        if number == settled:
            found.append(resident())
        for touch in ("language.sv", f"option.{1 + number // 10 % 5}", "action.done"):
            kiosk.touch(touch)
            if number % DRAWN_EVERY == 0:
                EventLoop.idle()
                redraw()
    found.append(resident())
    kiosk.close()
    return tuple(found)


def resident():
    """Return the memory of this process that is in use, in bytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE_BYTES
