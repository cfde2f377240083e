"""What the accounts of a running application hold in memory."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from uuid import UUID

from taskly.accounts.actor import Actor
from taskly.accounts.ended import EndedSessions
from taskly.accounts.passwords import Passwords
from taskly.accounts.tokens import Tokens
from taskly.kernel.bus import Bus
from taskly.kernel.crypto import signing_key
from taskly.kernel.db import Database
from taskly.kernel.settings import Settings

TokenResolver = Callable[[str], Awaitable[tuple[Actor, datetime | None]]]
"""Finds out whom a token stands for and until when. Raises `Unauthenticated`."""


class Accounts:
    """Lives as `app.state.accounts` from `create_app` until shutdown."""

    def __init__(self, settings: Settings, database: Database, bus: Bus) -> None:
        self.settings = settings
        self.database = database
        self.access_life = timedelta(minutes=settings.access_token_minutes)
        self.session_life = timedelta(days=settings.refresh_token_days)
        self.passwords = Passwords()
        self.tokens = Tokens(signing_key(settings), self.access_life)
        self.ended = EndedSessions(database, bus, settings.poll_interval_s, self.access_life)
        self.ended.on_ended(self._forget)
        self.token_kinds: dict[str, TokenResolver] = {}

    def _forget(self, session_ids: frozenset[UUID]) -> None:
        self.tokens.forget(session_ids)

    async def start(self) -> None:
        """Begin to follow ended sessions."""
        await self.ended.start()

    async def stop(self) -> None:
        """Stop following and let the hashing threads go."""
        await self.ended.stop()
        self.passwords.stop()
