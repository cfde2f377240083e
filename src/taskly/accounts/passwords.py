"""Password hashing: argon2id in a small pool of threads, old bcrypt hashes understood."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import bcrypt
from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from taskly.kernel.errors import Busy

T = TypeVar("T")

THREADS = 2
MOST_WAITING = 64
BCRYPT_PREFIXES = ("$2a$", "$2b$", "$2y$")
# bcrypt never looked further; its library now refuses what it used to cut.
BCRYPT_BYTES = 72

# OWASP's recommendation: 19 MiB, two passes, one lane.
_argon2 = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, type=Type.ID)

# The hash of a password that nobody knows, checked where there is no account.
NOBODY = (
    "$argon2id$v=19$m=19456,t=2,p=1$"
    "xzq37Hie74nGeL1OXesAbQ$TxMGwpCy3Cv+Al520thkd6rhkSyJAzq831bjrHQhnow"
)


def _matches(stored: str, password: str) -> bool:
    try:
        if stored.startswith(BCRYPT_PREFIXES):
            return bcrypt.checkpw(password.encode()[:BCRYPT_BYTES], stored.encode())
        return _argon2.verify(stored, password)
    except (VerificationError, InvalidHashError, ValueError):
        return False


def needs_upgrade(stored: str) -> bool:
    """True for a hash that was made by bcrypt or with other parameters than today's."""
    return stored.startswith(BCRYPT_PREFIXES) or _argon2.check_needs_rehash(stored)


class Passwords:
    """Makes and checks hashes beside the event loop; a full queue refuses rather than piles up."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="password")
        self._in_hand = 0
        self.checks = 0
        """How many passwords were checked since the start."""

    async def hash(self, password: str) -> str:
        """A fresh argon2id hash. Raises `Busy` when too many wait."""
        return await self._run(lambda: _argon2.hash(password))

    async def check(self, stored: str | None, password: str) -> bool:
        """Whether the password fits; where there is no account the work is done all the same."""
        self.checks += 1
        fits = await self._run(lambda: _matches(stored or NOBODY, password))
        return fits and stored is not None

    async def _run(self, work: Callable[[], T]) -> T:
        if self._in_hand >= THREADS + MOST_WAITING:
            raise Busy(headers={"Retry-After": "2"})
        self._in_hand += 1
        future = self._pool.submit(work)
        loop = asyncio.get_running_loop()
        # Counted down when the work is over, also if the caller has gone away in the meantime.
        future.add_done_callback(lambda _: self._release(loop))
        return await asyncio.wrap_future(future)

    def _release(self, loop: asyncio.AbstractEventLoop) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(self._count_down)

    def _count_down(self) -> None:
        self._in_hand -= 1

    def stop(self) -> None:
        """Drop what waits and let the threads go."""
        self._pool.shutdown(wait=False, cancel_futures=True)
