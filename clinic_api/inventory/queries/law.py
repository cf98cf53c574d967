"""What the law asks of stock at a site on a day, and which rules say so; this floor asks for it here alone."""

from datetime import date, timedelta
from typing import Final
from uuid import UUID

from clinic_api.clinics import queries as clinics
from clinic_api.clinics.rules.jurisdictions import number
from clinic_api.clinics.rules.law import Answer, Question
from clinic_api.inventory.rules.losses import LossRule, loss_rule
from clinic_api.inventory.rules.statute import Estimable, Interval, estimable, interval
from clinic_api.inventory.rules.transfers import Limits, read_warn_percent

#: Whose policy keeps what this product does where the law asks less.
FEDERAL: Final = "us-federal"


def inventory_interval(site: UUID) -> Interval:
    """How often a full inventory is due at a site, as the law reads there today.

    Raises:
        NoCadence: no jurisdiction says.
    """
    (said,) = clinics.law(site, about=[Question.INVENTORY_EVERY])
    return interval(said)


def what_may_be_estimated(site: UUID) -> Estimable:
    """The schedules of which an opened container may be estimated at a site today."""
    exact, listed = clinics.law(site, about=[Question.EXACT_COUNT_REQUIRED, Question.ESTIMATE_SCHEDULES])
    return estimable(exact, listed)


def loss_clocks(site: UUID) -> LossRule:
    """The law's two clocks for a theft or loss that is determined at a site today.

    Raises:
        NoLossRule: no jurisdiction says.
    """
    notice, form = clinics.law(site, about=[Question.LOSS_NOTICE_BUSINESS_DAYS, Question.LOSS_FORM_DAYS])
    return loss_rule(notice, form, state=clinics.site(site).state)


def filled_within(registration: UUID, *, signed_on: date) -> timedelta:
    """How long after its signature a registration's schedule II order may be filled, by the law of that day.

    Raises:
        NobodySays: no jurisdiction does.
    """
    said = _about(Question.STOCK_ORDER_DAYS, clinics.registration(registration).site, on=signed_on)
    return timedelta(days=number(said))


def administer_within(site: UUID, *, received_on: date) -> tuple[UUID, timedelta]:
    """How long after its receipt a patient-specific kit may be given, by the law of that day.

    Returns:
        The policy version that decides, of several that agree the first by name, and the days.

    Raises:
        NobodySays: no jurisdiction does.
    """
    said = _about(Question.PATIENT_SPECIFIC_DAYS, site, on=received_on)
    days = number(said)
    return clinics.policy("jurisdiction", said.won[0].jurisdiction).id, timedelta(days=days)


def transfer_limits(registration: UUID) -> Limits:
    """How much of a year's drug a registration may transfer, as the law reads today, and where a person is warned.

    Raises:
        NobodySays: no jurisdiction does.
        MalformedContent: the federal policy keeps no percentage to warn at.
    """
    said = _about(Question.TRANSFER_SHARE_PERCENT, clinics.registration(registration).site)
    warn = read_warn_percent(clinics.policy("jurisdiction", FEDERAL).content)
    return Limits(warn_percent=warn, stop_percent=number(said), rule=said.rule)


def _about(question: Question, site: UUID, *, on: date | None = None) -> Answer:
    (said,) = clinics.law(site, on=on, about=[question])
    return said
