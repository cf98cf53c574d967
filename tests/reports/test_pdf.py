"""The printed summary: what a prescriber, a payer, an inspector and a lawyer look for is there in words."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from clinic_api.reports.pdf import session_summary
from clinic_api.reports.records.summary import summary_from
from tests.reports.eventful import eventful
from tests.reports.fixtures import DIGEST, draft_seal, final_seal, summary, visit
from tests.reports.paper import Paper, printed, retold, squeezed
from tests.reports.parts import ROSE, Json, ledger_line, reading, score, substitution, trend, working


@pytest.fixture(scope="module")
def normal() -> Paper:
    """The paper of an uneventful visit."""
    return printed(summary())


@pytest.fixture(scope="module")
def busy() -> Paper:
    """The paper of a visit in which much went wrong."""
    return printed(eventful())


def test_an_uneventful_visit_takes_two_pages(normal: Paper) -> None:
    assert len(normal.pages) == 2


def test_the_eleven_sets_of_the_longest_schedule_still_take_two_pages() -> None:
    late = [
        reading(str(9 + n), clock, "124/76", hr=72 + n, spo2=98) for n, clock in enumerate(("16:00", "16:10", "16:20"))
    ]
    assert len(printed(summary(readings=[*visit()["readings"], *late])).pages) == 2


def test_every_page_names_the_patient_and_counts_itself(normal: Paper) -> None:
    for number, page in enumerate(normal.pages, 1):
        for words in ("MRN-000123456", "Jordan Avery Example", "born 1984-05-06", f"FINAL v1   Page {number}/2"):
            assert squeezed(words) in page


def test_every_page_says_that_the_bedside_monitor_comes_first(busy: Paper) -> None:
    assert len(busy.pages) == 3
    for page in busy.pages:
        assert squeezed("Documentation aid; the bedside monitor's alarms are primary.") in page


def test_every_page_carries_the_content_digest_and_its_place_in_the_audit_log(normal: Paper) -> None:
    for page in normal.pages:
        assert squeezed(f"content SHA-256 {DIGEST} | audit log 18231 entries, root c41d77e09ab2") in page


@pytest.mark.parametrize(
    "words",
    [
        "Session 4 of 6 (induction), 2026-01-12",
        "Times are America/New_York (UTC-05:00)",
        "penicillin (rash); latex",
        "F33.2 Major depressive disorder",
        "Supervising prescriber",
        "Ordered 0.5 actual 35 75 40",
        "Given 0.5 actual 35 75 40",
        "70 kg (actual, weighed 08:58)",
        "0.5 mg/kg over 40 min = 35 mg",
        "60 mg, not reached",
        "50 mg/mL: draw 0.70 mL = 35 mg",
        "50 mL at 0.7 mg/mL, 75 mL/h",
        "Infusing 09:20:00 10:00:00 75 50 35",
        "by Ada Marsh, RN unless named",
        "5 10:00 141/87 78 97 room air 14 4 6",
        "Sets due and missed: none.",
        "No alert, no rescue drug, no adverse event was recorded.",
        "52 % below baseline: response; remission not reached",
        "2026-01-08, session 3: 13 (item 9: 0)",
        "CADSS-23 version 2018, 10:00: 14",
        "Escort identified in person photo ID seen met 10:55",
        "NDC 00143-9508-10, lot KX1234, exp. 2027-08, use by 18:30",
        "0.70 35 35 0 0 0 nothing to waste: no witness asked",
        "I gave this care and wrote this record 2026-01-12 11:01:12 UTC-05:00",
    ],
)
def test_what_the_visit_was_stands_in_words(normal: Paper, words: str) -> None:
    assert normal.says(words)


@pytest.mark.parametrize(
    ("question", "line"),
    [
        (
            "waste without amount or second name",
            "12.5 0 0 10.5 2 drawn in error; NO WITNESS YET; held sealed, bag B-0044",
        ),
        ("who saw the waste, and when", "into the charcoal pouch; witnessed by Ben Okoro, RN, 10:52:09"),
        ("opened vials past their date: by what rule", "exp. 2027-08, use by 18:30"),
        ("whose registration", "registration BC2749185, Example Infusion Clinic, PLLC"),
        ("alarm at 9:38, answered when, by whom", "09:38:12 urgent BP 186/112: systolic at or above 180 09:51:20 Rose"),
        ("an alarm nobody answered", "A2 09:38:40 warn systolic 48 above baseline NOT ANSWERED"),
        ("late vitals", "LATE, entered 10:31: with the patient"),
        ("identical vitals", "same five numbers: No. 8 and No. 9."),
        ("a set not taken", "10:55 MISSED: patient in the bathroom Ada Marsh, RN"),
        ("a sign not taken", "respirations NOT OBTAINED: talking"),
        ("what the chart said before", "3 09:35 147/104 86 97"),
        ("why it was changed", "corrects 3: digits swapped"),
        ("where the struck set went", "STRUCK, see 4"),
        ("overrides", "OVERRIDDEN 11:24 by Rose Lindqvist, MD: seen at the chair, asymptomatic"),
        ("a condition nobody looked at", "Pregnancy test NOT ASSESSED"),
        (
            "alert limits loosened",
            "version 4, approved 2025-11-03 by Rose Lindqvist, MD; systolic, urgent: 170 becomes 180",
        ),
        (
            "when the suicide answer was read",
            "PHQ-9 item 9 = 0, answered 08:20:00, read 09:02:00 by Rose Lindqvist, MD",
        ),
        ("blood pressure at discharge", "BP before leaving NOT OBTAINED"),
        ("who drove", "Escort NO ESCORT"),
        ("consent version", "Treatment, off-label IV 4, in force 2026-01-02"),
        ("escalation without rationale", "0.4 to 0.5 mg/kg. Reason: NO REASON RECORDED"),
        ("plan accepted in two seconds", "proposed by software 10:40:10; accepted by Rose Lindqvist, MD 10:40:12"),
        ("treating psychiatrist called", "Dr. Nayar (psychiatrist), telephone 11:40 by Rose Lindqvist, MD: told"),
        ("on site by assumption", "10:05 open Rose Lindqvist, MD assumed from an act"),
        ("on site with a gap", "09:50 10:05 GAP: nobody checked out"),
        ("one pair of hands", "ordered, given and reviewed by the same practitioner"),
        ("how much was given, pauses and all", "27.125"),
        ("why it was paused", "Paused 09:38:00 09:44:00 -- -- -- Ada Marsh, RN BP 186/112, headache"),
        ("the cap", "35 mg, applied; effectively 0.5 mg/kg"),
        (
            "rescue drug and its effect",
            "labetalol 5 mg IV BP 186/112 Rose Lindqvist, MD; Ada Marsh, RN 168/100 after 10 min",
        ),
        ("adverse event", "hypertension CTCAE 3, not serious 09:38 to 10:30 probable"),
        ("what was amended", "lot number read again ledger: lot KX1243 becomes KX1234"),
    ],
)
def test_each_first_question_has_its_printed_line(busy: Paper, question: str, line: str) -> None:
    assert busy.says(line), question


def test_a_treating_clinician_who_was_never_called_is_said(normal: Paper) -> None:
    assert normal.says("Nobody: no contact with a treating clinician is recorded.")


def test_every_text_of_the_record_is_on_the_paper() -> None:
    told: list[str] = []

    def mark(_: str) -> str:
        told.append(f"T{len(told)}<b&>E")
        return told[-1]

    paper = printed(retold(eventful(), mark), retold(final_seal(), mark))
    assert len(told) > 250
    assert [text for text in told if text not in paper.text] == []


def test_what_is_missing_is_said_and_never_left_out() -> None:
    nothing: Json = {name: [] for name, value in visit().items() if isinstance(value, list)}
    nobody = dict.fromkeys(("given", "safety", "departure", "escort", "next_visit"))
    paper = printed(summary_from(visit() | nothing | nobody))
    for words in (
        "MRN-000123456 NOT RECORDED",
        "Given -- -- -- -- --",
        "No outcome scale was recorded.",
        "No reading was taken.",
        "Nothing was given.",
        "No controlled drug was drawn for this visit.",
        "No prescriber presence is recorded.",
        "No consent was recorded.",
        "Nothing was recorded.",
        "Not yet, or not recorded.",
        "NO ESCORT",
        "NOT ASKED",
        "NOT PLANNED",
    ):
        assert paper.says(words), words


def test_another_strength_is_printed_with_both_volumes_who_authorised_it_why_and_whether_it_was_used() -> None:
    change = "10 mg/mL (3.5 mL) -> 50 mg/mL (0.7 mL), authorised 09:05 by Rose Lindqvist, MD."
    unused = printed(summary(working=working() | {"substitutions": [substitution()]}))
    assert unused.says(f"{change} Reason: no vial of 10 mg/mL left. NOT USED")
    alone = substitution(worked_out_by=ROSE, replaced="ordered and given by the same practitioner")
    used = printed(summary(working=working() | {"substitutions": [alone]}))
    assert used.says("left. Worked out by Rose Lindqvist, MD; ordered and given by the same practitioner")


def test_a_record_that_was_signed_before_there_were_substitutions_prints_as_it_did(normal: Paper) -> None:
    older = visit()
    del older["working"]["substitutions"]
    assert printed(summary_from(older)).text == normal.text


def test_a_draft_is_marked_on_every_page_and_a_signed_record_is_not(normal: Paper) -> None:
    draft = printed(summary(), draft_seal())
    assert all(page.startswith("DRAFT") for page in draft.pages)
    assert draft.says("NOT SIGNED: this is a draft.")
    assert draft.says("not in the audit log yet")
    assert "DRAFT" not in normal.text


def test_the_same_record_gives_the_same_bytes() -> None:
    assert session_summary(eventful(), final_seal()) == session_summary(eventful(), final_seal())


def test_one_changed_digit_gives_other_bytes() -> None:
    other = ledger_line(drawn_mg="35.001")
    assert session_summary(summary(), final_seal()) != session_summary(summary(ledger=[other]), final_seal())


def test_the_file_names_nobody_in_its_properties() -> None:
    assert b"Jordan" not in session_summary(summary(), final_seal())


def test_a_visit_across_the_end_of_summer_time_says_which_half_past_one_is_meant() -> None:
    night = {"zone": "America/New_York", "checked_in_at": "2026-11-01T05:20:00Z"}
    twice = [score("CADSS-23", "14:20", 1) | {"at": f"2026-11-01T0{hour}:30:00Z"} for hour in (5, 6)]
    paper = printed(summary(scores=twice, **night))
    assert paper.says("2018, 01:30: 1")
    assert paper.says("2018, 01:30 UTC-05:00: 1")


def test_a_zone_that_is_not_known_here_prints_utc_and_says_so() -> None:
    paper = printed(summary(zone="Mars/Olympus"))
    assert paper.says("Times are UTC, because the zone Mars/Olympus is not known here (UTC+00:00)")
    assert paper.says("Infusing 14:20:00 15:00:00")


def test_unprintable_characters_bring_their_explanation_to_every_page() -> None:
    patient = visit()["patient"] | {"name": "山田 Jordan"}
    paper = printed(summary(patient=patient))
    assert all(squeezed("[U+XXXX] stands for a character that cannot be seen") in page for page in paper.pages)
    assert paper.says("[U+5C71][U+7530] Jordan")


def test_a_plain_paper_has_no_such_explanation(normal: Paper) -> None:
    assert "[U+" not in normal.text


@pytest.mark.parametrize(("piece", "times"), [("word ", 4_000), ("x", 20_000), ("line\n", 4_000)])
def test_a_note_of_twenty_thousand_letters_flows_over_the_pages(piece: str, times: int) -> None:
    paper = printed(summary(notes=[visit()["notes"][0] | {"text": piece * times}]))
    assert len(paper.pages) > 3
    assert paper.text.count(piece.strip()) >= times
    assert paper.says("I gave this care and wrote this record")


@pytest.mark.parametrize("text", ["word " * 120, "x" * 600])
def test_long_text_in_every_place_at_once_still_prints(text: str) -> None:
    paper = printed(retold(eventful(), lambda _: text))
    assert len(paper.pages) > 10


def test_a_course_of_sixty_sessions_still_has_every_score_in_words() -> None:
    one = trend()["points"][0]
    points = [
        one | {"on": f"2025-{1 + n // 28:02d}-{1 + n % 28:02d}", "session": n, "total": n % 28} for n in range(60)
    ]
    paper = printed(summary(trends=[trend() | {"points": points}]))
    assert paper.says("2025-03-03, session 58: 2 (item 9: 1)")


def test_an_injection_has_no_pump_and_no_cap_and_may_lack_a_second_check() -> None:
    bare = dict.fromkeys(("cap_mg", "vial_mg_per_ml", "final_volume_ml", "final_mg_per_ml", "ml_per_h", "rounding"))
    dose: Json = {"mg_per_kg": None, "ml_per_h": [], "minutes": None}
    order = visit()["order"]
    injected = order | {"route": "IM", "second_check": None, "dose": order["dose"] | dose}
    paper = printed(summary(order=injected, working=visit()["working"] | bare, scores=[], profile=[], policies=[]))
    for words in ("Ordered -- actual 35 -- --", "No second check.", "Cap none", "From the vial 35 mg"):
        assert paper.says(words), words
    assert not paper.says("In the pump")


def test_many_papers_at_once_are_the_same_as_one_after_the_other() -> None:
    alone = session_summary(eventful(), final_seal())
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda _: session_summary(eventful(), final_seal()), range(12)))
    assert together == [alone] * 12


def test_one_reading_alone_makes_a_paper() -> None:
    assert printed(summary(readings=visit()["readings"][:1], segments=[], trends=[trend() | {"points": []}])).pages
