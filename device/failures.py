"""What an outbox says instead of storing a response."""


class OutboxError(Exception):
    """The flash did not keep what was written."""


class OutboxFull(Exception):
    """No space is left that may be overwritten."""


class OutboxUnreadable(Exception):
    """The flash is neither blank nor a journal of this format; it is left alone, because responses may be in it."""
