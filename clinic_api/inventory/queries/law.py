"""What the law asks of stock at a site on a day, and which rules say so; this floor asks for it here alone."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from clinic_api.clinics import queries as clinics
from clinic_api.clinics.rules.law import Question
from clinic_api.inventory.rules.filling import read_filled_within
from clinic_api.inventory.rules.kits import read_administer_within
from clinic_api.inventory.rules.losses import LossRule, loss_rule
from clinic_api.inventory.rules.statute import Estimable, Interval, estimable, interval

#: Whose law these numbers are read from; a state's own, where stricter, is not looked at yet.
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


def filled_within() -> timedelta:
    """How long after its signature a schedule II order may be filled."""
    return read_filled_within(clinics.policy("jurisdiction", FEDERAL).content)


def administer_within() -> tuple[UUID, timedelta]:
    """How long after its receipt a patient-specific kit may be given, and which version of the law says so."""
    policy = clinics.policy("jurisdiction", FEDERAL)
    return policy.id, read_administer_within(policy.content)
