"""The passwords of connections, as they are stored and as jobs use them."""

from taskly.kernel.sealing import seal, unseal
from taskly.kernel.settings import Settings

PURPOSE = "job connections"


def sealed_password(settings: Settings, password: str) -> str:
    """What is stored of it."""
    return seal(settings, PURPOSE, password)


def opened_password(settings: Settings, sealed: str) -> str:
    """The password again. Raises `Unreadable`."""
    return unseal(settings, PURPOSE, sealed)
