"""Fetches page after page, keeps each as it is done, and makes one file of all."""

from itertools import islice
from typing import Any

from taskly.jobs.kinds.collect.checkpoint import Checkpoint
from taskly.jobs.kinds.collect.extraction import next_address, records_of, with_param
from taskly.jobs.kinds.collect.fetching import Fetcher
from taskly.jobs.kinds.collect.params import CollectParams
from taskly.jobs.kinds.registry import JobError, Kind, Result, Run
from taskly.jobs.kinds.tables import MIME_TYPES, table_file
from taskly.jobs.kinds.web_address import host_of

ROWS_AT_ONCE = 1000


def collect(params: CollectParams, run: Run) -> Result:
    """Go from page to page until there are no more, or enough."""
    kept = Checkpoint(run.lasting, _first_address(params), params.unique_by)
    if kept.place.pages:
        run.log(f"Going on after {kept.place.pages} pages that are done.")
    fetcher = Fetcher(params, run)
    try:
        while kept.place.next is not None and not _enough(params, kept):
            _take(params, run, fetcher, kept, kept.place.next)
    except ImportError as error:
        raise JobError("library_missing", "Install taskly[data] on the worker.") from error
    place = kept.place
    if place.records == 0:
        raise JobError("nothing_found", f"No record was found on {_counted(place.pages, 'page')}.")
    _write(params, run, kept)
    return {"records": place.records, "pages": place.pages, "duplicates": place.duplicates}


def _first_address(params: CollectParams) -> str:
    if params.paging == "page":
        return with_param(params.url, params.page_param, str(params.first_page))
    return params.url


def _enough(params: CollectParams, kept: Checkpoint) -> bool:
    return kept.place.pages >= params.max_pages or kept.place.records >= params.max_records


def _take(params: CollectParams, run: Run, fetcher: Fetcher, kept: Checkpoint, url: str) -> None:
    place = kept.place
    percent = max(place.pages / params.max_pages, place.records / params.max_records) * 100
    # Without a last page that is known, only a single page tells how far one is.
    shown = None if params.paging != "none" and percent < 100 else percent
    run.progress(
        shown, "Collecting", f"page {place.pages + 1}, {_counted(place.records, 'record')}"
    )
    page = fetcher.page(url, may_be_missing=params.paging == "page" and place.pages > 0)
    if page is None:
        place.next = None
        return
    following = next_address(params, page, place.pages + 1)
    # A page that names itself would go on for ever.
    seen, fresh = kept.add(
        records_of(params, page), None if following == url else following, params.max_records
    )
    run.log(f"{url}: {_counted(seen, 'record')}, {fresh} new")
    if params.paging == "page" and fresh == 0:
        # A page by number that brings nothing new is behind the last.
        place.next = None


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" + ("" if count == 1 else "s")


def _write(params: CollectParams, run: Run, kept: Checkpoint) -> None:
    run.progress(None, "Writing the file")
    names: dict[str, Any] = dict.fromkeys(params.fields)
    if not names:
        for record in kept.all():
            names |= dict.fromkeys(map(str, record))
    path = run.folder / f"records.{params.format}"
    table = table_file(path, params.format, list(names), escape_formulas=True)
    records = kept.all()
    while some := list(islice(records, ROWS_AT_ONCE)):
        run.check()
        table.write([[record.get(name) for name in names] for record in some])
    table.close()
    run.publish(path, "data", path.name, MIME_TYPES[params.format])


def title_of(params: CollectParams) -> str:
    """A title made of where the records come from."""
    return f"Records of {host_of(params.url)}"


KIND = Kind(
    "collect",
    CollectParams,
    collect,
    icon="table-properties",
    queue="collect",
    timeout_s=6 * 3600,
    memory_mb=2048,
    output_mb=2048,
    max_attempts=5,
    title=title_of,
    concurrency=lambda params: (f"site:{host_of(params.url)}", 2),
    secret_params=frozenset({"secret"}),
)
