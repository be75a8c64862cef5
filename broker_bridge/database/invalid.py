"""What is said of input that cannot be taken: what is wrong, where, and what would be allowed."""


class Invalid(ValueError):
    """Input that breaks a rule of the tables; nothing of it was stored.

    `where` names the field (or row and column), `value` is what was given, `allowed` is what to give instead.
    """

    def __init__(self, where: str, value: object, allowed: str) -> None:
        wrong = "nothing is given; needed" if value is None else f"{shown(value)} is not allowed; allowed"
        super().__init__(f"{where}: {wrong} is {allowed}")
        self.where = where
        self.value = value
        self.allowed = allowed


class Conflict(Invalid):
    """Input that is well formed but contradicts what is stored already."""


class Unknown(Invalid):
    """Input that names something which is not in the tables."""


def shown(value: object) -> str:
    """Return a value as it may stand in an error: short, and quoted when it is text."""
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."
