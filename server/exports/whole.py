"""A file that is there when it is whole, and not before: half an export looks like an export."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def whole(target: Path) -> Iterator[BinaryIO]:
    """Give a file to be filled, which gets its name when that is done, and is removed when it fails."""
    part = target.with_name(f".{target.name}.part")
    try:
        file = part.open("wb")
    except OSError as trouble:
        raise type(trouble)(trouble.errno, trouble.strerror, str(target)) from trouble
    try:
        with file:
            yield file
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def write(target: Path, pieces: Iterable[bytes]) -> None:
    """Write a file of these pieces."""
    with whole(target) as file:
        file.writelines(pieces)
