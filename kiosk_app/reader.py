"""How the visitor at the kiosk reads it: by eye or by ear, large or in contrast, by fingers or by five keys."""

from collections.abc import Sequence

from kiosk_app.page import TOOLS, Target


class Reader:
    """Forgets everything with the visitor; only the serial of what is said goes on."""

    def __init__(self) -> None:
        self.voice: tuple[str, ...] = ()
        self.voice_serial = 0
        self.forget()

    def forget(self) -> None:
        """Be ready for somebody else."""
        self.tools: frozenset[str] = frozenset()
        self.uses_keys = False
        self.focus = ""
        if self.voice:
            self._utter(())

    @property
    def hears(self) -> bool:
        """Whether what happens is to be said."""
        return self.uses_keys or "speak" in self.tools

    def use(self, tool: str, *texts: str) -> None:
        """Switch one of the tools on or off; to hear means to hear the texts of the page, each time anew."""
        if tool in TOOLS and (tool != "speak" or not self.hears):
            self.tools ^= {tool}
        if tool == "speak":
            self.say(*texts)

    def step(self, by: int, targets: Sequence[Target]) -> None:
        """Move the focus among the targets, round at the ends, and say where it is."""
        ids = [target.id for target in targets]
        if not ids:
            return
        at = (ids.index(self.focus) + by) % len(ids) if self.focus in ids else 0
        self.focus = ids[at]
        self.say(targets[at].label)

    def say(self, *texts: str) -> None:
        """Say something to who wants to hear; what was being said is broken off."""
        if self.hears:
            self._utter(tuple(text for text in texts if text))

    def _utter(self, texts: tuple[str, ...]) -> None:
        self.voice = texts
        self.voice_serial += 1
