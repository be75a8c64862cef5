"""The one error that every check of the contract raises."""


class Refused(ValueError):
    """Something that the contract does not allow; `reason` says what and where."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
