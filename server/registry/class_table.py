"""A preview of a list of service classes as lines for a person."""

from collections.abc import Iterator, Mapping
from typing import Any

SINCE_EVER, OPEN_END = "since ever", "open end"


def table(preview: Mapping[str, Any]) -> Iterator[str]:
    """Yield the classes with their validity, the coarse ones, and what an import would change."""
    for each in preview["classes"]:
        valid = validity(each["valid_from"], each["valid_to"])
        yield f"{each['code']}  {each['level']:<6}  {valid}  {name(each['name'])}"
    coarse = preview["coarse"]
    yield f"{len(preview['classes'])} classes in {preview['scheme']}; the end is the first day without the class"
    yield f"{len(coarse)} coarse, for purchased services only: {', '.join(coarse) or 'none'}"
    yield from changes(preview)


def changes(preview: Mapping[str, Any]) -> Iterator[str]:
    """Yield what an import would change, one line for each kind of change and for each class that changes."""
    yield f"{len(preview['new'])} new"
    if preview["ended"]:
        yield f"{len(preview['ended'])} ended: {', '.join(preview['ended'])}"
    for each in preview["renamed"]:
        yield f"{each['code']} renamed from {name(each['was'])!r} to {name(each['becomes'])!r}"
    for each in preview["validity"]:
        yield f"{each['code']} was valid {validity(*each['was']).strip()}; becomes {validity(*each['becomes']).strip()}"
    for each in preview["level"]:
        yield f"{each['code']} was {each['was']}; becomes {each['becomes']}"
    if preview["unlisted"]:
        yield f"{len(preview['unlisted'])} not in this file, and left as they are: {', '.join(preview['unlisted'])}"
    for each in preview["affected"]:
        where = ", ".join(each["service_points"])
        yield f"LINKED beyond its time: {each['code']} at {where}, from {each['linked']}; link another class"


def validity(valid_from: str | None, valid_to: str | None) -> str:
    """Return a range of days in columns."""
    return f"{valid_from or SINCE_EVER:<10} to {valid_to or OPEN_END:<10}"


def name(names: Mapping[str, str]) -> str:
    """Return a name, in Finnish where there is one."""
    return names.get("fi") or next(iter(names.values()))
