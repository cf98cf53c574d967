"""Who signed for another's act says that it was not so: the ledger stays as it is, and a discrepancy is opened."""

from collections.abc import Sequence
from uuid import UUID

from clinic_api.audit import service as audit
from clinic_api.database.rows import Row, put
from clinic_api.database.scope import Scope
from clinic_api.inventory.models.disputes import Dispute
from clinic_api.inventory.queries import cases, containers, corrections, discrepancies, disputes, removals
from clinic_api.inventory.queries.cases import WasteShown
from clinic_api.inventory.queries.corrections import CorrectionShown
from clinic_api.inventory.queries.removals import RemovalShown
from clinic_api.inventory.rules.discrepancies import NewDiscrepancy, Origin
from clinic_api.inventory.rules.disputes import check_dispute
from clinic_api.inventory.rules.moves import Event
from clinic_api.inventory.rules.removals import RemovalState
from clinic_api.inventory.service.discrepancies import open_discrepancy
from clinic_api.signatures import queries as signed
from clinic_api.signatures import service as signatures
from clinic_api.signatures.rules import Meaning


def dispute_waste(waste_id: UUID, words: str, *, scope: Scope) -> WasteShown:
    """The witness of a waste says that it was not as they signed.

    Raises:
        NoSuchWaste: not here.
        NothingSignedYet, NotTheSecondSigner, DisputedBefore: see ``rules.disputes``.
    """
    waste = cases.waste(waste_id)
    _dispute(waste, [waste.container], words, posted=cases.posting(waste.id) is not None, scope=scope)
    return cases.shown(waste.id)


def dispute_removal(removal_id: UUID, words: str, *, scope: Scope) -> RemovalShown:
    """Who signed a removal for another says that it was not so.

    Raises:
        NoSuchRemoval: not here.
        NothingSignedYet, NotTheSecondSigner, DisputedBefore: see ``rules.disputes``.
    """
    removal = removals.removal(removal_id)
    posted = removals.state(removal.id) in {RemovalState.POSTED, RemovalState.ACKNOWLEDGED}
    _dispute(removal, [each.container for each in removals.lines(removal.id)], words, posted=posted, scope=scope)
    return removals.shown(removal.id)


def dispute_correction(correction_id: UUID, words: str, *, scope: Scope) -> CorrectionShown:
    """The second person at a correction says that it was not as they signed.

    Raises:
        NoSuchCorrection: not here.
        NothingSignedYet, NotTheSecondSigner, DisputedBefore: see ``rules.disputes``.
    """
    correction = corrections.correction(correction_id)
    move = corrections.move(correction.move)
    concerned = [end for end in (move.from_container, move.to_container) if end is not None]
    _dispute(correction, concerned, words, posted=corrections.posting(correction.id) is not None, scope=scope)
    return corrections.shown(correction.id)


def _dispute(subject: Row, concerned: Sequence[UUID], words: str, *, posted: bool, scope: Scope) -> None:
    """Write it down with their own signature, and open its discrepancy; whether they are here does not matter."""
    theirs = [e for e in signed.attestations_of(subject.id) if e.challenge is not None and e.signer == scope.by]
    check_dispute(posted=posted, signed=bool(theirs), disputed=any(disputes.disputed(each.id) for each in theirs))
    attestation = theirs[0]
    assert attestation.asked_by is not None  # noqa: S101  (it answered a challenge)
    dispute = put(
        Dispute(
            organisation=scope.organisation,
            id=attestation.id,
            author=attestation.asked_by,
            by=scope.by,
            subject_table=subject.__tablename__,
            subject=subject.id,
            sealed=discrepancies.sealed(words, Dispute.__tablename__, attestation.id),
            at=scope.at,
        )
    )
    said = signatures.sign(dispute, Meaning.DISPUTED, scope=scope)
    audit.record(Event.SIGNATURE_DISPUTED, dispute, attestation=said.id)
    new = NewDiscrepancy(
        origin=Origin.DISPUTE,
        site=containers.container(concerned[0]).site,
        found_at=scope.at,
        containers=tuple(concerned),
        subject_table=dispute.__tablename__,
        subject=dispute.id,
    )
    open_discrepancy(new, scope=scope)
