"""A screen as a list of parts: where something stands, what it says, what its touch means."""

from dataclasses import dataclass, replace

from kiosk_app.ui.boxes import Box

BESIDE = 1.3  # a box wider than this times its height has its icon beside the text, else above it
ICON = 0.54  # of the height, for an icon above its text
GAP = 0.08  # between icon and text, of the box's shorter side

BUTTONS = {"start", "option", "action", "tool", "language", "key", "plain"}


@dataclass(frozen=True)
class Part:
    """One thing on the screen. `id` is empty when it cannot be touched; two equal parts look the same."""

    box: Box
    look: str
    id: str = ""
    text: str = ""
    icon: str = ""
    chosen: bool = False
    focused: bool = False

    @property
    def round(self) -> bool:
        """Whether only its circle and its words can be touched, because its neighbours are near."""
        return self.icon.startswith(("face", "step")) and self.upright

    @property
    def upright(self) -> bool:
        """Whether its icon stands above its text."""
        return bool(self.icon and self.text) and self.box.width < BESIDE * self.box.height

    @property
    def room(self) -> Box:
        """The box without the edge that is kept free all around."""
        return self.box.inset(min(self.box.width, self.box.height) * GAP)

    @property
    def icon_box(self) -> Box:
        """Where the icon is drawn, a square."""
        if not self.text:
            return self.room.square()
        if self.upright:
            return self.room.top(min(self.room.width, self.room.height * ICON))[0].square()
        return self.room.left(min(self.room.height, self.room.width * 0.27))[0].square()

    @property
    def text_box(self) -> Box:
        """Where the text has to find room."""
        if not self.icon:
            return self.room
        gap = min(self.box.width, self.box.height) * GAP
        if self.upright:
            return self.room.bottom(self.icon_box.y - self.room.y - gap)[0]
        return self.room.right(self.room.x + self.room.width - self.icon_box.x - self.icon_box.width - gap)[0]

    def touched_at(self, x: float, y: float) -> bool:
        """Tell whether a finger at a point means this part."""
        if not self.id:
            return False
        if self.round:
            return self.icon_box.holds_in_circle(x, y) or self.text_box.holds(x, y)
        return self.box.holds(x, y)

    def with_focus(self, focus: str) -> "Part":
        """Return it with a ring when the keys stand on it."""
        return replace(self, focused=True) if self.id and self.id == focus else self
