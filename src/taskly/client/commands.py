"""`taskly login` and `taskly job ...`: submit, list, show, logs, cancel and retry on a server."""

import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote

import typer

from taskly.client.refusals import Refused, Unreachable

if TYPE_CHECKING:
    from taskly.client.server import Server

KEY = re.compile(r"[\x21-\x7e]{1,100}")
REFUSED, UNSUCCESSFUL, STOPPED, UNREACHABLE = 1, 3, 4, 5
OUTCOMES = {
    "failed": UNSUCCESSFUL,
    "discarded": UNSUCCESSFUL,
    "cancelled": STOPPED,
    "skipped": STOPPED,
}
EXIT_CODES = (
    "Exit codes: 0 done; 1 refused by the server; 2 wrong usage; 3 the job failed; "
    "4 the job was cancelled or skipped; 5 no answer from the server."
)

Job = dict[str, Any]

app = typer.Typer(no_args_is_help=True, help="Work with jobs on a server.", epilog=EXIT_CODES)

Address = Annotated[
    str | None, typer.Option("--server", envvar="TASKLY_SERVER", help="Address of the server.")
]
Token = Annotated[
    str | None, typer.Option(envvar="TASKLY_TOKEN", help="Access token; else the kept session.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Write JSON for programs.")]
Which = Annotated[str, typer.Argument(metavar="JOB", help="J-12, 12, or the job's id.")]


def _server(address: str | None, token: str | None) -> "Server":
    # Other commands, `serve` first of all, need no HTTP client.
    from taskly.client.server import Server  # noqa: PLC0415

    return Server(address, token)


def _watched(server: "Server", job: Job) -> Job:
    from taskly.client.following import follow  # noqa: PLC0415

    over: Job = follow(server, job)
    return over


@contextmanager
def _reporting() -> Iterator[None]:
    """Turns what may go wrong into words on standard error and an exit code."""
    try:
        yield
    except Refused as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(REFUSED) from error
    except Unreachable as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(UNREACHABLE) from error


def login(
    username: Annotated[str, typer.Argument(help="Name or e-mail.")],
    password: Annotated[str, typer.Option(prompt=True, hide_input=True, envvar="TASKLY_PASSWORD")],
    server: Address = None,
) -> None:
    """Begin a session with a server; later commands use it."""
    with _reporting():
        there = _server(server, None)
        name = there.log_in(username, password)
        typer.echo(f"Logged in to {there.address} as {name}.")


@app.command()
def submit(
    kind: Annotated[str, typer.Argument(help="Kind of job, such as download.")],
    param: Annotated[
        list[str] | None,
        typer.Option("--param", "-p", metavar="NAME=VALUE", help="A parameter; may be repeated."),
    ] = None,
    params: Annotated[
        str | None, typer.Option(help="All parameters as JSON, or @file, or - for standard input.")
    ] = None,
    title: Annotated[str | None, typer.Option(help="Title of the job.")] = None,
    priority: Annotated[int, typer.Option(help="From -100 to 100; the larger, the sooner.")] = 0,
    queue: Annotated[str | None, typer.Option(help="Queue; else that of the kind.")] = None,
    card: Annotated[str | None, typer.Option(help="Id of the card that the job works for.")] = None,
    run_at: Annotated[str | None, typer.Option(help="Not before, as 2027-01-01T09:00:00Z.")] = None,
    after: Annotated[list[str] | None, typer.Option(help="A job that must succeed first.")] = None,
    idempotency_key: Annotated[
        str | None,
        typer.Option(help="Submitted again with the same key within a day, it is the same job."),
    ] = None,
    wait: Annotated[
        bool, typer.Option("--wait", "-w", help="Watch it to its end; the exit code tells how.")
    ] = False,
    server: Address = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """Put a job into its queue."""
    if idempotency_key is not None and KEY.fullmatch(idempotency_key) is None:
        msg = "--idempotency-key takes 1 to 100 letters, digits and signs, without spaces"
        raise typer.BadParameter(msg)
    with _reporting():
        there = _server(server, token)
        body: dict[str, Any] = {
            "kind": kind,
            "params": _params(param or [], params),
            "priority": priority,
        }
        named = {"title": title, "queue": queue, "card_id": card, "run_at": run_at}
        body |= {name: value for name, value in named.items() if value is not None}
        if after:
            body["after"] = [_found(there, one)["id"] for one in after]
        job = there.call("POST", "/jobs", json=body, key=idempotency_key)
        if wait:
            job = _watched(there, job)
        _say_job(job, as_json=as_json)
        if wait:
            _leave_as(job)


def _params(pairs: list[str], whole: str | None) -> dict[str, Any]:
    params: dict[str, Any] = {}
    if whole is not None:
        try:
            text = (
                sys.stdin.read()
                if whole == "-"
                else Path(whole[1:]).read_text()
                if whole.startswith("@")
                else whole
            )
            told = json.loads(text)
        except (OSError, ValueError) as error:
            msg = f"--params cannot be read: {error}"
            raise typer.BadParameter(msg) from error
        if not isinstance(told, dict):
            msg = "--params must be a JSON object"
            raise typer.BadParameter(msg)
        params |= told
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            msg = f"--param {pair} is not NAME=VALUE"
            raise typer.BadParameter(msg)
        params[name] = _value(value)
    return params


def _value(text: str) -> Any:
    """A number, true, false, null, list or object as JSON has it; anything else is text."""
    try:
        return json.loads(text)
    except ValueError:
        return text


@app.command("list")
def list_jobs(
    state: Annotated[list[str] | None, typer.Option(help="Only jobs in this state.")] = None,
    kind: Annotated[list[str] | None, typer.Option(help="Only jobs of this kind.")] = None,
    queue: Annotated[str | None, typer.Option(help="Only jobs of this queue.")] = None,
    card: Annotated[str | None, typer.Option(help="Only jobs of this card.")] = None,
    search: Annotated[
        str | None, typer.Option("--search", "-q", help="Words of the title.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=200, help="How many, the newest first.")] = 20,
    server: Address = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """List jobs, the newest first."""
    wanted = {"state": state, "kind": kind, "queue": queue, "card_id": card, "q": search}
    query = {name: value for name, value in wanted.items() if value} | {"limit": limit}
    with _reporting():
        page = _server(server, token).call("GET", "/jobs", params=query)
    if as_json:
        typer.echo(json.dumps(page["items"], ensure_ascii=False))
        return
    for job in page["items"]:
        typer.echo(_line(job))


@app.command()
def show(
    which: Which, server: Address = None, token: Token = None, as_json: AsJson = False
) -> None:
    """Show a job, with its files."""
    with _reporting():
        there = _server(server, token)
        job = _found(there, which)
        files = there.call("GET", f"/jobs/{job['id']}/files")["items"]
    if as_json:
        typer.echo(json.dumps({**job, "files": files}, ensure_ascii=False))
        return
    typer.echo(_line(job))
    for name in (
        "id",
        "queue",
        "attempt",
        "max_attempts",
        "created_at",
        "started_at",
        "finished_at",
    ):
        if job[name] is not None:
            typer.echo(f"  {name}: {job[name]}")
    for name in ("params", "result", "error"):
        if job[name]:
            typer.echo(f"  {name}: {json.dumps(job[name], ensure_ascii=False)}")
    for wait in job["waiting_for"]:
        typer.echo(f"  waits for: {wait['code']} {json.dumps(wait['detail'], ensure_ascii=False)}")
    for file in files:
        typer.echo(f"  file: {file['name']} ({file['type']}, {file['size']} bytes)")


@app.command()
def logs(
    which: Which,
    following: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on until the job is over.")
    ] = False,
    server: Address = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """Write the log of a job."""
    with _reporting():
        there = _server(server, token)
        job = _found(there, which)
        if following:
            from taskly.client.following import follow_log  # noqa: PLC0415

            for entry in follow_log(there, job):
                _say_line(entry, as_json=as_json)
            _leave_as(_found(there, job["id"]))
            return
        after = 0
        while True:
            page = there.call("GET", f"/jobs/{job['id']}/logs", params={"after": after})
            for entry in page["items"]:
                _say_line(entry, as_json=as_json)
            if page["next"] == after:
                return
            after = page["next"]


@app.command()
def cancel(
    which: Which, server: Address = None, token: Token = None, as_json: AsJson = False
) -> None:
    """Stop a job."""
    with _reporting():
        there = _server(server, token)
        job = there.call("POST", f"/jobs/{_found(there, which)['id']}/cancel")
    _say_job(job, as_json=as_json)


@app.command()
def retry(
    which: Which,
    wait: Annotated[bool, typer.Option("--wait", "-w", help="Watch it to its end.")] = False,
    server: Address = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """Run a job that has ended once more, as a new one."""
    with _reporting():
        there = _server(server, token)
        job = there.call("POST", f"/jobs/{_found(there, which)['id']}/retry")
        if wait:
            job = _watched(there, job)
        _say_job(job, as_json=as_json)
        if wait:
            _leave_as(job)


def _found(server: "Server", which: str) -> Job:
    number = which.upper().removeprefix("J-")
    if not (number.isascii() and number.isdigit()):
        found: Job = server.call("GET", f"/jobs/{quote(which, safe='')}")
        return found
    page = server.call("GET", "/jobs", params={"q": f"J-{number}"})
    for job in page["items"]:
        if job["number"] == int(number):
            return _found(server, job["id"])
    msg = f"There is no job J-{number}, or you may not see it."
    raise Refused(msg)


def _line(job: Job) -> str:
    percent = f"{job['percent']:.0f}%" if job["percent"] is not None else ""
    state = f"{job['state']:<10} {percent:>4}"
    return f"J-{job['number']:<6} {state}  {job['kind']:<10} {job['title']}"


def _say_job(job: Job, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(job, ensure_ascii=False))
        return
    typer.echo(_line(job))
    if job["error"]:
        typer.echo(f"{job['error']['code']}: {job['error']['message']}", err=True)


def _say_line(entry: dict[str, Any], *, as_json: bool) -> None:
    typer.echo(json.dumps(entry, ensure_ascii=False) if as_json else entry["text"])


def _leave_as(job: Job) -> None:
    code = OUTCOMES.get(job["state"])
    if code is not None:
        raise typer.Exit(code)
