"""Reads a large JSON object piece by piece: one item of one of its arrays at a time, never the whole."""

from collections.abc import Iterator, Mapping
from time import monotonic
from typing import Any, BinaryIO

import ijson  # type: ignore[import-untyped]

from taskly.boards.imports.refusals import refuse

CHUNK = 64 * 1024
# The deepest that Trello itself nests is eight; one such container costs next to nothing, so that
# the bound is about telling garbage from an export early.
DEEPEST = 10
LARGEST_ITEM = 16 * 2**20
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
OTHER_ENCODINGS = (b"\xff\xfe", b"\xfe\xff")
STARTS = {"start_map": dict, "start_array": list}
ENDS = frozenset({"end_map", "end_array"})

Wanted = Mapping[str, frozenset[str]]


class JsonItems:
    """The parts of one JSON file that somebody wants.

    `wanted` names parts of the root object and, for each, the fields to keep of an object there;
    everything else is read over without being built. Memory is bounded by the largest item.
    """

    def __init__(self, file: BinaryIO, wanted: Wanted, *, seconds: float) -> None:
        self._file = file
        self._wanted = wanted
        self._deadline = monotonic() + seconds
        self._events: list[tuple[str, Any]] = ijson.sendable_list()
        self._item_began = 0
        self._read = 0
        self.arrays: set[str] = set()
        """Names of the wanted parts that turned out to be arrays."""

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        """(part, value) in the order of the file: each item of an array, or the part itself.

        Nothing comes from a root that is no object. Raises `Invalid` for whatever is not JSON in
        UTF-8 of a sensible depth and size.
        """
        depth = 0
        part = ""
        keep: frozenset[str] | None = None
        in_array = False
        skipping = 0  # depth at which an unwanted container began
        stack: list[Any] = []  # containers of the value under construction
        names: list[str] = []  # the key that awaits its value, for each of them
        for event, value in self._tokens():
            if event in STARTS:
                depth += 1
                if depth > DEEPEST:
                    raise refuse("too_deep")
                if skipping:
                    continue
                if depth == 1:
                    skipping = 1 if event == "start_array" else 0
                    continue
                if depth == 2 and event == "start_array" and keep is not None:
                    in_array = True
                    self.arrays.add(part)
                    continue
                if keep is None or (len(stack) == 1 and names and names[-1] not in keep):
                    skipping = depth
                    continue
                if not stack:
                    self._item_began = self._read
                made: Any = STARTS[event]()
                if stack:
                    _attach(stack, names, made)
                stack.append(made)
                names.append("")
            elif event in ENDS:
                if skipping:
                    skipping = 0 if depth == skipping else skipping
                elif stack:
                    done = stack.pop()
                    names.pop()
                    if not stack:
                        self._item_began = 0
                        yield part, done
                elif in_array:
                    in_array, keep = False, None
                depth -= 1
            elif skipping:
                continue
            elif event == "map_key":
                if depth == 1:
                    part, keep = value, self._wanted.get(value)
                else:
                    names[-1] = value
            elif stack:
                if len(stack) > 1 or names[0] in (keep or ()) or isinstance(stack[0], list):
                    _attach(stack, names, value)
            elif keep is not None:
                yield part, value

    def _tokens(self) -> Iterator[tuple[str, Any]]:
        """Every token of the file. Raises `Invalid` where it is no JSON."""
        events = self._events
        any_token = False
        chunk = self._file.read(CHUNK).removeprefix(BYTE_ORDER_MARK)
        if chunk.startswith(OTHER_ENCODINGS):
            raise refuse("not_utf8")
        # Floats: whole numbers past 64 bits are then an error of the parser instead of a crash.
        parser = ijson.basic_parse_coro(events, use_float=True)
        silent = 0
        try:
            while chunk:
                self._read += len(chunk)
                parser.send(chunk)
                silent = 0 if events else silent + len(chunk)
                if silent > LARGEST_ITEM or (
                    self._item_began and self._read - self._item_began > LARGEST_ITEM
                ):
                    raise refuse("item_too_large")
                if monotonic() > self._deadline:
                    raise refuse("import_too_slow")
                any_token = any_token or bool(events)
                yield from events
                events.clear()
                chunk = self._file.read(CHUNK)
        except ijson.JSONError as error:
            raise refuse(_reason(error)) from error
        try:
            parser.close()
        except ijson.JSONError as error:
            raise refuse("truncated" if any_token else "empty_file") from error


def _attach(stack: list[Any], names: list[str], value: Any) -> None:
    if isinstance(stack[-1], list):
        stack[-1].append(value)
    else:
        stack[-1][names[-1]] = value


def _reason(error: Exception) -> str:
    return "not_utf8" if "UTF8" in str(error) else "not_json"
