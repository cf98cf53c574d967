"""A visit that ended before a dose prints too, and says so."""

from dataclasses import replace

from clinic_api.reports.records.summary import content_of, summary_from
from tests.reports import fixtures
from tests.reports.paper import printed


def test_a_visit_without_an_order_prints_that_no_dose_was_ordered_or_worked_out() -> None:
    summary = replace(fixtures.summary(), order=None, working=None, given=None)

    paper = printed(summary)

    assert paper.says("No dose was ordered for this visit, and none was given.")
    assert paper.says("No dose was worked out.")


def test_a_visit_without_an_order_survives_the_record() -> None:
    summary = replace(fixtures.summary(), order=None, working=None)

    assert summary_from(content_of(summary)) == summary
