"""Takes records, and the way to the next page, out of a page."""

import csv
import io
import json
import re
from calendar import timegm
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from taskly.jobs.kinds.collect.fetching import Page
from taskly.jobs.kinds.collect.params import CollectParams
from taskly.jobs.kinds.registry import JobError
from taskly.jobs.kinds.tables import delimiter_of

Record = dict[str, Any]
FEED_FIELDS = ("id", "title", "link", "author", "published", "updated", "summary")
ADDRESSES = frozenset({"href", "src", "action", "data-src"})
NEXT = re.compile(
    r'<([^<>]*)>\s*(?:;[^,]*?)?;\s*rel="?(?:[^",;]* )?next(?:[ ";,]|$)', re.IGNORECASE
)


def records_of(params: CollectParams, page: Page) -> Iterator[Record]:
    """The records of a page. Raises `JobError` for a page that is something else, or a bad path."""
    read = {"json": _from_json, "csv": _from_csv, "feed": _from_feed, "html": _from_html}
    return read[params.source](params, page)


def next_address(params: CollectParams, page: Page, number: int) -> str | None:
    """The address of the page after this one, which is the `number`th; None after the last."""
    match params.paging:
        case "page":
            return with_param(params.url, params.page_param, str(params.first_page + number))
        case "cursor":
            cursor = _named_next(params, page)
            return with_param(params.url, params.cursor_param, cursor) if cursor else None
        case "link":
            found = _named_next(params, page) if params.next else _linked(page.link)
            return _followable(urljoin(page.url, found)) if found else None
        case _:
            return None


def with_param(url: str, name: str, value: str) -> str:
    """An address with one of its parameters set."""
    parts = urlsplit(url)
    pairs = [
        (key, old) for key, old in parse_qsl(parts.query, keep_blank_values=True) if key != name
    ]
    return urlunsplit(parts._replace(query=urlencode([*pairs, (name, value)])))


def _followable(url: str) -> str:
    if urlsplit(url).scheme not in {"http", "https"}:
        raise JobError("bad_next", "The link to the next page leads away from the web.")
    return url


def _linked(header: str) -> str | None:
    found = NEXT.search(header)
    return found[1] if found else None


def _named_next(params: CollectParams, page: Page) -> str | None:
    assert params.next is not None
    if params.source == "html":
        found = _selected(_document(page), params.next, page.url, attribute="href")
    else:
        found = _first(_matches(_json(page), params.next))
    return None if found in (None, "", False) else str(found)


def _text(page: Page) -> str:
    try:
        text = page.content.decode(page.charset or "utf-8", "replace")
    except LookupError:
        text = page.content.decode("utf-8", "replace")
    return text.removeprefix("\ufeff")


def _json(page: Page) -> Any:
    try:
        return json.loads(page.content)
    except (ValueError, RecursionError) as error:
        raise JobError("not_json", f"{page.url} is not JSON.") from error


def _matches(value: Any, path: str) -> list[Any]:
    try:
        return [match.value for match in _json_path(path).find(value)]
    except (re.error, TypeError) as error:  # a filter that cannot be applied
        raise JobError("bad_path", f"{path} cannot be applied: {error}") from error


@lru_cache(maxsize=256)
def _json_path(path: str) -> Any:
    # Loaded in the job's own process: only this kind needs it.
    from jsonpath_ng.exceptions import JSONPathError  # noqa: PLC0415
    from jsonpath_ng.ext.parser import parse  # noqa: PLC0415

    try:
        return parse(path)
    except JSONPathError as error:
        raise JobError("bad_path", f"{path} is not a JSONPath: {error}") from error


def _first(found: list[Any]) -> Any:
    """What stands at a path: the one thing, or all of several."""
    if not found:
        return None
    return found[0] if len(found) == 1 else found


def _from_json(params: CollectParams, page: Page) -> Iterator[Record]:
    found = _matches(_json(page), params.items or "$")
    items = found[0] if len(found) == 1 and isinstance(found[0], list) else found
    for item in items:
        if params.fields:
            yield {name: _first(_matches(item, path)) for name, path in params.fields.items()}
        else:
            yield item if isinstance(item, dict) else {"value": item}


def _from_csv(params: CollectParams, page: Page) -> Iterator[Record]:
    text = _text(page)
    head = text.partition("\n")[0]
    source = io.StringIO(text, newline="")
    reader = csv.DictReader(source, delimiter=delimiter_of(head), restkey="more")
    columns = reader.fieldnames or ()
    missing = [path for path in params.fields.values() if path not in columns]
    if missing:
        raise JobError("column_missing", f"There is no column {missing[0]}.")
    try:
        for row in reader:
            if params.fields:
                yield {name: row[column] for name, column in params.fields.items()}
            else:
                yield dict(row)
    except csv.Error as error:
        raise JobError("not_a_table", f"{page.url} cannot be read as a table: {error}") from error


def _from_feed(params: CollectParams, page: Page) -> Iterator[Record]:
    # Loaded in the job's own process: only this kind needs it.
    import feedparser  # noqa: PLC0415

    feed = feedparser.parse(page.content, response_headers={"content-location": page.url})
    if not feed.version:
        raise JobError("not_a_feed", f"{page.url} is neither RSS nor Atom.")
    wanted = params.fields or {name: name for name in FEED_FIELDS}
    for entry in feed.entries:
        yield {name: _entry_value(entry, field) for name, field in wanted.items()}


def _entry_value(entry: Any, field: str) -> Any:
    moment = entry.get(f"{field}_parsed")
    if moment is not None:
        return datetime.fromtimestamp(timegm(moment), UTC).isoformat().replace("+00:00", "Z")
    if field == "tags":
        return [tag.get("term") for tag in entry.get("tags", ())]
    value = entry.get(field)
    return value if value is None or isinstance(value, str) else str(value)


def _document(page: Page) -> Any:
    # Loaded in the job's own process: only this kind needs it.
    from selectolax.lexbor import LexborHTMLParser  # noqa: PLC0415

    return LexborHTMLParser(_text(page)).root


def _from_html(params: CollectParams, page: Page) -> Iterator[Record]:
    assert params.items is not None
    root = _document(page)
    for row in _css(root, params.items) if root is not None else ():
        yield {name: _selected(row, path, page.url) for name, path in params.fields.items()}


def _css(node: Any, selector: str) -> list[Any]:
    from selectolax.lexbor import SelectolaxError  # noqa: PLC0415

    try:
        return list(node.css(selector))
    except SelectolaxError as error:
        raise JobError("bad_path", f"{selector} is not a CSS selector.") from error


def _selected(node: Any, path: str, base: str, attribute: str | None = None) -> str | None:
    """The text, or an attribute, of the first element that a selector finds; none means the node itself."""
    if node is None:
        return None
    selector, _, named = path.partition("@")
    name = named or attribute
    found = _css(node, selector.strip()) if selector.strip() else [node]
    if not found:
        return None
    if name is None:
        return " ".join(found[0].text(separator=" ").split())
    value: str | None = found[0].attributes.get(name)
    return urljoin(base, value) if value is not None and name in ADDRESSES else value
