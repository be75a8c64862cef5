"""What stands on the screen at one moment: finished words and the ids of all that can be touched; no pixel."""

from dataclasses import dataclass

from kiosk_app.survey import SCALES, Note

QUESTIONS = (*SCALES, "choice", "text")
OTHERS = ("attract", "thanks", "undone", "cleaning", "pin", "status", "out_of_service")
ACTIONS = ("back", "skip", "next", "undo", "done", "erase", "export")
TOOLS = ("speak", "contrast", "larger")


@dataclass(frozen=True)
class Target:
    """Something that can be touched, or reached by keys: `id` is what `Session.touched` takes."""

    id: str
    label: str
    chosen: bool = False


@dataclass(frozen=True)
class Page:
    """One screen; equal pages look alike, so whoever draws compares with what is drawn.

    `kind` is one of QUESTIONS or OTHERS. `titles` has the invitation of an attract page in every language. `focus` is
    the id that the keys have reached, "" while nobody uses keys. `idle_left_s` is None unless the visitor is asked
    whether somebody is there; then any touch and any key goes on, and does nothing else. `voice` is to be said, the
    old broken off, whenever `voice_serial` changes.
    """

    kind: str
    language: str
    title: str
    titles: tuple[tuple[str, str], ...] = ()
    question_id: str = ""
    options: tuple[Target, ...] = ()
    actions: tuple[Target, ...] = ()
    tools: tuple[Target, ...] = ()
    languages: tuple[Target, ...] = ()
    keyboard: tuple[tuple[Target, ...], ...] = ()
    typed: str = ""
    step: int = 0
    steps: int = 0
    focus: str = ""
    undo_left_s: int = 0
    cleaning_left_s: int = 0
    idle_left_s: int | None = None
    notes: tuple[Note, ...] = ()
    rows: tuple[tuple[str, str], ...] = ()
    reason: str = ""
    contrast: bool = False
    larger: bool = False
    voice: tuple[str, ...] = ()
    voice_serial: int = 0

    @property
    def targets(self) -> tuple[Target, ...]:
        """All that the keys go through, in their order."""
        keys = tuple(key for row in self.keyboard for key in row)
        return self.options + keys + self.actions + self.tools + self.languages
