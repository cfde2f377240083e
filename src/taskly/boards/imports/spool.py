"""Keeps long texts on disk while an import is prepared, so that memory does not grow with them."""

from tempfile import TemporaryFile
from typing import NamedTuple, Self


class Span(NamedTuple):
    """Where a text lies in its spool."""

    start: int
    length: int


class Spool:
    """A temporary file of texts, gone when it is closed."""

    def __init__(self) -> None:
        self._file = TemporaryFile()  # noqa: SIM115  closed by the `with` of its owner
        self._end = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._file.close()

    def put(self, text: str) -> Span | None:
        """Keep a text; nothing is kept of an empty one."""
        if not text:
            return None
        raw = text.encode()
        self._file.seek(self._end)
        self._file.write(raw)
        span = Span(self._end, len(raw))
        self._end += len(raw)
        return span

    def get(self, span: Span | None) -> str:
        """The text that was put."""
        if span is None:
            return ""
        self._file.seek(span.start)
        return self._file.read(span.length).decode()
