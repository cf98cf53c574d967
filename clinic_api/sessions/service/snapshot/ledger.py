"""Where every milligram of the visit is: one line for each draw."""

from collections.abc import Sequence

from clinic_api.inventory.queries import books, cases, containers
from clinic_api.inventory.queries.cases import WasteShown
from clinic_api.inventory.rules.moves import CaseBalance
from clinic_api.inventory.rules.waste import WasteState
from clinic_api.sessions import queries
from clinic_api.sessions.service.snapshot.scene import Json, Scene, moment


def ledger(scene: Scene) -> list[Json]:
    """One line for each draw: drawn is administered, wasted and returned."""
    said = [cases.shown(waste) for waste in queries.wastes_of(scene.infusion.id)]
    wastes = [waste for waste in said if waste.state is not WasteState.WITHDRAWN]
    return [_line(scene, balance, wastes) for balance in cases.case_balances(scene.infusion.id)]


def _line(scene: Scene, case: CaseBalance, wastes: Sequence[WasteShown]) -> Json:
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
        "residual_mg": None,  # nobody measured the line, and missing is not zero
        "wasted_mg": case.wasted.as_mg_text(),
        "returned_mg": case.returned.as_mg_text(),
        **_waste(scene, [it for it in wastes if it.container == case.case]),
    }


def _waste(scene: Scene, wastes: Sequence[WasteShown]) -> Json:
    """What was wasted, why, how and before whom, as it was written down; what still waits is under its bag."""
    waiting = [it for it in wastes if it.witness is None]
    seen = [it for it in wastes if it.witness is not None]
    return {
        "waste_reason": "; ".join(it.reason for it in wastes) or None,
        "waste_method": "; ".join(it.method for it in seen) or None,
        "held_under": next((it.bag for it in waiting if it.bag is not None), None),
        "witness": _witness(scene, seen[-1]) if seen else None,
    }


def _witness(scene: Scene, waste: WasteShown) -> Json:
    return {"person": scene.person(waste.witness), "at": moment(waste.witnessed_at)}
