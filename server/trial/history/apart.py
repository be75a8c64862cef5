"""Runs a generator in a process of its own, so that drawing and writing share two cores."""

import marshal
import multiprocessing
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from typing import Any

END = b""


class Failed(RuntimeError):
    """The other process ended before it was done; its own words are in the terminal."""


def apart(make: Callable[..., Iterator[Any]], *given: Any) -> Iterator[Any]:
    """Yield what a generator yields over there; it is a step ahead at most, and ends when nobody listens any more.

    What it yields may be made of tuples, lists, texts, numbers and None.
    """
    context = multiprocessing.get_context("spawn")  # a fork would share the open database
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=send, args=(theirs, make, given), daemon=True)
    process.start()
    theirs.close()
    try:
        yield from received(ours)
    finally:
        ours.close()
        process.join()


def send(pipe: Connection, make: Callable[..., Iterator[Any]], given: tuple[Any, ...]) -> None:
    """Send all that a generator yields."""
    try:
        for each in make(*given):
            pipe.send_bytes(marshal.dumps(each))
        pipe.send_bytes(END)
    except BrokenPipeError:
        pass


def received(pipe: Connection) -> Iterator[Any]:
    """Yield what comes; raise Failed when it stops half-way."""
    try:
        while sent := pipe.recv_bytes():
            yield marshal.loads(sent)  # noqa: S302 - from a process that we started
    except EOFError as ended:
        raise Failed("the process that draws responses has failed") from ended
