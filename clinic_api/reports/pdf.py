"""The session summary, the inventory and the labels as PDFs: the same record gives the same bytes."""

from functools import partial
from io import BytesIO
from typing import Final

from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, CondPageBreak, Flowable, Frame, PageTemplate

from clinic_api.reports.flowables import care, drug, heading, record, watch
from clinic_api.reports.flowables import inventory as stock_taken
from clinic_api.reports.flowables.fonts import make_ready
from clinic_api.reports.flowables.ink import MARGIN, PAGE, WIDTH
from clinic_api.reports.flowables.label import SIZE, draw_label
from clinic_api.reports.flowables.layout import beside, gap, remark, section
from clinic_api.reports.flowables.page import (
    Footer,
    NumberedCanvas,
    bare,
    draft_mark,
    foot_of_inventory,
    footer_of,
)
from clinic_api.reports.flowables.times import LocalTimes
from clinic_api.reports.flowables.trend import trend_pieces
from clinic_api.reports.flowables.vitals import vitals_chart
from clinic_api.reports.records.inventory import Inventory
from clinic_api.reports.records.label import ContainerLabel
from clinic_api.reports.records.seal import Seal, Status
from clinic_api.reports.records.summary import SessionSummary

#: Room for the footer, and above the first line, in points.
FOOT: Final = 49.0
TOP: Final = 28.0
#: What the heading of the figure takes, in points: they stay together.
HEADING: Final = 30.0


def session_summary(summary: SessionSummary, seal: Seal) -> bytes:
    """Draw the summary of one infusion session.

    Args:
        summary: what the signed snapshot says.
        seal: signatures and evidence; until it is final, every page is marked as a draft.
    """
    make_ready()
    times = LocalTimes.of(summary.zone, anchor=summary.checked_in_at)
    return _built("Infusion session summary", story(summary, seal, times), footer_of(summary, seal, times), seal)


def inventory_paper(inventory: Inventory, seal: Seal) -> bytes:
    """Draw a statutory inventory, schedule II on pages of its own.

    Args:
        inventory: what the signed record says.
        seal: signatures and evidence; until everybody has signed who has to, every page is marked as a draft.
    """
    make_ready()
    times = LocalTimes.of(inventory.zone, anchor=inventory.counted_from)
    title = stock_taken.title_of(inventory)
    return _built(title, stock_taken.pieces(inventory, seal, times), foot_of_inventory(inventory, seal), seal)


def _built(title: str, pieces: list[Flowable], footer: Footer, seal: Seal) -> bytes:
    paper = BytesIO()
    document = BaseDocTemplate(
        paper,
        pagesize=PAGE,
        invariant=1,
        title=title,
        author="",
        subject=f"content SHA-256 {seal.content_sha256}",
        lang="en-GB",
    )
    frame = Frame(
        MARGIN, FOOT, WIDTH, PAGE[1] - TOP - FOOT, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0
    )
    ground = draft_mark if seal.status is Status.DRAFT else bare
    document.addPageTemplates([PageTemplate(id="page", frames=[frame], onPage=ground)])
    document.build(pieces, canvasmaker=partial(NumberedCanvas, footer=footer))
    return paper.getvalue()


def container_label(label: ContainerLabel) -> bytes:
    """Draw one label of 2 by 1 inch."""
    make_ready()
    paper = BytesIO()
    canvas = Canvas(paper, pagesize=SIZE, invariant=1, lang="en-GB")
    canvas.setTitle(f"Label {label.number}")
    draw_label(canvas, label)
    canvas.showPage()
    canvas.save()
    return paper.getvalue()


def story(summary: SessionSummary, seal: Seal, times: LocalTimes) -> list[Flowable]:
    """Everything the paper says, in reading order; the air after the last section would only begin a page."""
    return _pieces(summary, seal, times)[:-1]


def _pieces(summary: SessionSummary, seal: Seal, times: LocalTimes) -> list[Flowable]:
    return [
        *heading.masthead(summary, seal, times),
        *heading.identity(summary),
        *heading.result(summary),
        *beside(
            [*drug.order_and_given(summary, times), gap(5), *drug.working(summary.working, times)],
            trend_pieces(summary.trends),
        ),
        gap(),
        *_course(summary, times),
        *drug.segments(summary.segments, times),
        *watch.alerts(summary.alerts, times),
        *drug.rescues(summary.rescues, times),
        *care.adverse_events(summary.adverse_events, times),
        *watch.uneventful(summary),
        *care.leaving(summary, times),
        *watch.readings(summary, times),
        *watch.scores(summary.scores, times),
        *beside(care.before_dose(summary, times), care.before_leaving(summary, times)),
        gap(),
        *drug.ledger(summary, times),
        *beside(*record.oversight(summary, times)),
        gap(),
        *record.notes(summary.notes, times),
        *record.amendments(summary.amendments, times),
        *record.signatures(seal, times),
    ]


def _course(summary: SessionSummary, times: LocalTimes) -> list[Flowable]:
    chart = vitals_chart(summary, times)
    if chart is None:
        return section("Course of the visit", remark("No reading was taken."))
    return [
        CondPageBreak(chart.height + HEADING),
        *section("Course of the visit", chart, remark="every value is in the table of readings"),
    ]
