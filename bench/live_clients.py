"""Many sockets in a process of their own, which says when all of them have a message.

Reads `port path count token` from its arguments, and prints `ready`, then `<number> <time>` once
every socket has received the text `@<number>@`. Times are those of the system-wide monotonic clock.
"""

import asyncio
import json
import re
import sys
import time
from collections import Counter

import uvloop

AT_ONCE = 100
MARK = re.compile(rb"@(\d+)@")


class Board:
    """Counts what arrived."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.welcomed = 0
        self.all_welcomed = asyncio.Event()
        self.seen: Counter[bytes] = Counter()

    def welcome(self) -> None:
        """One more socket takes part."""
        self.welcomed += 1
        if self.welcomed == self.count:
            self.all_welcomed.set()

    def arrived(self, number: bytes) -> None:
        """One more socket has a message."""
        self.seen[number] += 1
        if self.seen[number] == self.count:
            sys.stdout.write(f"{number.decode()} {time.monotonic()}\n")
            sys.stdout.flush()


class Socket(asyncio.Protocol):
    """A client that looks for marks in the bytes and parses nothing."""

    def __init__(self, board: Board, request: bytes, introduction: bytes, open_: asyncio.Event):
        self._board = board
        self._request = request
        self._introduction = introduction
        self._open = open_
        self._welcomed = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the upgrade."""
        self._transport = transport
        transport.write(self._request)  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        """Introduce itself, or look for a mark."""
        if not self._open.is_set():
            self._open.set()
            if self._introduction:
                self._transport.write(self._introduction)  # type: ignore[attr-defined]
        if not self._welcomed and (not self._introduction or b'"ready"' in data):
            self._welcomed = True
            self._board.welcome()
        for number in MARK.findall(data):
            self._board.arrived(number)


async def main(port: int, path: str, count: int, token: str) -> None:
    """Open all sockets and stay."""
    loop = asyncio.get_running_loop()
    board = Board(count)
    request = (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
        "Sec-WebSocket-Version: 13\r\n\r\n"
    ).encode()
    body = json.dumps({"type": "auth", "token": token}).encode()
    frame = bytes([0x81, 0xFE]) + len(body).to_bytes(2, "big") + bytes(4) + body
    slots = asyncio.Semaphore(AT_ONCE)

    async def one() -> None:
        async with slots:
            opened = asyncio.Event()
            introduction = frame if token else b""
            await loop.create_connection(
                lambda: Socket(board, request, introduction, opened), "127.0.0.1", port
            )
            await opened.wait()

    await asyncio.gather(*(one() for _ in range(count)))
    await board.all_welcomed.wait()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4]))
