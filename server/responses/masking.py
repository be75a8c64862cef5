"""Hides in open comments what may tell who somebody is: names, numbers, addresses of mail and pages, identity codes.

Errs on the side of hiding: a word with a capital within a sentence is taken for a name, since Finnish and Swedish write
little else so. A name at the beginning of a sentence cannot be told from another word, and stays: whoever reads masked
comments still reads what somebody wrote.
"""

import re

# A birthday, a sign of the century (thirteen are in use), a number and a check character; also when written apart.
IDENTITY_CODE = r"\b\d{6}\s?[-+ABCDEFUVWXY]\s?\d{3}[0-9A-Z]\b"
ADDRESS = r"\b(?:https?://|www\.)\S+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?<!\w)@\w+"
ACCOUNT = r"\b[A-Z]{2}\d{2}(?:[ \u00a0]?[0-9A-Z]{2,4}){3,8}\b"
REGISTRATION = r"\b[A-ZÅÄÖ]{2,3}-\d{1,3}\b"
DATE = r"\b\d{1,2}\.\s?\d{1,2}\.(?:\s?\d{2,4})?"
NUMBER = r"(?<![\w])\+?\d[\d \u00a0()/-]{4,}\d(?!\w)|\b\d{5,}\b"
# Any word that does not begin a sentence: something other than a full stop stands before it.
WORD = re.compile(r"(?<=[\w,;:\u2013-] )\w[\w'\u2019-]+")
NAMES = re.compile(r"\[name\](?: \[name\])+")

# In this order: a number that is left over from an identity code would be taken for a telephone's.
KINDS = (
    ("identity code", IDENTITY_CODE, re.IGNORECASE),
    ("address", ADDRESS, re.IGNORECASE),
    ("account", ACCOUNT, 0),
    ("registration", REGISTRATION, re.IGNORECASE),
    ("date", DATE, 0),
    ("number", NUMBER, 0),
)
PATTERNS = tuple((kind, re.compile(pattern, flags)) for kind, pattern, flags in KINDS)


def masked(text: str) -> str:
    """Return a comment with what may identify somebody replaced by its kind in brackets."""
    for kind, pattern in PATTERNS:
        text = pattern.sub(f"[{kind}]", text)
    return NAMES.sub("[name]", WORD.sub(no_name, text))


def no_name(word: re.Match[str]) -> str:
    """Return a word unless it is written as a name is."""
    return "[name]" if word[0][0].isupper() else word[0]
