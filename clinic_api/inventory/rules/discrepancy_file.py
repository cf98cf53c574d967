"""What a discrepancy's file says, piece by piece: frozen, so that a screen and a paper say the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from clinic_api.inventory.rules.adjusting import Direction
from clinic_api.inventory.rules.containment import Measure
from clinic_api.inventory.rules.discrepancies import Act, State
from clinic_api.inventory.rules.investigating import Cause, EvidenceKind
from clinic_api.inventory.rules.losses import Finding, NoticeKind, Weight
from clinic_api.quantities import Mass


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One act on the discrepancy, in its order."""

    number: int
    act: Act
    state: State
    owner: UUID | None
    by: UUID | None
    name: str | None
    at: datetime
    reason: str | None
    subject_table: str | None
    subject: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One piece of evidence."""

    id: UUID
    kind: EvidenceKind
    words: str
    sha256: str | None
    refers_to: UUID | None
    by: UUID
    name: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A container that was kept from use, and its release where it had one."""

    container: UUID
    measure: Measure
    by: UUID
    at: datetime
    released_by: UUID | None
    released_at: datetime | None
    release_reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """One of the law's clocks, counted from one of the two dates."""

    what: NoticeKind
    counted_from: str
    due_at: datetime
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """One factor as it was weighed."""

    factor: str
    weight: Weight
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Determined:
    """What a person determined: both dates stand side by side, with the warning that belongs to them."""

    id: UUID
    finding: Finding
    rationale: str
    factors: Sequence[Factor]
    factors_version: int
    variance_found_at: datetime
    loss_determined_at: datetime
    deadlines: Sequence[Due]
    warning: str
    signer: UUID
    printed_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What was sent, when and under which reference."""

    kind: NoticeKind
    reference: str
    channel: str
    sent_at: datetime
    by: UUID
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """The data of Form 106; what comes from the registration stands beside what was written, never mixed in."""

    version: int | None
    spec_version: int | None
    registrant: Mapping[str, str]
    answers: Mapping[str, Any]
    missing: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjusted:
    """A proposed adjustment, with its approval where it was given."""

    id: UUID
    container: UUID
    direction: Direction
    mass: Mass
    reason: str
    by: UUID
    at: datetime
    approver: UUID | None
    approved_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """How it was closed, by whom, and who had a part in what it was about."""

    cause: Cause
    words: str
    move: UUID | None
    profile: str
    replaced: str | None
    chain: Mapping[str, Sequence[str]]
    by: UUID
    printed_name: str
    at: datetime
    review: str | None
    reviewed_by: UUID | None
    reviewed_at: datetime | None
