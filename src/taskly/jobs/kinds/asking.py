"""What the kinds have in common that ask a web server: which headers they may send, and what failures mean."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from taskly.jobs.kinds.registry import JobError, Run, TemporaryError

if TYPE_CHECKING:
    from taskly.kernel.outbound_client import Answer, Ask

TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
OURS = frozenset(
    {"host", "content-length", "transfer-encoding", "connection", "keep-alive", "te", "trailer"}
    | {"upgrade", "expect", "accept-encoding", "proxy-authorization", "proxy-connection"}
)
"""Headers that belong to the connection."""
REPEATABLE = frozenset({"GET", "HEAD", "PUT", "DELETE"})
PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Answers that say that another try may go better."""

Printable = Annotated[str, Field(pattern=r"^[\x20-\x7e]*$", max_length=8000)]
HeaderName = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]+$", max_length=100)]


def asked(run: Run, ask: "Ask", body: Path, on_block: Callable[[int], None]) -> "Answer":
    """The answer to a request; its body is in the file. Raises `JobError` for one that did not come."""
    # Loaded in the job's own process: the client is large, and few kinds need it.
    from taskly.kernel.outbound_client import (  # noqa: PLC0415
        AnswerTooLarge,
        NotAllowed,
        NotReached,
        fetch,
    )

    try:
        return fetch(run.proxy, ask, body, on_block)
    except NotAllowed as error:
        raise JobError(
            "address_not_allowed", "The address leads to a host that jobs may not reach."
        ) from error
    except NotReached as error:
        # What may have arrived is sent once more only where that does the same as once.
        if error.was_sent and ask.method not in REPEATABLE:
            raise JobError("not_answered", f"{error}; the request may have arrived.") from error
        raise TemporaryError("not_reachable", str(error)) from error
    except AnswerTooLarge as error:
        raise JobError("answer_too_large", "The answer is larger than it may be.") from error
