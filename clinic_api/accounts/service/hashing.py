"""What is kept of a secret: enough to know it again, too little to guess it."""

import base64
import hashlib
import secrets
import threading
from dataclasses import dataclass
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class Hashing:
    """How hard a stolen hash is to guess; one hash at a time, so that sign-ins cannot starve readings."""

    hasher: PasswordHasher
    dummy: bytes
    lock: threading.Lock


_hashing: list[Hashing] = []


def configure(*, memory_kib: int, passes: int) -> None:
    """Set Argon2id's cost; called once when the application is made."""
    hasher = PasswordHasher(time_cost=passes, memory_cost=memory_kib, parallelism=1)
    _hashing[:] = [Hashing(hasher, hasher.hash("nobody").encode(), threading.Lock())]


def hashed(text: str) -> bytes:
    """What is kept of a password or a PIN."""
    with _hashing[0].lock:
        return _hashing[0].hasher.hash(text).encode()


def fits(stored: bytes, text: str) -> bool:
    """Whether a password or a PIN is the one that was kept."""
    with _hashing[0].lock:
        try:
            return _hashing[0].hasher.verify(stored.decode(), text)
        except VerifyMismatchError:
            return False


def pretend(text: str) -> None:
    """Spend the time a real check takes, so that an unknown login or organisation answers no faster."""
    fits(_hashing[0].dummy, text)


def new_secret(prefix: str, organisation: UUID) -> str:
    """A secret nobody can guess, with its organisation in clear: its hash can then be looked up behind the fence."""
    drawn = base64.urlsafe_b64encode(secrets.token_bytes(SECRET_BYTES)).decode().rstrip("=")
    return f"{prefix}.{organisation}.{drawn}"


def sha256(secret: str) -> bytes:
    """What is kept of a secret that we made ourselves: long enough that a slow hash adds nothing."""
    return hashlib.sha256(secret.encode()).digest()
