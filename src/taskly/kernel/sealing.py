"""Secrets at rest: what is sealed can be read with the installation's key alone."""

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from taskly.kernel.crypto import signing_key
from taskly.kernel.settings import Settings


class Unreadable(Exception):
    """The value was sealed with another key, or is damaged."""


def seal(settings: Settings, purpose: str, secret: str) -> str:
    """The secret as it may be stored; only the same purpose opens it again."""
    return _lock(settings, purpose).encrypt(secret.encode()).decode()


def unseal(settings: Settings, purpose: str, sealed: str) -> str:
    """The secret again. Raises `Unreadable`."""
    try:
        return _lock(settings, purpose).decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise Unreadable from error


def _lock(settings: Settings, purpose: str) -> Fernet:
    # A key of its own for each purpose: one that leaks signs no tokens and opens nothing else.
    derived = HKDF(SHA256(), length=32, salt=None, info=f"taskly sealing {purpose}".encode())
    return Fernet(base64.urlsafe_b64encode(derived.derive(signing_key(settings).encode())))
