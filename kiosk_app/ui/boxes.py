"""Rectangles in pixels, from the lower left as Kivy counts, and how to share one out."""

from typing import NamedTuple


class Box(NamedTuple):
    """Left and lower edge, width and height."""

    x: float
    y: float
    width: float
    height: float

    @property
    def upright(self) -> bool:
        """Whether it is taller than wide."""
        return self.height > self.width

    def inset(self, by: float) -> "Box":
        """Return what is left when each edge moves in."""
        return Box(self.x + by, self.y + by, max(0, self.width - 2 * by), max(0, self.height - 2 * by))

    def top(self, height: float) -> tuple["Box", "Box"]:
        """Return the upper part of a height, and the rest."""
        rest = self.height - height
        return Box(self.x, self.y + rest, self.width, height), Box(self.x, self.y, self.width, rest)

    def bottom(self, height: float) -> tuple["Box", "Box"]:
        """Return the lower part of a height, and the rest."""
        rest, part = self.top(self.height - height)
        return part, rest

    def left(self, width: float) -> tuple["Box", "Box"]:
        """Return the left part of a width, and the rest."""
        return Box(self.x, self.y, width, self.height), Box(self.x + width, self.y, self.width - width, self.height)

    def right(self, width: float) -> tuple["Box", "Box"]:
        """Return the right part of a width, and the rest."""
        rest, part = self.left(self.width - width)
        return part, rest

    def columns(self, count: int, gap: float) -> list["Box"]:
        """Return equal parts side by side, the leftmost first."""
        width = (self.width - gap * (count - 1)) / count
        return [Box(self.x + i * (width + gap), self.y, width, self.height) for i in range(count)]

    def rows(self, count: int, gap: float) -> list["Box"]:
        """Return equal parts one below the other, the uppermost first."""
        height = (self.height - gap * (count - 1)) / count
        return [Box(self.x, self.y + i * (height + gap), self.width, height) for i in reversed(range(count))]

    def grid(self, count: int, columns: int, gap: float) -> list["Box"]:
        """Return `count` cells as one reads, in full rows of `columns`; the last row is as wide as the others."""
        rows = self.rows(-(-count // columns), gap)
        return [cell for row in rows for cell in row.columns(columns, gap)][:count]

    def square(self) -> "Box":
        """Return the largest square in its middle."""
        side = min(self.width, self.height)
        return Box(self.x + (self.width - side) / 2, self.y + (self.height - side) / 2, side, side)

    def holds(self, x: float, y: float) -> bool:
        """Tell whether a point lies in it."""
        return self.x <= x < self.x + self.width and self.y <= y < self.y + self.height

    def holds_in_circle(self, x: float, y: float) -> bool:
        """Tell whether a point lies in the circle that touches its edges."""
        radius = min(self.width, self.height) / 2
        across, up = x - self.x - self.width / 2, y - self.y - self.height / 2
        return across * across + up * up <= radius * radius
