"""What stands on a label of ours: a container, what is in it, for whom, and until when."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from clinic_api.reports.records.people import Patient

MOST_INITIALS = 3


class LabelKind(StrEnum):
    """What a label is for; the word that stands largest on it."""

    KEPT = "IN STOCK"
    OPENED = "OPENED"
    PREPARED = "PREPARED"
    SYRINGE = "SYRINGE"
    QUARANTINE = "QUARANTINE"

    @property
    def when(self) -> str:
        """What happened at the label's time."""
        return _WHEN[self]


_WHEN = {
    LabelKind.KEPT: "Received",
    LabelKind.OPENED: "Opened",
    LabelKind.PREPARED: "Made",
    LabelKind.SYRINGE: "Made",
    LabelKind.QUARANTINE: "Set apart",
}


@dataclass(frozen=True, kw_only=True)
class ContainerLabel:
    """One label.

    Args:
        number: the container's own, as people say it.
        content: milligrams by its label or its preparation, never what is left; ``strength`` and ``volume`` likewise.
        volume: millilitres; None for a device, which is counted.
        lots: each lot in it with its last day; more than one where it was drawn from several.
        patient: whose it is; None for stock.
        at: when it was received, opened, made or set apart, UTC.
        use_by: the last moment of use, UTC; None where none is set.
        initials: of who did that.
        reason: why it is set apart.
        zone: the site's, by which times are printed.
        code: what the barcode holds.
    """

    kind: LabelKind
    number: str
    drug: str
    content: str
    strength: str
    volume: str | None
    lots: tuple[tuple[str, date], ...]
    patient: Patient | None
    at: datetime
    use_by: datetime | None
    initials: str
    reason: str | None
    zone: str
    code: str


def initials_of(name: str) -> str:
    """The first letters of the words of a name."""
    return "".join(word[0] for word in name.split() if word[0].isalnum())[:MOST_INITIALS].upper()
