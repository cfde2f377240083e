"""The installation's own secrets, and fingerprints of tokens."""

import hashlib
import os
import secrets
from pathlib import Path

from taskly.kernel.settings import Settings

SECRET_FILE = "secret.key"  # noqa: S105
SHORTEST_KEY = 32


def signing_key(settings: Settings) -> str:
    """The key that signs tokens: from the settings, else made at the first start and kept (0600).

    Raises `ValueError` when the configured key is too short to be safe.
    """
    if settings.secret_key is not None:
        key = settings.secret_key.get_secret_value()
        if len(key) < SHORTEST_KEY:
            msg = f"TASKLY_SECRET_KEY needs {SHORTEST_KEY} characters or more"
            raise ValueError(msg)
        return key
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = settings.data_dir / SECRET_FILE
    if not path.exists():
        _write_once(path, secrets.token_urlsafe(48))
    return path.read_text().strip()


def _write_once(path: Path, value: str) -> None:
    # Written aside and linked into place: of two processes that start at once, one key wins whole.
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(value + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(aside, path)
    except FileExistsError:
        pass
    finally:
        aside.unlink()


def new_token(prefix: str) -> str:
    """A random token of 256 bits that says what it is for."""
    return f"{prefix}_{secrets.token_urlsafe(32)}"


def token_hash(token: str) -> str:
    """What is stored of a token; tokens are random, so a plain hash cannot be guessed back."""
    return hashlib.sha256(token.encode()).hexdigest()
