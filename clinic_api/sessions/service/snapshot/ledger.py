"""Where every milligram of the visit is: one line for each draw."""

from collections.abc import Iterable, Sequence

from clinic_api.inventory.queries import books, cases, containers, finding
from clinic_api.inventory.queries.cases import WasteShown
from clinic_api.inventory.queries.containers import Shown
from clinic_api.inventory.rules.books import LedgerLine
from clinic_api.inventory.rules.moves import CaseBalance
from clinic_api.inventory.rules.waste import WasteState
from clinic_api.quantities import Volume
from clinic_api.sessions import queries
from clinic_api.sessions.service.snapshot.scene import Json, Scene, moment


def ledger(scene: Scene) -> list[Json]:
    """One line for each draw: drawn is administered, wasted and returned."""
    said = [cases.shown(waste) for waste in queries.wastes_of(scene.infusion.id)]
    wastes = [waste for waste in said if waste.state is not WasteState.WITHDRAWN]
    return [_line(scene, balance, wastes) for balance in cases.case_balances(scene.infusion.id)]


def _line(scene: Scene, case: CaseBalance, wastes: Sequence[WasteShown]) -> Json:
    syringe, moves = containers.shown(case.case), books.moves_of(case.case)
    drawn = [move for move in moves if move.target == case.container_label and move.reverses is None]
    sources = [finding.numbered(label) for label in dict.fromkeys(move.source for move in drawn)]
    until = [each.use_by for each in sources if each.use_by is not None]
    return {
        "container": ", ".join([*map(_named, sources), f"syringe {case.container_label}"]),
        "product": syringe.product_name,
        "ndc": syringe.ndc,
        "lot": _each(each.lot for each in syringe.sources),
        "expires": _each(each.expiry.isoformat() for each in syringe.sources),
        "use_by": moment(min(until)) if until else None,
        "drawn_mg": case.drawn.as_mg_text(),
        "drawn_ml": _volume(scene, case, drawn),
        "administered_mg": case.administered.as_mg_text(),
        "residual_mg": None,  # nobody measured the line, and missing is not zero
        "wasted_mg": case.wasted.as_mg_text(),
        "returned_mg": case.returned.as_mg_text(),
        **_waste(scene, [it for it in wastes if it.container == case.case]),
    }


def _named(source: Shown) -> str:
    """A container as people call it: a vial, or what was made up for nobody in particular."""
    return f"vial {source.label}" if not source.stock else f"stock {source.kind} {source.label}"


def _each(said: Iterable[str]) -> str:
    """One thing for each vial that went in, in that order; what all of them share stands once."""
    each = list(said)
    return " + ".join(each if len(set(each)) > 1 else each[:1])


def _volume(scene: Scene, case: CaseBalance, drawn: Sequence[LedgerLine]) -> str | None:
    """What was read off the syringe, all its sources together."""
    made = scene.preparation
    if made is not None and made.syringe == case.case:
        return str(made.drawn_volume.as_ml_text())
    volumes = [move.volume for move in drawn if move.volume is not None]
    return Volume.total(volumes).as_ml_text() if volumes else None


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
