"""Signing a count: by the one who counted first, and by the second where two counted."""

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from clinic_api.accounts import queries as people
from clinic_api.audit import service as audit
from clinic_api.clinics import service as standing
from clinic_api.database.rows import put
from clinic_api.database.scope import Scope
from clinic_api.identifiers import new_id
from clinic_api.inventory.models.counts import CountSheet, CountSignature
from clinic_api.inventory.queries import counts, parts, storage
from clinic_api.inventory.queries.counts import CountShown
from clinic_api.inventory.rules.moves import Event
from clinic_api.inventory.rules.sheets import check_counter, check_second, check_sign
from clinic_api.inventory.service import weekly
from clinic_api.signatures import service as signatures
from clinic_api.signatures.rules import Meaning

if TYPE_CHECKING:
    from clinic_api.signatures.models import Attestation, Challenge


@dataclass(frozen=True, slots=True)
class Signed:
    """A count with its first signature, and what a second person is asked to sign, where one is needed."""

    count: CountShown
    challenge: "Challenge | None"


def sign_count(count_id: UUID, *, scope: Scope) -> Signed:
    """The one who counted first signs what counts; where two counted, the second is asked to sign it too.

    Raises:
        NoSuchCount: not here.
        NothingEnteredYet, NotTheCounter, SignedBefore: see ``rules.sheets``.
    """
    count, sheet = counts.hold(count_id), counts.sheet(count_id)
    check_sign(counts.state(count), counted_by=None if sheet is None else sheet.counted_by, by=scope.by)
    assert sheet is not None  # noqa: S101  (a count without a sheet is not signed)
    signed = put(_signature(sheet, signatures.sign(sheet, Meaning.COUNTED, scope=scope), place=1, scope=scope))
    audit.record(Event.COUNT_SIGNED, signed)
    weekly.after(count, scope=scope)
    asked = signatures.challenge(sheet, Meaning.COUNTED, scope=scope) if count.persons > 1 else None
    return Signed(counts.shown(count.id), asked)


def second_count(count_id: UUID, attestation: "Attestation", *, scope: Scope) -> CountShown:
    """The second who counted has signed exactly these entries.

    Args:
        attestation: their signature, just given with their own PIN.

    Raises:
        NoSuchCount: not here.
        NotSignedYet, SignedBefore, SecondIsTheSamePerson, NotTheSecondCounter, MayNotCount: see ``rules.sheets``.
        NotAsAttested: the signature is about something else.
        NotHereToday: the second person is not checked in at the site.
    """
    count, sheet = counts.hold(count_id), counts.sheet(count_id)
    check_second(counts.state(count), counters=parts.counters(count.id), second=attestation.signer)
    assert sheet is not None  # noqa: S101  (a count without a sheet is not signed)
    signatures.check_attests(attestation, sheet, Meaning.COUNTED)
    check_counter(attestation.printed_name, people.roles_of(attestation.signer))
    site = storage.location(count.location).site
    standing.check_here_today(attestation.signer, site=site, scope=scope)
    audit.record(Event.COUNT_SECONDED, put(_signature(sheet, attestation, place=2, scope=scope)))
    weekly.after(count, scope=scope)
    return counts.shown(count.id)


def _signature(sheet: CountSheet, given: "Attestation", *, place: int, scope: Scope) -> CountSignature:
    return CountSignature(
        organisation=scope.organisation,
        id=new_id(scope.at),
        count=sheet.id,
        place=place,
        signer=given.signer,
        attestation=given.id,
        at=scope.at,
    )
