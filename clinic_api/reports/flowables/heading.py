"""The head of the paper: whose clinic, which visit, which patient, and the result in one line."""

from typing import Final

from reportlab.platypus import Flowable

from clinic_api.reports.flowables.fonts import BOLD, REGULAR
from clinic_api.reports.flowables.grid import BARE, TINTED, Cell, Column, grid
from clinic_api.reports.flowables.ink import BLACK, DEEP, QUIET, STRONG, WIDTH, Ink
from clinic_api.reports.flowables.layout import Rule, gap
from clinic_api.reports.flowables.times import LocalTimes
from clinic_api.reports.records.seal import Seal, Status
from clinic_api.reports.records.summary import SessionSummary

TITLE: Final = Ink(BOLD, 13, 17, DEEP)
VISIT: Final = Ink(BOLD, 9.5, 12.5, BLACK)
RESULT: Final = Ink(REGULAR, 9, 12.2, BLACK)
NAME: Final = Ink(BOLD, 9, 11, BLACK)


def masthead(summary: SessionSummary, seal: Seal, times: LocalTimes) -> list[Flowable]:
    """Clinic at the left, visit and status at the right."""
    clinic, series = summary.clinic, summary.series
    place = clinic.address.replace("\n", ", ") + (f" | {clinic.telephone}" if clinic.telephone else "")
    count = f"{series.number} of {series.of}" if series.of else f"{series.number}"
    status = f"{'FINAL' if seal.status is Status.FINAL else 'DRAFT'} v{summary.version}"
    columns = (Column("", WIDTH * 0.6), Column("", WIDTH * 0.4, right=True))
    rows = (
        (Cell(clinic.name, TITLE), Cell(status, TITLE)),
        (Cell(place, QUIET), Cell("Infusion session summary", QUIET)),
        (Cell(f"Session {count} ({series.phase}), {times.day}", VISIT), Cell(f"Times are {times.said}", QUIET)),
    )
    return [grid(columns, rows, dress=BARE), Rule(), gap(4)]


def identity(summary: SessionSummary) -> list[Flowable]:
    """Who was treated, for what, and what they must not have."""
    patient, diagnosis = summary.patient, summary.diagnosis
    allergies = "; ".join(summary.allergies) or "NOT RECORDED"
    first = (
        Column("Patient", 178, NAME),
        Column("Born", 72, NAME),
        Column("MRN", 120, NAME),
        Column("Allergies", 170, STRONG),
    )
    second = (Column("Diagnosis (ICD-10-CM)", 250), Column("Protocol", 120), Column("Supervising prescriber", 170))
    who = (patient.name, f"{patient.born_on}", patient.mrn, allergies)
    what = (f"{diagnosis.code}  {diagnosis.text}", summary.protocol, str(summary.prescriber))
    return [
        grid(first, [who], dress=TINTED),
        grid(second, [what], dress=TINTED),
        gap(5),
    ]


def result(summary: SessionSummary) -> list[Flowable]:
    """The visit in one line."""
    columns = (Column("", 44, Ink(BOLD, 6.4, 12.2, DEEP)), Column("", WIDTH - 44, RESULT))
    return [grid(columns, [("RESULT", summary.result)], dress=BARE), gap(3)]
