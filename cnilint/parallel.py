"""Work on many files in several processes, by plain ``fork`` and pipes: they cost nothing to import."""

from __future__ import annotations

import os
import pickle
from typing import TYPE_CHECKING, TypeVar

from cnilint.errors import CnilintError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

S = TypeVar("S")
T = TypeVar("T")


def each(work: Callable[[S], T], items: Sequence[S], workers: int) -> list[T]:
    """Return the result of ``work`` for each item, in order. ``work`` must not raise."""
    children = [_started(work, items[number::workers]) for number in range(1, workers)]
    own = [work(item) for item in items[::workers]]
    parts = [own, *(_finished(pid, pipe) for pid, pipe in children)]
    return [parts[index % workers][index // workers] for index in range(len(items))]


def _started(work: Callable[[S], T], items: Sequence[S]) -> tuple[int, int]:
    """Start a process on its share; return its id and the pipe its results come through."""
    receiving, sending = os.pipe()
    pid = os.fork()
    if pid:
        os.close(sending)
        return pid, receiving
    status = 1
    try:
        os.close(receiving)
        with os.fdopen(sending, "wb") as pipe:
            pickle.dump([work(item) for item in items], pipe, pickle.HIGHEST_PROTOCOL)
        status = 0
    finally:
        os._exit(status)


def _finished(pid: int, pipe: int) -> list[T]:
    with os.fdopen(pipe, "rb") as results:
        raw = results.read()
    _, status = os.waitpid(pid, 0)
    if status or not raw:
        raise CnilintError("a process that checked some of the files ended early; the result would be incomplete")
    found: list[T] = pickle.loads(raw)  # noqa: S301  # our own child wrote it
    return found
