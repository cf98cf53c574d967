"""Sealing: what identifies a person is stored encrypted and bound to its place.

Each organisation has a data key, wrapped by the key-encryption key that lies in the vault, outside the
database. Rotation re-wraps data keys and rewrites nothing.
"""

import contextlib
import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy.orm import Mapped, mapped_column

from clinic_api.database.rows import CHANGES, STRICT, Row, db, put
from clinic_api.database.scope import scope

NONCE_BYTES = 12
KEY_BYTES = 32


class NotOurSeal(RuntimeError):
    """A sealed value was moved, altered, or sealed under another key."""


class OrganisationKey(Row):
    """An organisation's data key, wrapped."""

    __tablename__ = "organisation_keys"
    __table_args__ = (STRICT,)

    wrapped: Mapped[bytes] = mapped_column(info=CHANGES)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sealed value lives; it opens nowhere else."""

    table: str
    column: str
    id: UUID

    def bytes_for(self, organisation: UUID) -> bytes:
        """The additional data that the seal covers."""
        return f"{organisation}|{self.table}|{self.column}|{self.id}".encode()


def keep_secret(path: Path, fresh: bytes) -> None:
    """Write ``fresh`` to ``path`` (mode 0600, durable) unless something is there; the first starter wins."""
    if path.exists():
        return
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(fresh)
        file.flush()
        os.fsync(file.fileno())
    with contextlib.suppress(FileExistsError):
        os.link(temporary, path)
    temporary.unlink()


class Vault:
    """The key-encryption key of this installation and the opened data keys."""

    def __init__(self) -> None:
        self._master: AESGCM | None = None
        self._opened: dict[UUID, bytes] = {}
        self.folder = Path()

    def open(self, folder: Path) -> None:
        """Read the key-encryption key, or make one where there is none yet (mode 0600, folder 0700)."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder = folder
        path = folder / "key-encryption.key"
        keep_secret(path, secrets.token_bytes(KEY_BYTES))
        self._master = AESGCM(path.read_bytes())
        self._opened = {}

    def data_key(self, organisation: UUID) -> bytes:
        """The organisation's data key, unwrapped once per process.

        Raises:
            NotOurSeal: the vault does not fit this database.
        """
        if organisation not in self._opened:
            row = db.session.execute(sa.select(OrganisationKey.id, OrganisationKey.wrapped)).one()
            self._opened[organisation] = self._unwrap(organisation, row.wrapped)
        return self._opened[organisation]

    def knows_organisation(self) -> bool:
        """Whether the organisation of the open scope exists."""
        query = sa.select(OrganisationKey.id).where(OrganisationKey.organisation == scope().organisation)
        return db.session.execute(query).first() is not None

    def make_data_key(self, organisation: UUID, *, id: UUID) -> None:
        """Give a new organisation its data key."""
        nonce, key = secrets.token_bytes(NONCE_BYTES), secrets.token_bytes(KEY_BYTES)
        wrapped = nonce + self._key().encrypt(nonce, key, organisation.bytes)
        put(OrganisationKey(organisation=organisation, id=id, wrapped=wrapped))

    def _unwrap(self, organisation: UUID, wrapped: bytes) -> bytes:
        try:
            return self._key().decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], organisation.bytes)
        except InvalidTag:
            message = "the vault's key does not open this organisation's data key"
            raise NotOurSeal(message) from None

    def _key(self) -> AESGCM:
        if self._master is None:
            message = "the vault is not open"
            raise NotOurSeal(message)
        return self._master


vault = Vault()


def seal(plaintext: bytes, place: Place) -> bytes:
    """Encrypt ``plaintext`` for its place (AES-256-GCM); the nonce stands in front."""
    organisation = scope().organisation
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(vault.data_key(organisation)).encrypt(nonce, plaintext, place.bytes_for(organisation))


def unseal(sealed: bytes, place: Place) -> bytes:
    """Open what ``seal`` closed.

    Raises:
        NotOurSeal: it was moved from another place or altered.
    """
    organisation = scope().organisation
    cipher = AESGCM(vault.data_key(organisation))
    try:
        return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place.bytes_for(organisation))
    except InvalidTag:
        message = f"a sealed value in {place.table}.{place.column} does not belong there or was altered"
        raise NotOurSeal(message) from None


def blind_index(kind: str, word: str) -> bytes:
    """A search token: the same word gives the same token inside one organisation and says nothing outside it."""
    organisation = scope().organisation
    key = hashlib.sha256(b"search" + vault.data_key(organisation)).digest()
    return hmac.new(key, f"{kind}|{word}".encode(), hashlib.sha256).digest()
