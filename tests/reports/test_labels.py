"""Labels of 2 by 1 inch: what stands on them, that nothing typed is parsed, and that a scan finds the container."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from pypdf import PdfReader

from clinic_api.audit import queries as log
from clinic_api.inventory.rules.scanning import code_of
from clinic_api.patients.queries import visits
from clinic_api.reports.pdf import container_label
from clinic_api.reports.records.label import ContainerLabel, LabelKind, initials_of
from clinic_api.reports.records.people import Patient
from tests.builders import Clinic
from tests.inventory.stock import Stock, line
from tests.people import Person
from tests.reports.paper import squeezed
from tests.reports.test_text import MARKUP
from tests.sessions.ward import Ward

ROSA = Patient(name="Rosa Field", born_on=date(1980, 4, 5), mrn="P-7K3Q9D2M")
SYRINGE = ContainerLabel(
    kind=LabelKind.SYRINGE,
    number="K-014/2",
    drug="ketamine",
    content="35",
    strength="0.7",
    volume="50",
    lots=(("L1", date(2027, 6, 30)),),
    patient=ROSA,
    at=datetime(2026, 3, 2, 14, tzinfo=UTC),
    use_by=None,
    initials="AN",
    reason=None,
    zone="America/New_York",
    code=code_of(UUID(int=1)),
)


def read(data: bytes) -> str:
    """The text of a label of one page, without the white space between its lines."""
    (page,) = PdfReader(BytesIO(data)).pages
    assert [float(side) for side in page.mediabox[2:]] == [144, 72]
    return squeezed(page.extract_text())


def printed(**different: Any) -> str:
    """The syringe's label with something different, read back."""
    return read(container_label(replace(SYRINGE, **different)))


def label_of(person: Person, container: object) -> str:
    """The label as somebody prints it, read back."""
    answer = person.get(f"/containers/{container}/label.pdf").done()
    assert answer.headers["Content-Type"] == "application/pdf"
    return read(answer.data)


def test_a_label_says_drug_strength_amount_number_time_with_zone_and_initials() -> None:
    said = printed()
    for words in ("SYRINGE", "K-014/2", "KETAMINE", "0.7 mg/mL", "35 mg in 50 mL", "Made 2026-03-02 09:00 EST by AN"):
        assert squeezed(words) in said


def test_a_label_for_somebody_says_who_twice() -> None:
    assert squeezed("Rosa Field") in printed()
    assert squeezed("Born 1980-04-05  MRN P-7K3Q9D2M") in printed()
    assert "Born" not in printed(patient=None)


def test_the_last_moment_of_use_stands_there_by_the_clock_of_that_day() -> None:
    stock = {"kind": LabelKind.OPENED, "patient": None, "use_by": datetime(2026, 3, 30, 13, tzinfo=UTC)}
    said = printed(**stock)
    assert squeezed("USE BY 2026-03-30 09:00 EDT") in said
    assert squeezed("Lot L1 exp. 2027-06-30") in said
    assert squeezed("for this visit only") in printed()
    assert squeezed("USE BY 2026-03-30 10:00 UTC-03:00") in printed(**stock, zone="America/Sao_Paulo")


def test_what_is_set_apart_says_that_it_must_not_be_used_and_not_until_when() -> None:
    said = printed(kind=LabelKind.QUARANTINE, reason="a crack", use_by=datetime(2026, 3, 30, 13, tzinfo=UTC))
    assert squeezed("QUARANTINE") in said
    assert squeezed("DO NOT USE: a crack") in said
    assert "USEBY" not in said


def test_a_device_has_no_volume() -> None:
    said = printed(kind=LabelKind.KEPT, volume=None, content="28", patient=None)
    assert squeezed("28 mg Received") in said


@pytest.mark.parametrize("text", [*[text for text in MARKUP if len(text) < 40], "José Ωmega", "\u202edesrever"])
def test_whatever_was_typed_is_printed_and_never_parsed(text: str) -> None:
    said = printed(patient=replace(ROSA, name=text))
    shown = text.replace("\u202e", "[U+202E]").replace("\r\n", " ").replace("\n", " ")
    assert squeezed(shown) in said


def test_a_long_name_is_set_smaller_and_then_cut_where_full_stops_say_so() -> None:
    long = replace(ROSA, name="Rosa " * 40)
    assert "RosaRosa..." in printed(patient=long)
    assert squeezed("Born 1980-04-05") in printed(patient=long)


def test_the_same_label_has_the_same_bytes_and_carries_its_fonts() -> None:
    data = container_label(SYRINGE)
    assert data == container_label(SYRINGE)
    assert data != container_label(replace(SYRINGE, code=code_of(UUID(int=2))))
    assert data.count(b"/FontFile2") == 2


def test_initials_are_the_first_letters_of_a_name() -> None:
    assert initials_of("Ada Nurse") == "AN"
    assert initials_of("maria de la luz") == "MDL"
    assert initials_of("Öz (Jr)") == "Ö"


LOTS = tuple((f"L{n}", date(2027, 12 - n, 28)) for n in range(6))


def test_lots_that_do_not_fit_are_counted_and_those_that_expire_first_stand_there() -> None:
    assert squeezed("THIS VISIT ONLY L0 2027-12-28 + L1 2027-11-28") in printed(lots=LOTS[:2])
    several = printed(lots=LOTS)
    assert squeezed("THIS VISIT ONLY L5 2027-07-28 + L4 2027-08-28 +4 lots") in several
    assert "..." not in several
    stock = printed(lots=LOTS, patient=None, kind=LabelKind.PREPARED)
    assert squeezed("Lot L5 exp. 2027-07-28 + L4 exp. 2027-08-28 +4 lots") in stock


def test_every_number_of_lots_is_told_on_one_line_to_the_last_one() -> None:
    for most in range(1, 7):
        for patient in (ROSA, None):
            said = printed(lots=LOTS[:most], patient=patient)
            shown = sum(f"{lot}{on}" in said.replace("exp.", "") for lot, on in LOTS[:most])
            more = re.search(r"\+(\d+)lots?", said)
            assert (more is None and patient is not None and most == 1) or shown + int(more[1] if more else 0) == most


def test_lots_with_long_names_are_counted_and_one_alone_is_cut_where_full_stops_say_so() -> None:
    long = (("L" * 60, date(2027, 6, 30)), ("M" * 60, date(2027, 7, 30)))
    assert squeezed("THIS VISIT ONLY 2 lots") in printed(lots=long)
    assert "Lot..." in printed(lots=long[:1], patient=None)


# -------------------------------------------------------------------------------------------------- from the safe


def test_each_state_of_a_vial_has_its_label_and_none_tells_what_is_left(clinic: Clinic) -> None:
    stock = Stock(clinic)
    vial = stock.a_vial()
    assert squeezed("IN STOCK K-001") in label_of(stock.nurse, vial)
    stock.draw(vial, "1", stock.a_visit())
    stock.nurse.does("/counts", location=stock.location, kind="closing")
    said = label_of(stock.nurse, vial)
    assert squeezed("OPENED K-001 KETAMINE 50 mg/mL 500 mg in 10 mL") in said
    assert squeezed("Opened 2026-03-02 09:00 EST by AN USE BY 2026-03-30") in said
    stock.witness.does(f"/containers/{vial}/quarantine", reason="a crack in the glass")
    assert squeezed("DO NOT USE: a crack in the glass Set apart 2026-03-02 09:00 EST by BN") in label_of(
        stock.nurse, vial
    )


def test_a_drawn_syringe_names_its_patient_twice_and_the_look_is_written_down(clinic: Clinic) -> None:
    stock = Stock(clinic)
    visit = stock.a_visit()
    drawn = stock.draw(stock.a_vial(), "0.7", visit)
    said = label_of(stock.nurse, drawn.syringe)
    assert squeezed("SYRINGE K-001/1 KETAMINE 50 mg/mL 35 mg in 0.7 mL Rosa Field Born 1980-04-05 MRN P-") in said
    with clinic.reading():
        look = log.accesses(after=None, limit=1000)[-1]
        shown = [str(visits.visit(visit).patient)]
        assert (look.action, look.object_id, look.patients) == ("print-label", drawn.syringe, shown)
    (found,) = stock.nurse.post("/scans", scan=code_of(drawn.syringe), site=clinic.site).done()["containers"]
    assert found["id"] == str(drawn.syringe)


def test_a_prepared_syringe_says_what_it_holds_after_dilution(clinic: Clinic) -> None:
    ward = Ward(clinic)
    ward.ready()
    listed = ward.ada.get(f"/containers?site={clinic.site}").done()["items"]
    (syringe,) = [item["id"] for item in listed if item["kind"] == "syringe"]
    assert squeezed("0.7 mg/mL 35 mg in 50 mL") in label_of(ward.ada, syringe)


def test_a_bag_made_up_for_nobody_says_all_its_lots_and_until_when(clinic: Clinic) -> None:
    stock = Stock(clinic)
    stock.share()
    bag = stock.mix((stock.a_vial(), "5"), (stock.a_vial(lot="L2", expiry="2026-12-31"), "5"))
    said = label_of(stock.nurse, bag)
    assert squeezed("PREPARED K-001/1 KETAMINE 5 mg/mL 500 mg in 100 mL Made 2026-03-02 09:00 EST by AN") in said
    assert squeezed("USE BY 2026-03-02 13:00 EST Lot L1 exp. 2027-06-30 + L2 exp. 2026-12-31") in said


def test_a_syringe_out_of_two_vials_says_both_lots(clinic: Clinic) -> None:
    stock = Stock(clinic)
    first, second = stock.a_vial(), stock.a_vial(lot="L2", expiry="2026-12-31")
    drawn = stock.draw_from(stock.a_visit(), (first, "0.2"), (second, "0.5"))
    said = label_of(stock.nurse, drawn.syringe)
    assert squeezed("THIS VISIT ONLY L1 2027-06-30 + L2 2026-12-31") in said


def test_a_device_prints_as_one(clinic: Clinic) -> None:
    stock = Stock(clinic)
    (device,) = stock.receive(line(ndc="50458-028-00", vials_invoiced=1, vials_received=1))
    assert squeezed("IN STOCK E-001 ESKETAMINE 140 mg/mL 28 mg Received") in label_of(stock.nurse, device["id"])


def test_a_label_is_for_who_handles_drug_and_for_containers_that_are_here(clinic: Clinic) -> None:
    stock = Stock(clinic)
    path = f"/containers/{stock.a_vial()}/label.pdf"
    assert clinic.front_desk().get(path).status == 403
    other = Stock(clinic.installation.found("South Clinic"))
    assert other.nurse.get(path).status == 404
