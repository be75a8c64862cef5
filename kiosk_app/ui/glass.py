"""Between the session and the glass: fingers and keys in, pages out, and what is said to the player."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from kiosk_app.page import Page
from kiosk_app.ui import screens
from kiosk_app.ui.player import Player
from kiosk_app.ui.rest import Rest
from kiosk_app.ui.stage import Stage
from kiosk_app.ui.theme import NORMAL, STRONG

# What keypads for kiosks send, as SDL numbers the keys: arrows, enter, space, escape, backspace, and the key F1.
KEYS = {276: "left", 273: "left", 275: "right", 274: "right", 13: "ok", 271: "ok", 27: "back", 8: "back"}
KEYS |= {9: "right", 32: "speak", 282: "speak"}


class Session(Protocol):
    """What the glass needs of a session; see `kiosk_app.session`."""

    @property
    def page(self) -> Page: ...
    def touched(self, target: str, finger: int = 0) -> None: ...
    def lifted(self, finger: int = 0) -> None: ...
    def key(self, name: str) -> None: ...


Voices = Callable[[str, str], Path | None]


class Glass(Stage):
    """A stage that shows the page of a session, and hands on who touches it."""

    def __init__(self, session: Session, player: Player, voices: Voices, rest: Rest, **kwargs: Any) -> None:
        """`voices` has the file that says a text in a language, None without one."""
        super().__init__(**kwargs)
        self._session = session
        self._player = player
        self._voices = voices
        self._rest = rest
        self._now_ms = 0
        self._shown: tuple[Any, ...] = ()
        self._said = 0
        self._fingers: dict[int, int] = {}
        self.bind(size=lambda *_: self.refresh())

    def on_touch_down(self, touch: Any) -> bool:
        """Hand on a finger that came down, wherever it is."""
        if "button" in touch.profile and touch.button.startswith("scroll"):
            return True
        taken = set(self._fingers.values())
        self._fingers[touch.uid] = next(number for number in range(len(taken) + 1) if number not in taken)
        if not self._rest.stir(self._now_ms):
            self._session.touched(self.meant(*touch.pos), self._fingers[touch.uid])
        self.refresh()
        return True

    def on_touch_up(self, touch: Any) -> bool:
        """Hand on a finger that was lifted."""
        if touch.uid in self._fingers:
            self._session.lifted(self._fingers.pop(touch.uid))
            self.refresh()
        return True

    def on_key(self, window: Any, key: int, *_: Any) -> bool:
        """Hand on one of the five keys; others do nothing."""
        name = KEYS.get(key)
        if name and not self._rest.stir(self._now_ms):
            self._session.key(name)
        self.refresh()
        return True

    def tick(self, now_ms: int) -> None:
        """Show what time has changed."""
        self._now_ms = now_ms
        self.refresh()

    def refresh(self) -> None:
        """Draw the page of the session if it is another one, and say what it says."""
        page = self._session.page
        dark = self._rest.is_dark(self._now_ms) and page.kind in ("attract", "out_of_service")
        turn = self._rest.turn(self._now_ms) if page.kind == "attract" else 0
        wanted = (page, tuple(self.size), turn, dark)
        if wanted != self._shown:
            self._shown = wanted
            parts = () if dark else screens.parts(page, self.width, self.height, turn)
            self.show(parts, STRONG if page.contrast or dark else NORMAL, page.larger)
        self.shift(*self._rest.offset(self._now_ms))
        self._speak(page)

    def _speak(self, page: Page) -> None:
        if page.voice_serial != self._said:
            self._said = page.voice_serial
            files = (self._voices(page.language, text) for text in page.voice)
            self._player.play([file for file in files if file])
