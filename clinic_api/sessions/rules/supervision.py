"""Who watched over a visit: stretches with a prescriber on site, and the gaps between them, printed as gaps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

#: Said of a stretch in which no prescriber was recorded as here.
NOBODY: Final = "nobody recorded as here"


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """A stretch of time with somebody on site; with nobody named it is a gap.

    Args:
        until: its end, UTC; None while it lasts.
        source: how it is known: presence is claimed, not sensed.
    """

    account: UUID | None
    since: datetime
    until: datetime | None
    source: str


def with_gaps(stretches: Sequence[Stretch], *, since: datetime, until: datetime) -> tuple[Stretch, ...]:
    """The stretches in order, with every moment between ``since`` and ``until`` that none of them covers.

    Args:
        since: when the patient came, UTC.
        until: when the patient left, UTC; or now.
    """
    found: list[Stretch] = []
    covered = since
    for stretch in sorted(stretches, key=lambda it: it.since):
        if stretch.since > covered:
            found.append(_gap(covered, stretch.since))
        found.append(stretch)
        covered = max(covered, until if stretch.until is None else stretch.until)
    if covered < until:
        found.append(_gap(covered, until))
    return tuple(found)


def _gap(since: datetime, until: datetime) -> Stretch:
    return Stretch(account=None, since=since, until=until, source=NOBODY)
