"""Opens the window, puts the glass on it, and turns the crank until it is told to stop."""

import signal
import time
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from kivy.base import runTouchApp, stopTouchApp
from kivy.clock import Clock
from kivy.config import Config

from kiosk_app.ui.glass import Glass, Session
from kiosk_app.ui.player import of_this_machine
from kiosk_app.ui.rest import Rest

TICK_S = 0.1
SCREENSHOT_S = 1.0  # after the start: by then everything is drawn


class Kiosk(Protocol):
    """What is behind the glass: see `kiosk_app.kiosk`."""

    @property
    def session(self) -> Session: ...
    def voice(self, language: str, text: str) -> Path | None: ...
    def tick(self) -> None: ...


class Panel(NamedTuple):
    """The screen: its size in pixels, None for all of it; when it goes dark; where to leave a picture of it."""

    size: tuple[int, int] | None = None
    dark_after_s: int = 0
    screenshot: Path | None = None
    ends_pictured: bool = False


def opened(panel: Panel) -> Any:
    """Return Kivy's window, which opens with its first import; the size of a full screen is known only then."""
    settings = {"graphics": {"fullscreen": "0" if panel.size else "auto", "show_cursor": "1" if panel.size else "0"}}
    if panel.size:
        settings["graphics"] |= {"width": str(panel.size[0]), "height": str(panel.size[1])}
    settings |= {"kivy": {"exit_on_escape": "0"}, "input": {"mouse": "mouse,disable_multitouch"}}
    for section, values in settings.items():
        for name, value in values.items():
            Config.set(section, name, value)
    from kivy.core.window import Window  # noqa: PLC0415  # it opens now, and not when this module is imported

    return Window


def run(kiosk: Kiosk, panel: Panel) -> None:
    """Show a kiosk until SIGTERM, Ctrl-C, or until its window is closed."""
    window = opened(panel)
    glass = Glass(kiosk.session, of_this_machine(), kiosk.voice, Rest(panel.dark_after_s * 1000))
    window.bind(on_key_down=glass.on_key)

    def tick(_: float) -> None:
        # Fed from Kivy's clock: a picture that stands still must not look alive to the watchdog.
        kiosk.tick()
        glass.tick(time.monotonic_ns() // 1_000_000)

    Clock.schedule_interval(tick, TICK_S)
    if panel.screenshot:
        Clock.schedule_once(lambda _: pictured(window, panel), SCREENSHOT_S)
    signal.signal(signal.SIGTERM, lambda *_: stopTouchApp())
    runTouchApp(glass)


def pictured(window: Any, panel: Panel) -> None:
    """Leave a picture of the window under exactly its name; Kivy would add a number to it."""
    window.dispatch("on_draw")  # what was drawn last has been handed to the screen, and is gone from here
    made = Path(window.screenshot(name=str(panel.screenshot)))
    if panel.screenshot and made != panel.screenshot:
        made.replace(panel.screenshot)
    if panel.ends_pictured:
        stopTouchApp()
