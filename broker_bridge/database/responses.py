"""The rows of `responses`, one for each identity (device, epoch, seq) that was ever accounted for."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from msgspec.structs import astuple

from broker_bridge.database import answers
from broker_bridge.database.answers import Answer, Asked
from broker_bridge.database.connect import Connection, Row
from broker_bridge.database.invalid import Invalid
from broker_bridge.database.moments import Point
from broker_bridge.database.records import Said
from broker_bridge.database.timelines import NOWHERE, Place
from device.protocol.kinds import Refused
from device.protocol.messages import SURVEY


class Sender(NamedTuple):
    """Whose records these are, and when they came."""

    device_id: str
    epoch: str
    channel: str
    received_ms: int


class Response(Point, kw_only=True, gc=False):
    """A row of `responses`, and its answers."""

    device_id: str
    epoch: str
    hash: str
    kind: str
    channel: str
    reason: str | None = None
    content: str | None = None
    boot: int | None = None
    uptime_s: int | None = None
    device_at: int | None = None
    survey: str | None = None
    language: str | None = None
    flags: str = ""
    undoes: int | None = None
    undone: int = 0
    n: int = 1
    service_point: str | None = None
    unit: str | None = None
    scheme: str | None = None
    service_class: str | None = None
    place: Place = NOWHERE
    answers: Sequence[Answer] = ()


ANSWERING = ("response", "counters")
CHANNELS = ("button", "kiosk", "web", "sms", "imported")
NOT_COLUMNS = 2  # the last fields of a Response
COLUMNS = Response.__struct_fields__[:-NOT_COLUMNS]


def response(sender: Sender, said: Said, asked: Asked) -> Response:
    """Return the row of a record, without its time; `asked` are the questions of its survey.

    A record that is bad by its schema or its survey holds its place as `rejected`, with the reason and what came.
    """
    if said.reason is not None:
        return rejected(sender, said, said.reason)
    try:
        given = answers.checked(said, asked)
    except Invalid as invalid:
        return rejected(sender, said, str(invalid))
    # Python passes sixteen or more names in a dictionary, which would take as long as the rest: what few records
    # have is written afterwards.
    row = Response(
        seq=said.seq,
        received_ms=sender.received_ms,
        device_id=sender.device_id,
        epoch=sender.epoch,
        hash=said.hash,
        kind="response",
        channel=sender.channel,
        boot=said.boot,
        uptime_s=said.uptime_s,
        device_at=said.at,
        survey=said.survey,
        language=said.language,
        answers=given,
    )
    if said.flags:
        row.flags = ",".join(said.flags)
    return row if said.answers is not None else of_another_kind(row, said)


def of_another_kind(row: Response, said: Said) -> Response:
    """Return the row of a record that is no single response, with what only such a record says."""
    row.kind = kind(said)
    row.reason = said.lost
    row.undoes = said.undoes
    row.n = answers.visitors(said)
    return row


def kind(said: Said) -> str:
    """Return what a record is, by the field that only this kind of record has."""
    if said.counters is not None:
        return "counters"
    return "lost" if said.lost is not None else "undo"


def rejected(sender: Sender, said: Said, reason: str) -> Response:
    """Return the row of a record that holds its place until its reason is mended."""
    return Response(
        seq=said.seq,
        received_ms=sender.received_ms,
        device_id=sender.device_id,
        epoch=sender.epoch,
        hash=said.hash,
        kind="rejected",
        channel=sender.channel,
        reason=reason,
        content=said.json(),
        survey=named_survey(said),
    )


def named_survey(said: Said) -> str | None:
    """Return the survey version that a record names, so that it can be found again when the survey comes."""
    named = said.survey if said.given is None else said.given.get("survey")
    try:
        return str(SURVEY.check(named, "survey"))
    except Refused:
        return None


def insert(connection: Connection, rows: Sequence[Response]) -> None:
    """Insert rows with their answers; gives them their ids."""
    for row, row_id in zip(rows, ids(connection, len(rows)), strict=True):
        row.id = row_id
    connection.append("responses", COLUMNS, [astuple(row)[:-NOT_COLUMNS] for row in rows])
    insert_answers(connection, rows)


def insert_answers(connection: Connection, rows: Iterable[Response]) -> None:
    """Insert the answers of rows that have ids."""
    given = [(row.id, place, *answer) for row in rows for place, answer in enumerate(row.answers)]
    connection.append("answers", answers.COLUMNS, given)


def ids(connection: Connection, count: int) -> Iterable[int]:
    """Return so many ids that no row has, in order; rows with answers can then be written at once."""
    if connection.engine == "postgresql":
        rows = connection.execute(
            "SELECT nextval('responses_id_seq') FROM generate_series(1, :count)", {"count": count}
        ).fetchall()
        return [row[0] for row in rows]
    first = last_id(connection) + 1
    return range(first, first + count)


def last_id(connection: Connection) -> int:
    """Return the highest id of `responses`, 0 when there is none."""
    return int(connection.execute("SELECT coalesce(max(id), 0) FROM responses").fetchone()[0])


def stored(connection: Connection) -> Iterator[Row]:
    """Yield every row of `responses` in the order of its identity, for whoever checks what is stored."""
    yield from connection.execute("SELECT * FROM responses ORDER BY device_id, epoch, seq")
