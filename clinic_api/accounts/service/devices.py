"""Tablets: PINs count only on those that were enrolled."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from clinic_api.accounts.models import Device
from clinic_api.accounts.rules.proving import Event
from clinic_api.accounts.service.hashing import new_secret, sha256
from clinic_api.audit import service as audit
from clinic_api.database.rows import put
from clinic_api.database.scope import Scope
from clinic_api.identifiers import new_id

DEVICE_PREFIX: Final = "icd1"


@dataclass(frozen=True, slots=True)
class NewDevice:
    """A tablet's own secret, shown once."""

    id: UUID
    name: str
    secret: str


def enrol_device(*, name: str, scope: Scope) -> NewDevice:
    """Make a tablet known; PINs count only there."""
    secret = new_secret(DEVICE_PREFIX, scope.organisation)
    device = put(
        Device(
            organisation=scope.organisation,
            id=new_id(scope.at),
            name=name,
            hash=sha256(secret),
            enrolled_by=scope.by,
            at=scope.at,
        )
    )
    audit.record(Event.DEVICE_ENROLLED, device)
    return NewDevice(device.id, name, secret)
