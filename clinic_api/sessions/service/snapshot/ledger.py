"""Where every milligram of the visit is: one line for each draw."""

from clinic_api.inventory.queries import books, cases, containers
from clinic_api.inventory.rules.books import LedgerLine
from clinic_api.inventory.rules.moves import CaseBalance, Kind
from clinic_api.quantities import NOTHING, Mass
from clinic_api.sessions.service.snapshot.scene import Json, Scene, moment


def ledger(scene: Scene) -> list[Json]:
    """One line for each draw: drawn is administered, wasted and returned."""
    return [_line(scene, balance) for balance in cases.case_balances(scene.infusion.id)]


def _line(scene: Scene, case: CaseBalance) -> Json:
    syringe, moves = containers.shown(case.case), books.moves_of(case.case)
    vial = None if syringe.parent is None else containers.shown(syringe.parent)
    label = case.container_label if vial is None else f"vial {vial.label}, syringe {case.container_label}"
    drawn = [move for move in moves if move.target == case.container_label]
    return {
        "container": label,
        "product": syringe.product_name,
        "ndc": syringe.ndc,
        "lot": syringe.lot,
        "expires": syringe.expiry.isoformat(),
        "use_by": None if vial is None else moment(vial.use_by),
        "drawn_mg": case.drawn.as_mg_text(),
        "drawn_ml": next((move.volume.as_ml_text() for move in drawn if move.volume is not None), None),
        "administered_mg": case.administered.as_mg_text(),
        "residual_mg": NOTHING.as_mg_text(),
        "wasted_mg": case.wasted.as_mg_text(),
        "returned_mg": case.returned.as_mg_text(),
        **_waste(scene, case, wastes=[move for move in moves if move.kind is Kind.WASTED]),
    }


def _waste(scene: Scene, case: CaseBalance, *, wastes: list[LedgerLine]) -> Json:
    """What was wasted and who watched; what still waits is said with its bag."""
    waiting = [it for it in cases.open_wastes(scene.infusion.id) if it.container == case.case]
    witnessed = next((it for it in reversed(wastes) if it.witness is not None), None)
    return {
        "waste_reason": _reason(wastes, waiting=Mass.total(it.mass for it in waiting)),
        "waste_method": None,
        "held_under": next((it.bag for it in waiting if it.bag is not None), None),
        "witness": None
        if witnessed is None
        else {"person": scene.person(witnessed.witness), "at": moment(witnessed.recorded_at)},
    }


def _reason(wastes: list[LedgerLine], *, waiting: Mass) -> str | None:
    if waiting > NOTHING:
        return f"{waiting} waits for a witness"
    return "remainder of the dose" if wastes else None
