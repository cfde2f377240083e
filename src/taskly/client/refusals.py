"""Why a command cannot do what was asked."""


class Refused(Exception):
    """The server said no; the message is its own."""


class Unreachable(Exception):
    """There is no answer from the server."""
