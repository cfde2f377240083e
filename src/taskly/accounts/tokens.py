"""Access tokens and tickets (JWT), refresh tokens (numbered, signed): made and read without a database."""

import hashlib
import hmac
import secrets
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import jwt

from taskly.kernel.errors import Unauthenticated

ALGORITHM = "HS256"
ACCESS = "access"
TICKET = "ticket"
TICKET_LIFE = timedelta(hours=6)
"""Long enough to watch what it leads to."""
REFRESH_PREFIX = "tr_"
LONGEST_TOKEN = 2000
MOST_REMEMBERED = 4096


@dataclass(frozen=True, slots=True)
class AccessToken:
    """What a valid access token says."""

    user_id: UUID
    session_id: UUID
    expires_at: float


class Tokens:
    """Signs and verifies; remembers what was verified, for that costs more than the rest of a request."""

    def __init__(self, key: str, access_life: timedelta) -> None:
        self._key = key
        # A key of its own, so that no signature of one sort can ever be shown as the other sort.
        self._refresh_key = hmac.digest(key.encode(), b"taskly refresh token", "sha256")
        self.access_life = access_life
        self._verified: OrderedDict[str, AccessToken] = OrderedDict()

    def issue(self, user_id: UUID, session_id: UUID) -> str:
        """A fresh access token of a session."""
        return self._signed(user_id, session_id, self.access_life, typ=ACCESS)

    def ticket(self, user_id: UUID, session_id: UUID, path: str) -> str:
        """What lets a browser read this one path for a session where it can send no header."""
        return self._signed(user_id, session_id, TICKET_LIFE, typ=TICKET, path=path)

    def _signed(self, user_id: UUID, session_id: UUID, life: timedelta, **more: str) -> str:
        issued = int(time.time())
        claims = {
            "sub": str(user_id),
            "sid": str(session_id),
            "iat": issued,
            "exp": issued + int(life.total_seconds()),
            "jti": secrets.token_urlsafe(8),
        }
        return jwt.encode(claims | more, self._key, ALGORITHM)

    def verify(self, token: str) -> AccessToken:
        """What the token says. Raises `Unauthenticated`: `token_expired` or `token_invalid`."""
        known = self._verified.get(token)
        if known is None:
            known = self._decode(token, typ=ACCESS)
            self._verified[token] = known
            if len(self._verified) > MOST_REMEMBERED:
                self._verified.popitem(last=False)
        elif known.expires_at <= time.time():
            del self._verified[token]
            raise Unauthenticated("token_expired")
        else:
            self._verified.move_to_end(token)
        return known

    def read_ticket(self, ticket: str, path: str) -> AccessToken:
        """Whose ticket for this path it is. Raises `Unauthenticated`: `token_expired`, `token_invalid`."""
        return self._decode(ticket, typ=TICKET, path=path)

    def _decode(self, token: str, **wanted: str) -> AccessToken:
        if len(token) > LONGEST_TOKEN:
            raise Unauthenticated("token_invalid")
        try:
            claims = jwt.decode(
                token,
                self._key,
                [ALGORITHM],
                # Clocks of two servers differ a little; what counts is the end.
                options={"require": ["sub", "sid", "exp", "typ"], "verify_iat": False},
            )
            if any(claims.get(name) != value for name, value in wanted.items()):
                raise Unauthenticated("token_invalid")
            return AccessToken(UUID(claims["sub"]), UUID(claims["sid"]), float(claims["exp"]))
        except jwt.ExpiredSignatureError as error:
            raise Unauthenticated("token_expired") from error
        except (jwt.InvalidTokenError, ValueError, TypeError, AttributeError) as error:
            raise Unauthenticated("token_invalid") from error

    @property
    def remembered(self) -> int:
        """How many verified tokens are remembered."""
        return len(self._verified)

    def forget(self, session_ids: Iterable[UUID]) -> None:
        """Drop what is remembered of these sessions."""
        ended = set(session_ids)
        for token in [t for t, said in self._verified.items() if said.session_id in ended]:
            del self._verified[token]

    def refresh_token(self, session_id: UUID, generation: int) -> str:
        """The refresh token of a session with this number; always the same one.

        Being computed, it is stored nowhere, every old one can be told from a forged one, and a
        browser that lost the answer to a refresh can be given it again.
        """
        body = session_id.bytes + generation.to_bytes(4, "big")
        signed = body + hmac.digest(self._refresh_key, body, hashlib.sha256)
        return REFRESH_PREFIX + urlsafe_b64encode(signed).decode().rstrip("=")

    def read_refresh(self, token: str) -> tuple[UUID, int] | None:
        """The session and the number of a refresh token that we made; None for any other text."""
        if len(token) > LONGEST_TOKEN or not token.isascii():
            return None
        try:
            signed = urlsafe_b64decode(token.removeprefix(REFRESH_PREFIX) + "==")
            session_id = UUID(bytes=signed[:16])
        except ValueError:
            return None
        generation = int.from_bytes(signed[16:20], "big")
        genuine = self.refresh_token(session_id, generation)
        return (session_id, generation) if hmac.compare_digest(genuine, token) else None
