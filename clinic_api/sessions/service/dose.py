"""Today's dose: worked out from today's weight, drawn from a named container, looked at a second time."""

from fractions import Fraction
from typing import TYPE_CHECKING
from uuid import UUID

from clinic_api.database.scope import Scope
from clinic_api.dosing import queries as doses
from clinic_api.dosing.rules.intake import AskedTake, DrawUp, NothingPrepared, Substitute, WorkOut
from clinic_api.dosing.service import preparing as dosing
from clinic_api.dosing.service import substituting
from clinic_api.inventory.queries import containers
from clinic_api.orders import queries as orders
from clinic_api.orders.rules.weights import FormulaSex
from clinic_api.quantities import Concentration, decimal_text
from clinic_api.sessions import queries
from clinic_api.sessions.models import InfusionSession
from clinic_api.sessions.rules.answers import Fact
from clinic_api.sessions.rules.asked import DoseSeen, OtherLabel, Working
from clinic_api.sessions.rules.dose_check import DoseLook, check_checker, differences
from clinic_api.sessions.rules.incident import NotWeighed
from clinic_api.sessions.rules.times import Happened
from clinic_api.sessions.service.answers import begin_screening, opened, tell
from clinic_api.sessions.service.moves import touched
from clinic_api.sessions.service.orders import order_now, prescriber_of
from clinic_api.sessions.service.pinned import profile_of, protocol_of

if TYPE_CHECKING:
    from clinic_api.dosing.models import DoseWorkingRow, Preparation, Substitution


def work_out(visit: UUID, asked: Working, *, scope: Scope) -> "DoseWorkingRow":
    """Work today's dose out from the order in force and the weight told today.

    Raises:
        NotWeighed: no weight was told for this visit.
        GatesUnmet: no order is in force.
        SubstitutionNeeded, StrengthMayNotStandIn, …: it was worked out for another strength before.
        DoseTooHigh, WeightCannotBe, NeedsDiluent, ReasonMissing, …: see ``dosing.service.preparing``.
    """
    infusion = opened(visit)
    told = queries.told(visit)
    weight, sex = told.weight(), told.value(Fact.FORMULA_SEX)
    if weight is None:
        raise NotWeighed
    begin_screening(infusion, scope=scope)
    working = dosing.work_out_dose(
        WorkOut(
            visit=visit,
            order=order_now(infusion, at=scope.at).id,
            weight=weight,
            label=_label(asked.label),
            diluent=asked.diluent,
            height_mm=told.value(Fact.HEIGHT),
            formula_sex=None if sex is None else FormulaSex(sex),
            chosen=asked.chosen,
            reasons=asked.reasons,
        ),
        protocol=protocol_of(infusion),
        alone=profile_of(infusion).same_person_may_cosign,
        scope=scope,
    )
    touched(infusion)
    return working


def substitute(visit: UUID, asked: OtherLabel, *, scope: Scope) -> "Substitution":
    """Authorise another strength in the place of the one that the dose was worked out for.

    Raises:
        NotWorkedOut, AlreadyPrepared, StrengthMayNotStandIn, MayNotAuthorise, …: see ``dosing.service.substituting``.
    """
    infusion = touched(opened(visit))
    other = Substitute(visit=visit, strength=_label(asked.label), reason=asked.reason, policy=infusion.protocol)
    return substituting.authorise(other, protocol=protocol_of(infusion), scope=scope)


def draw(visit: UUID, takes: tuple[AskedTake, ...], *, scope: Scope) -> "Preparation":
    """Draw the worked-out dose from one or more named containers and make it up.

    Raises:
        NotWorkedOut, AlreadyPrepared, OtherVolume, OtherStrength, NotEnoughLeft, …: see ``dosing.service.preparing``.
    """
    touched(opened(visit))
    return dosing.draw_and_prepare(DrawUp(visit=visit, takes=takes), scope=scope)


def check_dose(visit: UUID, seen: DoseSeen, *, scope: Scope) -> InfusionSession:
    """A second look at what lies there; what differs is kept, and the dose is not started on it.

    Raises:
        NothingPrepared: there is nothing to look at.
        CheckerPreparedIt, CheckerOrderedIt: the practice asks for another pair of eyes.
    """
    infusion, preparation = opened(visit), doses.preparation_of(visit)
    if preparation is None:
        raise NothingPrepared
    working = doses.working(preparation.working)
    ordered_by = prescriber_of(orders.order(working.series_order))
    control = profile_of(infusion).dose_check
    check_checker(scope.by, prepared_by=preparation.made_by, ordered_by=ordered_by, control=control)
    expected = _expected(working, preparation)
    found = differences(seen.look, expected=expected, wristband_matches=seen.wristband_matches)
    tell(infusion, [(Fact.DOSE_CHECK, _told(seen, found))], Happened(scope.at), scope=scope)
    return infusion


def _label(asked: Concentration | UUID) -> Concentration:
    """The strength that was read off the container, or the exact one of a container that was made up here."""
    if isinstance(asked, UUID):
        return Concentration(containers.container(asked).concentration)
    return asked


def _expected(working: "DoseWorkingRow", preparation: "Preparation") -> DoseLook:
    infused = working.pump_ml_per_h is not None
    return DoseLook(
        mg_per_ml=working.label,
        drawn=preparation.drawn_volume,
        ml_per_h=working.pump_ml_per_h,
        to_infuse=preparation.final_volume if infused else None,
    )


def _told(seen: DoseSeen, differs: tuple[str, ...]) -> dict[str, object]:
    look = seen.look
    return {
        "wristband_matches": seen.wristband_matches,
        "mg_per_ml": decimal_text(look.mg_per_ml),
        "drawn_ml": look.drawn.as_ml_text(),
        "ml_per_h": _text(look.ml_per_h),
        "to_infuse_ml": None if look.to_infuse is None else look.to_infuse.as_ml_text(),
        "differs": list(differs),
    }


def _text(exact: Fraction | None) -> str | None:
    return None if exact is None else decimal_text(exact)
