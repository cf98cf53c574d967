"""The practice profile: which two-person controls a clinic of this size can keep, and what replaces them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final

from clinic_api.clinics.rules.content import Content, Origin

HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)


class WitnessRule(StrEnum):
    """Who may watch a remainder being wasted; never the person who wastes it."""

    SECOND_PERSON = "second_person"
    EACH_OTHER = "each_other"
    NAMED_EMPLOYEE = "named_employee"


class Deadline(StrEnum):
    """Until when a remainder may be held sealed before it is witnessed."""

    SAME_DAY = "same_day"
    NEXT_BUSINESS_DAY = "next_business_day"


class CheckMoment(StrEnum):
    """What makes a dose need a second check."""

    FIRST_DOSE = "first_dose"
    DOSE_CHANGE = "dose_change"
    OTHER_STRENGTH = "other_strength"
    STOCK_BAG = "stock_bag"
    INTRAMUSCULAR = "intramuscular"


class Checker(StrEnum):
    """Who makes the second check of a dose."""

    SECOND_PERSON = "second_person"
    SAME_PERSON_WITH_SCAN = "same_person_with_scan"


class CaseCloser(StrEnum):
    """Who may close a discrepancy case."""

    OUTSIDE_CUSTODY_CHAIN = "outside_custody_chain"
    REGISTRANT_NOT_COUNTER = "registrant_not_counter"
    REGISTRANT_WITH_OUTSIDE_REVIEW = "registrant_with_outside_review"


class Control(StrEnum):
    """A control that a small practice may have to replace, and then must print."""

    WASTE_WITNESS = "waste_witness"
    OPENING_COUNT = "opening_count"
    CLOSING_COUNT = "closing_count"
    DOSE_CHECK = "dose_check"
    RELEASE_AND_COSIGN = "release_and_cosign"
    CASE_CLOSING = "case_closing"
    ROLE_GRANT = "role_grant"


@dataclass(frozen=True)
class WasteControl:
    """How wasting is watched."""

    witness: WitnessRule
    witness_only_grant: bool
    deadline: Deadline
    held_sealed: bool


@dataclass(frozen=True)
class CountControl:
    """How many people count, and whether they see the expected amount first."""

    opening_persons: int
    closing_persons: int
    blind: bool
    second_person_weekly: bool


@dataclass(frozen=True)
class DoseCheckControl:
    """When a dose is checked a second time, and by whom."""

    moments: tuple[CheckMoment, ...]
    dose_change_percent: int
    checker: Checker
    prescriber_may_check: bool


@dataclass(frozen=True)
class CaseControl:
    """Who closes a discrepancy case, and within what time an outsider reviews it."""

    closer: CaseCloser
    outside_review: timedelta | None


@dataclass(frozen=True)
class GrantControl:
    """Who grants a role, resets a second factor or restores a backup."""

    persons: int
    alone_after: timedelta | None
    recovery_codes: bool
    notice_outside: bool


@dataclass(frozen=True)
class Profile:
    """What a practice of one size can keep of the two-person controls.

    Nothing here can relax what the law asks of two employees (destruction on site) or let a person
    witness their own act: there is no field for it.
    """

    key: str
    version: int
    title: str
    clinical_persons: int
    waste: WasteControl
    counts: CountControl
    dose_check: DoseCheckControl
    release_and_cosign_persons: int
    cases: CaseControl
    grants: GrantControl
    custody_persons: int
    order_attached_within: timedelta
    replaced: Mapping[Control, str]
    origin: Origin

    @property
    def same_person_may_cosign(self) -> bool:
        """Whether one practitioner may order, give and review; the packet then says so."""
        return self.release_and_cosign_persons == 1


def read_profile(content: Mapping[str, Any]) -> Profile:
    """A practice profile from its data.

    Args:
        content: as in ``config/profiles/*.toml``.

    Raises:
        MalformedContent: a field is missing, unknown or wrong, or a control that the profile
            replaces has no sentence to print in its place.
    """
    whole = Content(content)
    whole.only(
        *("key", "version", "title", "source", "status", "clinical_persons", "waste", "counts", "dose_check"),
        *("release_and_cosign", "cases", "grants", "custody", "incidents", "replaced"),
    )
    profile = Profile(
        key=whole.text("key"),
        version=whole.whole("version", least=1),
        title=whole.text("title"),
        clinical_persons=whole.whole("clinical_persons", least=1),
        waste=_waste(whole.table("waste", "witness", "witness_only_grant", "deadline", "held_sealed")),
        counts=_counts(whole),
        dose_check=_dose_check(whole),
        release_and_cosign_persons=_persons(whole.table("release_and_cosign", "persons"), "persons"),
        cases=_cases(whole.table("cases", "closer", "outside_review_days")),
        grants=_grants(whole),
        custody_persons=_persons(whole.table("custody", "receive_and_export_persons"), "receive_and_export_persons"),
        order_attached_within=whole.table("incidents", "order_attached_hours").span("order_attached_hours", HOUR),
        replaced=_replaced(whole),
        origin=whole.origin(),
    )
    _check_printed(whole, profile)
    return profile


def _persons(table: Content, name: str) -> int:
    table.origin()
    return table.whole(name, least=1, most=2)


def _waste(table: Content) -> WasteControl:
    table.origin()
    return WasteControl(
        witness=table.choice("witness", WitnessRule),
        witness_only_grant=table.flag("witness_only_grant"),
        deadline=table.choice("deadline", Deadline),
        held_sealed=table.flag("held_sealed"),
    )


def _counts(whole: Content) -> CountControl:
    table = whole.table("counts", "opening_persons", "closing_persons", "blind", "second_person_weekly")
    return CountControl(
        opening_persons=_persons(table, "opening_persons"),
        closing_persons=_persons(table, "closing_persons"),
        blind=table.flag("blind"),
        second_person_weekly=table.flag("second_person_weekly"),
    )


def _dose_check(whole: Content) -> DoseCheckControl:
    table = whole.table("dose_check", "moments", "dose_change_percent", "checker", "prescriber_may_check")
    table.origin()
    return DoseCheckControl(
        moments=table.choices("moments", CheckMoment),
        dose_change_percent=table.whole("dose_change_percent", least=1),
        checker=table.choice("checker", Checker),
        prescriber_may_check=table.flag("prescriber_may_check"),
    )


def _cases(table: Content) -> CaseControl:
    table.origin()
    closer = table.choice("closer", CaseCloser)
    review = table.span("outside_review_days", DAY, least=1) if table.has("outside_review_days") else None
    if closer is CaseCloser.REGISTRANT_WITH_OUTSIDE_REVIEW and review is None:
        raise table.refusal("outside_review_days", "is missing")
    return CaseControl(closer=closer, outside_review=review)


def _grants(whole: Content) -> GrantControl:
    table = whole.table("grants", "persons", "alone_after_hours", "recovery_codes", "notice_outside")
    return GrantControl(
        persons=_persons(table, "persons"),
        alone_after=table.span("alone_after_hours", HOUR, least=1) if table.has("alone_after_hours") else None,
        recovery_codes=table.flag("recovery_codes"),
        notice_outside=table.flag("notice_outside"),
    )


def _replaced(whole: Content) -> Mapping[Control, str]:
    rows = whole.rows("replaced", "control", "printed")
    return {row.choice("control", Control): row.text("printed") for row in rows}


def _check_printed(whole: Content, profile: Profile) -> None:
    """Refuse a profile that drops a control in silence, or prints the loss of one that it keeps."""
    differs = {
        Control.WASTE_WITNESS: profile.waste.witness is WitnessRule.NAMED_EMPLOYEE,
        Control.OPENING_COUNT: profile.counts.opening_persons == 1,
        Control.CLOSING_COUNT: profile.counts.closing_persons == 1,
        Control.DOSE_CHECK: profile.dose_check.checker is Checker.SAME_PERSON_WITH_SCAN,
        Control.RELEASE_AND_COSIGN: profile.same_person_may_cosign,
        Control.CASE_CLOSING: profile.cases.closer is not CaseCloser.OUTSIDE_CUSTODY_CHAIN,
        Control.ROLE_GRANT: profile.grants.persons == 1 or profile.grants.alone_after is not None,
    }
    for control, replaced in differs.items():
        if replaced and control not in profile.replaced:
            raise whole.refusal("replaced", f"has no sentence to print for {control}")
        if not replaced and control in profile.replaced:
            raise whole.refusal("replaced", f"prints a sentence for {control}, which this profile keeps")
