"""Gathering what exports and labels say, and finding produced files."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from clinic_api.accounts import queries as people
from clinic_api.audit import queries as log
from clinic_api.audit import service as audit
from clinic_api.clinics import queries as clinics
from clinic_api.database.rows import db
from clinic_api.dosing import queries as doses
from clinic_api.errors import NotFound
from clinic_api.inventory.queries import books, containers, finding, lineage, reconciling, storage
from clinic_api.inventory.rules.books import Accountability, Flow, PhysicalCount, field_of
from clinic_api.inventory.rules.books import LedgerLine as Move
from clinic_api.inventory.rules.moves import Kind
from clinic_api.inventory.rules.products import ContainerKind
from clinic_api.inventory.rules.scanning import code_of
from clinic_api.patients.queries import patients, visits
from clinic_api.quantities import Concentration, Volume
from clinic_api.reports.models import ProducedFile
from clinic_api.reports.records.label import ContainerLabel, LabelKind, initials_of
from clinic_api.reports.records.ledger import ClosingLine, CountLine, FlowLine, LedgerLine, withheld
from clinic_api.reports.records.people import Patient


class NoSuchFile(NotFound):
    """There is no such file here."""


def produced_file(id: UUID) -> ProducedFile:
    """A produced file.

    Raises:
        NoSuchFile: not in this organisation.
    """
    row = db.session.execute(sa.select(ProducedFile).where(ProducedFile.id == id)).scalar_one_or_none()
    if row is None:
        raise NoSuchFile
    return row


def ledger(registration: UUID, *, since: datetime, until: datetime) -> list[LedgerLine]:
    """Every move of the period with the people and patients it names."""
    moves = list(books.ledger_lines(registration, since=since, until=until))
    names = people.names([id for move in moves for id in (move.by, move.witness) if id is not None])
    return [_line(move, names) for move in moves]


def closing(registration: UUID, *, since: datetime, until: datetime) -> Sequence[ClosingLine]:
    """The accountability lines of the period, one per product."""
    return [_closing(line) for line in reconciling.reconcile(registration, since=since, until=until)]


def audit_objects(*, since: datetime, until: datetime) -> Iterator[dict[str, Any]]:
    """The sealed log in its order: the very bytes that were hashed, with salt, leaf and place."""
    for entry, seal in log.sealed_entries():
        if since <= entry.at < until:
            yield {
                "type": "entry",
                "log_index": seal.log_index,
                "canonical": entry.canonical.decode(),
                "salt": entry.salt.hex(),
                "leaf": seal.leaf.hex(),
            }


def container_label(id: UUID) -> ContainerLabel:
    """The label of a container: set apart before opened, opened before received.

    It says what the container held when it was filled, never what is left, so it tells nothing during a count.

    Raises:
        NoSuchContainer: not here.
    """
    container = containers.container(id)
    product = storage.product(container.product)
    kind, at, by, reason = _happened(id)
    until = finding.opening(id) or lineage.preparation(id)
    strength, volume = _filled(id)
    return ContainerLabel(
        kind=kind,
        number=container.label,
        drug=product.drug,
        content=container.content.as_mg_text(),
        strength=strength,
        volume=volume,
        lots=_lots(container.id) or ((container.lot, container.expiry),),
        patient=None if container.visit is None else _patient(container.visit),
        at=at,
        use_by=None if until is None else until.use_by,
        initials=initials_of(people.account(by).name),
        reason=reason,
        zone=clinics.site(container.site).zone,
        code=code_of(id),
    )


def _line(move: Move, names: dict[UUID, str]) -> LedgerLine:
    identity = None if move.identity_version is None else patients.identity_version(move.identity_version)
    if move.patient is not None:
        audit.shows(move.patient)
    return LedgerLine(
        move=str(move.id),
        kind=str(move.kind),
        occurred_at=move.occurred_at,
        recorded_at=move.recorded_at,
        late_reason=move.late_reason,
        registration=move.dea_number,
        ndc=move.ndc,
        product=move.product_name,
        strength=str(move.concentration),
        lot=move.lot,
        expires_on=move.expiry,
        source=move.source,
        target=move.target,
        case=move.case,
        mass=move.mass,
        volume=move.volume,
        source_balance=move.source_balance,
        target_balance=move.target_balance,
        patient_name=None if identity is None else identity.name,
        patient_address=None if identity is None else identity.address,
        by="" if move.by is None else names[move.by],
        witness=None if move.witness is None else names[move.witness],
        reverses=None if move.reverses is None else str(move.reverses),
        removal=None if move.removal is None else str(move.removal),
        incident=None if move.incident is None else str(move.incident),
        reason=move.reason,
        disputed_at=move.disputed_at,
        note=withheld(move.counted),
        serial=move.serial,
    )


def _closing(line: Accountability) -> ClosingLine:
    if line.counted:
        return _blind(line)
    return ClosingLine(
        registration=line.dea_number,
        ndc=line.ndc,
        product=line.product_name,
        opening=_count(line.opening),
        between=_flow(line.between),
        closing=_count(line.closing),
        accountable_for=line.accountable_for,
        accounted_for=line.accounted_for,
        variance_ug=line.variance_ug,
        ever=_flow(line.ever),
        on_hand=line.on_hand,
        difference_ug=line.difference_ug,
    )


def _blind(line: Accountability) -> ClosingLine:
    """A product that is being counted: that it is there and that its book closes, and nothing that tells how much."""
    return ClosingLine(
        registration=line.dea_number,
        ndc=line.ndc,
        product=line.product_name,
        opening=None,
        between=None,
        closing=None,
        accountable_for=None,
        accounted_for=None,
        variance_ug=None,
        ever=None,
        on_hand=None,
        difference_ug=line.difference_ug,
        note=withheld(line.counted),
    )


def _flow(flow: Flow) -> FlowLine:
    return FlowLine(amounts={field_of(kind): flow.of(kind) for kind in Kind if kind is not Kind.DRAWN})


def _count(count: PhysicalCount | None) -> CountLine | None:
    return (
        None
        if count is None
        else CountLine(at=count.at, found=count.found, book=count.book, resolution=count.resolution)
    )


def _happened(id: UUID) -> tuple[LabelKind, datetime, UUID, str | None]:
    container = containers.container(id)
    if (apart := finding.setting_apart(id)) is not None:
        return LabelKind.QUARANTINE, apart.at, apart.by, apart.reason
    if (opened := finding.opening(id)) is not None:
        return LabelKind.OPENED, opened.at, opened.by, None
    if lineage.preparation(id) is not None:
        kind = LabelKind.PREPARED
    else:
        kind = LabelKind.SYRINGE if container.kind is ContainerKind.SYRINGE else LabelKind.KEPT
    return kind, container.made_at, container.made_by, None


def _lots(id: UUID) -> tuple[tuple[str, date], ...]:
    """Each lot of what was drawn, with its last day."""
    return tuple(dict.fromkeys((each.lot, each.expiry) for each in lineage.origins([id]).get(id, ())))


def _filled(id: UUID) -> tuple[str, str | None]:
    """Strength and volume as the container was filled; of a syringe that was made up, after dilution."""
    container = containers.container(id)
    made = None if container.visit is None else doses.preparation_of(container.visit)
    if made is not None and made.syringe == id:
        return _said(Concentration(made.final), made.final_volume)
    if container.kind is ContainerKind.DEVICE:
        return Concentration(container.concentration).as_text(), None
    return _said(Concentration(container.concentration), container.volume)


def _said(strength: Concentration, volume: Volume) -> tuple[str, str]:
    return str(strength).removesuffix(f" {strength.unit}"), volume.as_ml_text()


def _patient(visit: UUID) -> Patient:
    identity = patients.identity(visits.visit(visit).patient)
    return Patient(name=identity.name, born_on=identity.date_of_birth, mrn=identity.mrn)
