"""How the engine's processes talk: one JSON object a line on a stream socket."""

import socket
from collections.abc import Iterator
from typing import Any

import orjson

READ_AT_ONCE = 1 << 16

Message = dict[str, Any]


class Line:
    """One end of a conversation. A peer that dies is an end of file, however it died."""

    def __init__(self, peer: socket.socket) -> None:
        self.peer = peer
        self._rest = b""

    def fileno(self) -> int:
        """For selectors."""
        return self.peer.fileno()

    def say(self, message: Message) -> None:
        """Send a message. Raises `OSError` when nobody is there any more."""
        self.peer.sendall(orjson.dumps(message) + b"\n")

    def hear(self) -> list[Message] | None:
        """The messages that have come, of a socket that is ready to be read; None at the end."""
        try:
            data = self.peer.recv(READ_AT_ONCE)
        except BlockingIOError:
            return []
        except ConnectionResetError:
            data = b""
        if not data:
            return None
        return list(self._split(data))

    def _split(self, data: bytes) -> Iterator[Message]:
        *whole, self._rest = (self._rest + data).split(b"\n")
        for line in whole:
            yield orjson.loads(line)

    def close(self) -> None:
        """Hang up."""
        self.peer.close()
