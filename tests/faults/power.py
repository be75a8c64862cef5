"""A disk that remembers every write and sync, and shows what a power cut at any of them would leave.

SQLite writes through a layer that passes everything on to real files and keeps a tape of it. From the tape a disk is
made for any moment: what was synced is there; what was written since may be missing, torn, or there without what was
written before it.
"""

import random
from collections.abc import Iterable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any, Literal, NamedTuple

import apsw

from broker_bridge.database.connection import Values
from broker_bridge.database.postgresql import named
from broker_bridge.database.sqlite import Sqlite

SECTOR = 512
LAYER = "tape"
MANNERS = ("lost", "kept", "torn", "reordered")
Manner = Literal["lost", "kept", "torn", "reordered"]


class Step(NamedTuple):
    """One thing that happened: to a file, or an acknowledgement that left the machine."""

    kind: str  # write, truncate, sync, delete, acknowledged
    name: str = ""
    offset: int = 0
    content: bytes = b""
    acknowledged: dict[str, int] | None = None


class Tape(apsw.VFS):
    """The layer below SQLite, and all that passed it."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        super().__init__(LAYER, "")

    def xOpen(self, name: Any, flags: list[int]) -> "TapedFile":  # noqa: N802 - as SQLite names it
        return TapedFile(self, name, flags)

    def xDelete(self, name: str, sync: bool) -> None:  # noqa: N802 - as above
        super().xDelete(name, sync)
        self.steps.append(Step("delete", Path(name).name))

    def acknowledge(self, acknowledged: dict[str, int]) -> None:
        """Note how far each device was told that its journal is stored."""
        self.steps.append(Step("acknowledged", acknowledged=dict(acknowledged)))


class TapedFile(apsw.VFSFile):
    """One file below SQLite."""

    def __init__(self, tape: Tape, name: Any, flags: list[int]) -> None:
        path = name.filename() if isinstance(name, apsw.URIFilename) else name or "temporary"
        self.tape = tape
        self.name = Path(path).name
        super().__init__("", name, flags)

    def xWrite(self, content: bytes, offset: int) -> None:  # noqa: N802 - as SQLite names it
        super().xWrite(content, offset)
        self.tape.steps.append(Step("write", self.name, offset, bytes(content)))

    def xTruncate(self, size: int) -> None:  # noqa: N802 - as above
        super().xTruncate(size)
        self.tape.steps.append(Step("truncate", self.name, size))

    def xSync(self, flags: int) -> None:  # noqa: N802 - as above
        super().xSync(flags)
        self.tape.steps.append(Step("sync", self.name))


class Taped(Sqlite):
    """A connection of ours to a SQLite file whose disk is taped; what it writes is what the product's own would."""

    errors = (apsw.Error,)

    def __init__(self, path: Path, synchronous: str = "FULL") -> None:
        self.raw = apsw.Connection(str(path), vfs=LAYER)
        # The layer has no shared memory. A log of 50 pages is moved into the file often, so many cuts fall into that.
        for pragma in ("locking_mode = EXCLUSIVE", "journal_mode = WAL", "wal_autocheckpoint = 50"):
            self.raw.execute(f"PRAGMA {pragma}").fetchall()
        for pragma in (f"synchronous = {synchronous}", "foreign_keys = ON"):
            self.raw.execute(f"PRAGMA {pragma}").fetchall()

    def run(self, sql: str, values: Values) -> Any:
        return TapedRows(self.raw, self.raw.execute(sql, dict(values)))

    def run_many(self, sql: str, rows: Iterable[Values]) -> None:
        self.raw.executemany(sql, [dict(row) for row in rows])

    def explain(self, trouble: Exception) -> None:
        """Leave it as it is: the disk below only records."""


class TapedRows:
    """A cursor in the shape that our connections give theirs."""

    def __init__(self, connection: apsw.Connection, cursor: apsw.Cursor) -> None:
        self.cursor = cursor
        self.row = named(*columns_of(cursor))
        self.rowcount = connection.changes()

    def fetchone(self) -> Any:
        found = self.cursor.fetchone()
        return None if found is None else self.row(found)

    def fetchall(self) -> list[Any]:
        return list(self)

    def __iter__(self) -> Iterator[Any]:
        return (self.row(each) for each in self.cursor)


def columns_of(cursor: apsw.Cursor) -> list[str]:
    """Return the columns of a statement; one that is done and gave no rows has none."""
    try:
        return [column[0] for column in cursor.get_description()]
    except apsw.ExecutionCompleteError:
        return []


class Disk:
    """What would be on the disk after the steps so far, if the power were cut now."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.synced = {name: bytearray(content) for name, content in files.items()}
        self.unsynced: dict[str, list[Step]] = {}
        self.acknowledged: dict[str, int] = {}

    def take(self, step: Step) -> None:
        """Let one more thing happen."""
        if step.kind == "acknowledged":
            self.acknowledged = step.acknowledged or {}
        elif step.kind == "sync":
            for done in self.unsynced.pop(step.name, []):
                apply(self.synced.setdefault(step.name, bytearray()), done, done.content)
        elif step.kind == "delete":
            self.synced.pop(step.name, None)
            self.unsynced.pop(step.name, None)
        else:
            self.unsynced.setdefault(step.name, []).append(step)

    def after_cut(self, manner: Manner, chance: random.Random) -> dict[str, bytearray]:
        """Return the files as the next start finds them."""
        files = deepcopy(self.synced)
        for name, steps in self.unsynced.items():
            content = files.setdefault(name, bytearray())
            for number, step in enumerate(steps):
                for part in survivors(step, manner, number == len(steps) - 1, chance):
                    apply(content, part, part.content)
        return files


def survivors(step: Step, manner: Manner, is_last: bool, chance: random.Random) -> list[Step]:
    """Return what a cut leaves of one unsynced step."""
    if manner == "lost":
        return []
    if step.kind != "write" or manner == "kept":
        return [step] if manner != "reordered" or chance.random() < 0.5 else []
    if manner == "torn":
        kept = chance.randrange(0, len(step.content) + 1, SECTOR) if is_last else len(step.content)
        return [step._replace(content=step.content[:kept])]
    sectors = range(0, len(step.content), SECTOR)
    parts = [step._replace(offset=step.offset + at, content=step.content[at : at + SECTOR]) for at in sectors]
    return [part for part in parts if chance.random() < 0.5]


def apply(file: bytearray, step: Step, content: bytes) -> None:
    """Do one step to the content of a file; a hole is filled with zeros."""
    if step.kind == "truncate":
        del file[step.offset :]
        return
    if len(file) < step.offset:
        file.extend(bytes(step.offset - len(file)))
    file[step.offset : step.offset + len(content)] = content
