"""The drug on paper: ordered against given, the working, what the pump did, and the ledger."""

from collections.abc import Sequence
from typing import Final

from reportlab.platypus import Flowable

from clinic_api.reports.flowables.grid import BARE, Cell, Column, grid
from clinic_api.reports.flowables.ink import LABEL, STRONG, WIDTH
from clinic_api.reports.flowables.layout import HALF, NONE, half, remark, section
from clinic_api.reports.flowables.text import para
from clinic_api.reports.flowables.times import LocalTimes
from clinic_api.reports.records.drug import Dose, LedgerLine, Order, Rescue, Segment, SegmentKind, Substitution, Working
from clinic_api.reports.records.summary import SessionSummary

STEP: Final = 62.0
PRODUCT: Final = 196.0

_AMOUNTS: Final = (
    ("drawn mL", 44.0),
    ("drawn mg", 44.0),
    ("given", 34.0),
    ("in line", 34.0),
    ("wasted", 36.0),
    ("returned", 42.0),
)
_SEGMENT: Final = {SegmentKind.INFUSING: "Infusing", SegmentKind.PAUSED: "Paused", SegmentKind.DOSE: "Dose"}


def order_and_given(summary: SessionSummary, times: LocalTimes) -> list[Flowable]:
    """What the prescriber ordered beside what went in."""
    order = summary.order
    if order is None:
        return half("Ordered and given", para("No dose was ordered for this visit, and none was given.", width=HALF))
    titles = (("", 47.0), ("mg/kg", 36.0), ("weight", 52.0), ("mg", 40.0), ("mL/h", 52.0), ("min", 36.0))
    columns = [Column(title, width, right=bool(title)) for title, width in titles]
    rows = [_dose("Ordered", order.dose), _dose("Given", summary.given) if summary.given else ["Given", *[NONE] * 5]]
    words = remark(_order_in_words(order, times), width=HALF)
    return half("Ordered and given", grid(columns, rows), words, remark=f"{order.drug}, {order.route}")


def _dose(name: str, dose: Dose) -> list[str | Cell]:
    rates = ", ".join(dose.ml_per_h) or NONE
    return [
        Cell(name, STRONG),
        dose.mg_per_kg or NONE,
        dose.weight_basis,
        Cell(dose.mg, STRONG),
        rates,
        dose.minutes or NONE,
    ]


def _order_in_words(order: Order, times: LocalTimes) -> str:
    check = order.second_check
    checked = (
        f"Second check {times.clock(check.at)} by {check.by}, who saw: {check.seen}." if check else "No second check."
    )
    return f"Ordered {times.clock(order.ordered_at)} by {order.ordered_by} ({order.manner}). {checked}"


def working(working: Working | None, times: LocalTimes) -> list[Flowable]:
    """The dose step by step, so that anybody can do the sum again."""
    if working is None:
        return half("Dose working", para("No dose was worked out.", width=HALF))
    columns = (Column("", STEP, LABEL), Column("", HALF - STEP))
    return half("Dose working", grid(columns, list(_steps(working, times)), dress=BARE))


def _steps(w: Working, times: LocalTimes) -> Sequence[tuple[str, str]]:
    weighed = f", weighed {times.clock(w.weighed_at)}" if w.weighed_at else ""
    vial = (
        f"{w.vial_mg_per_ml} mg/mL: draw {w.drawn_ml or NONE} mL = {w.drawn_mg} mg"
        if w.vial_mg_per_ml
        else f"{w.drawn_mg} mg"
    )
    steps = [
        ("Weight", f"{w.weight_kg} kg ({w.weight_basis}{weighed})"),
        ("Rule", f"{w.rule} = {w.computed_mg} mg"),
        ("Cap", _cap(w)),
        ("From the vial", vial),
        *(("Other strength", _substitution(each, times)) for each in w.substitutions),
    ]
    if w.final_volume_ml:
        steps.append(
            ("In the pump", f"{w.final_volume_ml} mL at {w.final_mg_per_ml or NONE} mg/mL, {w.ml_per_h or NONE} mL/h")
        )
    if w.rounding:
        steps.append(("Rounding", w.rounding))
    if w.change_from_last:
        steps.append(("Changed", f"{w.change_from_last}. Reason: {w.change_reason or 'NO REASON RECORDED'}"))
    return steps


def _substitution(s: Substitution, times: LocalTimes) -> str:
    change = f"{s.from_mg_per_ml} mg/mL ({s.from_ml} mL) -> {s.to_mg_per_ml} mg/mL ({s.to_ml} mL)"
    used = f"Worked out by {s.worked_out_by}" if s.worked_out_by else "NOT USED"
    said = f"{change}, authorised {times.clock(s.authorised_at)} by {s.authorised_by}. Reason: {s.reason}. {used}"
    return f"{said}; {s.replaced}" if s.replaced else said


def _cap(w: Working) -> str:
    if w.cap_mg is None:
        return "none"
    effective = f"; effectively {w.effective_mg_per_kg} mg/kg" if w.effective_mg_per_kg else ""
    return f"{w.cap_mg} mg, applied{effective}" if w.cap_applied else f"{w.cap_mg} mg, not reached"


def segments(segments: Sequence[Segment], times: LocalTimes) -> list[Flowable]:
    """What the pump did, stretch by stretch: the text of the shaded ground in the figure."""
    widths = (("", 52.0), ("From", 62.0), ("To", 62.0), ("mL/h", 42.0), ("mL", 42.0), ("mg", 42.0))
    columns = [Column(title, width, right=title[:1] == "m") for title, width in widths]
    columns += [Column("By", 96), Column("Reason", WIDTH - 398)]
    rows = [
        (
            Cell(_SEGMENT[s.kind], STRONG),
            times.to_the_second(s.started_at),
            times.to_the_second(s.ended_at) or "running",
            s.ml_per_h or NONE,
            s.volume_ml or NONE,
            s.mg or NONE,
            str(s.by),
            s.reason or "",
        )
        for s in segments
    ]
    return section("Infusion", grid(columns, rows) if rows else remark("Nothing was given."))


def rescues(rescues: Sequence[Rescue], times: LocalTimes) -> list[Flowable]:
    """Drugs given because something went wrong, numbered as in the figure."""
    columns = (
        Column("", 18, STRONG),
        Column("Time", 42),
        Column("Rescue drug", 138),
        Column("For", 110),
        Column("Ordered by, given by", 122),
        Column("Response", WIDTH - 430),
    )
    rows = [
        (
            f"R{number}",
            times.clock(r.at),
            f"{r.drug} {r.dose} {r.route}",
            r.indication,
            f"{r.ordered_by or 'standing order'}; {r.given_by}",
            r.response or "NOT RECORDED",
        )
        for number, r in enumerate(rescues, 1)
    ]
    return section("Rescue drugs", grid(columns, rows)) if rows else []


def ledger(summary: SessionSummary, times: LocalTimes) -> list[Flowable]:
    """Every container of this visit: what was drawn is administered, in the line, wasted or returned."""
    titles = (
        ("drawn mL", 44.0),
        ("drawn mg", 44.0),
        ("given", 34.0),
        ("in line", 34.0),
        ("wasted", 36.0),
        ("returned", 42.0),
    )
    amounts = [Column(title, width, STRONG, right=True) for title, width in titles]
    rest = WIDTH - PRODUCT - sum(column.width for column in amounts)
    columns = [Column("Container, product, NDC, lot, expiry", PRODUCT), *amounts, Column("Remainder and witness", rest)]
    rows = [_ledger_row(line, times) for line in summary.ledger]
    registration = f"registration {summary.registration.number}, {summary.registration.holder}"
    body = grid(columns, rows) if rows else remark("No controlled drug was drawn for this visit.")
    return section("Controlled drug ledger, mg", body, remark=registration)


def _ledger_row(line: LedgerLine, times: LocalTimes) -> list[str | Cell]:
    use_by = f", use by {times.clock(line.use_by)}" if line.use_by else ""
    what = f"{line.container}\n{line.product}\nNDC {line.ndc}, lot {line.lot}, exp. {line.expires}{use_by}"
    amounts = (line.drawn_mg, line.administered_mg, line.residual_mg or NONE, line.wasted_mg, line.returned_mg)
    return [what, line.drawn_ml or NONE, *amounts, _remainder(line, times)]


def _remainder(line: LedgerLine, times: LocalTimes) -> str | Cell:
    why = ", ".join(filter(None, (line.waste_reason, line.waste_method)))
    held = f"held sealed, bag {line.held_under}" if line.held_under else ""
    if line.witness:
        seen = f"witnessed by {line.witness.person}, {times.to_the_second(line.witness.at)}"
        return "; ".join(filter(None, (why, held, seen)))
    if line.wasted_mg.is_zero:
        return "; ".join(filter(None, ("nothing to waste: no witness asked", why, held)))
    return Cell("; ".join(filter(None, (why, "NO WITNESS YET", held or "not held"))), STRONG)
