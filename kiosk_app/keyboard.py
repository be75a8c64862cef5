"""The letters of the on-screen keyboard, by language: rows as they lie on keyboards of the country."""

NORDIC = ("qwertyuiopå", "asdfghjklöä", "zxcvbnm,.-?")
ENGLISH = ("qwertyuiop'", "asdfghjkl-", "zxcvbnm,.?!")
DIGITS = "1234567890"

EXTRA = {
    "se": "áčđŋšŧž",
    "smn": "áâčđŋšž",
    "sms": "âčʒǯđǧǥǩŋõšžʹ",
}
"""Letters of the Sámi languages that Nordic keyboards lack: Northern, Inari and Skolt."""

SHIFT, SPACE, ERASE = "key.shift", "key.space", "key.erase"


def rows(language: str, shifted: bool) -> tuple[tuple[str, ...], ...]:
    """Return the ids of the keys, row by row; shifted, letters are capital."""
    letters = ENGLISH if language == "en" else NORDIC
    drawn = (DIGITS, *((EXTRA[language],) if language in EXTRA else ()), *letters)
    lines = [tuple(f"key.{capital(key) if shifted else key}" for key in row) for row in drawn]
    return (*lines, (SHIFT, SPACE, ERASE))


def capital(letter: str) -> str:
    """Return the capital of a letter; what has none, or more than one letter, stays."""
    upper = letter.upper()
    return upper if len(upper) == 1 else letter


def character(key: str) -> str:
    """Return what a key types, nothing for those that do something else."""
    if key in (SHIFT, ERASE):
        return ""
    return " " if key == SPACE else key.removeprefix("key.")
