"""The law's numbers for receiving, and which version of it says them."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from clinic_api.clinics import queries as clinics
from clinic_api.inventory.rules.filling import read_filled_within
from clinic_api.inventory.rules.kits import read_administer_within

#: Whose law these numbers are read from; a state's own, where stricter, is not looked at yet.
FEDERAL: Final = "us-federal"


def filled_within() -> timedelta:
    """How long after its signature a schedule II order may be filled."""
    return read_filled_within(clinics.policy("jurisdiction", FEDERAL).content)


def administer_within() -> tuple[UUID, timedelta]:
    """How long after its receipt a patient-specific kit may be given, and which version of the law says so."""
    policy = clinics.policy("jurisdiction", FEDERAL)
    return policy.id, read_administer_within(policy.content)
