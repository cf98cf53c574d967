"""Two people count each for themselves; a third counts again what they do not agree on; parts and recounts."""

from datetime import datetime
from typing import Any
from uuid import UUID

from clinic_api.clinics.service import adopt
from clinic_api.inventory.queries import counts, tallies
from clinic_api.inventory.service.counting import DISAGREEMENT, VARIANCE
from clinic_api.signatures import queries as signatures
from clinic_api.signatures.rules import Meaning
from tests.builders import Clinic, Installation
from tests.clinics.laws import own
from tests.inventory.stock import KETAMINE_10, Stock, counted, line, read, refused
from tests.people import Answer


def opened(stock: Stock, kind: str = "closing", **different: Any) -> str:
    """A count that was opened; its id."""
    return str(stock.nurse.does("/counts", location=stock.location, kind=kind, **different)["id"])


def one(answer: Answer, container: object) -> dict[str, Any]:
    """A count's line of one container."""
    return next(dict(each) for each in answer["lines"] if each["container"] == str(container))


def complete(stock: Stock, until: datetime) -> bool:
    """Whether a count of the whole safe is complete; the first is then also the last."""
    first, last = (each(UUID(stock.location), until=until) for each in (counts.first_complete, counts.last_complete))
    assert first == last
    return first is not None


def test_neither_the_other_entry_nor_the_book_is_told_before_both_are_in(stock: Stock, clinic: Clinic) -> None:
    """The counter cannot see the expected balance until both entries are sealed."""
    sealed, vial = stock.a_vial(), stock.a_vial()
    stock.draw(vial, "1.23", stock.a_visit())
    count = opened(stock)
    first = stock.enter(count, counted(sealed), read(vial, "8.5")).done()
    seen = stock.witness.get(f"/counts/{count}").done()
    for answer in (first, seen, stock.witness.get(f"/containers?site={clinic.site}").done()):
        for figure in ('"438.5"', '"8.5"', '"425"', "variance"):
            assert figure not in answer.data.decode()
    assert (seen["state"], seen["lines"], [each["lines"] for each in seen["tallies"]]) == (
        "awaits-second",
        None,
        [None],
    )
    assert stock.nurse.get(f"/sites/{clinic.site}/balances").json["items"][0]["on_hand_mg"] is None

    second = stock.enter(count, counted(sealed), read(vial, "9"), by=stock.witness).done()
    assert second["state"] == "entered"
    assert [(each["place"], each["name"]) for each in second["tallies"]] == [(1, "Ada Nurse"), (2, "Ben Nurse")]
    assert [each["lines"][1]["found_mg"] for each in second["tallies"]] == ["425", "450"]
    assert one(second, vial)["expected_mg"] == "438.5"
    assert clinic.verify() == []


def test_each_entry_is_its_persons_own_signed_with_their_own_pin(stock: Stock, clinic: Clinic) -> None:
    vial, count = stock.a_vial(), opened(stock)
    refused(
        clinic,
        lambda: stock.nurse.send("POST", f"/counts/{count}/entries", {"lines": []}, {"Clinic-Pin": None}),
        401,
        "pin-needed",
    )
    stock.enter(count, counted(vial)).done()
    refused(clinic, lambda: stock.enter(count, counted(vial)), 403, "second-is-the-same-person")
    stock.enter(count, counted(vial), by=stock.witness).done()
    with clinic.reading():
        made = [tally.id for tally in tallies.of_count(UUID(count))]
        signed = [(each.signer, each.meaning) for tally in made for each in signatures.attestations_of(tally)]
    assert signed == [(UUID(each.id), Meaning.COUNTED) for each in (stock.nurse, stock.witness)]
    assert [event for tally in made for event in clinic.trail(tally)] == ["count:tallied"] * 2


def test_an_earlier_count_is_not_told_while_its_place_is_counted_again(stock: Stock) -> None:
    vial = stock.a_vial()
    earlier = stock.count(read(vial, "9.9"))["id"]
    count = opened(stock, "opening")
    hidden = stock.witness.get(f"/counts/{earlier}").done()
    assert (hidden["state"], hidden["lines"], hidden["tallies"][0]["lines"]) == ("complete", None, None)
    stock.enter_both(count, read(vial, "9.9")).done()
    assert one(stock.witness.get(f"/counts/{earlier}").done(), vial)["expected_mg"] == "500"


def test_what_two_do_not_agree_on_is_counted_again_by_a_third_and_only_that(stock: Stock, clinic: Clinic) -> None:
    agreed, disputed, count = stock.a_vial(), stock.a_vial(), opened(stock)
    stock.enter(count, read(agreed, "10"), read(disputed, "10")).done()
    answer = stock.enter(count, read(agreed, "9.5"), read(disputed, "9.4"), by=stock.witness).done()
    assert (answer["state"], answer["lines"], stock.tasks(DISAGREEMENT)) == ("disagreed", None, 1)
    assert answer["disputed"] == [{"container": str(disputed), "label": "K-002"}]
    assert [each["lines"] for each in answer["tallies"]] == [None, None]

    for person in (stock.nurse, stock.witness):
        refused(clinic, lambda by=person: stock.enter(count, read(disputed, "9.4"), by=by), 403, "counted-before")
    third = clinic.custodian("Kim Keeper")
    other = (read(agreed, "9"), read(disputed, "9.4"))
    refused(clinic, lambda: stock.enter(count, *other, by=third), 409, "outside-this-count")
    settled = stock.enter(count, read(disputed, "9.4"), by=third).done()
    assert (settled["state"], settled["disputed"], stock.tasks(DISAGREEMENT)) == ("entered", [], 0)
    assert [one(settled, vial)["place"] for vial in (agreed, disputed)] == [1, 3]
    assert one(settled, disputed)["counted_by"] == third.id
    kept = {
        (each["place"], row["label"]): (row["found_mg"], row["counts"])
        for each in settled["tallies"]
        for row in each["lines"]
    }
    assert kept[1, "K-002"] == ("500", False)
    assert kept[2, "K-002"] == ("470", False)
    assert kept[3, "K-002"] == ("470", True)
    assert stock.tasks(VARIANCE) == 1
    stock.sign_both(count)
    assert clinic.verify() == []


def test_in_a_practice_of_two_the_second_looks_again(installation: Installation) -> None:
    stock = Stock(installation.found("Duo Clinic", profile="duo"))
    vial, count = stock.a_vial(), opened(stock)
    stock.enter(count, read(vial, "10")).done()
    assert stock.enter(count, read(vial, "9"), by=stock.witness).done()["state"] == "disagreed"
    refused(stock.clinic, lambda: stock.enter(count, read(vial, "10")), 403, "counted-before")
    answer = stock.enter(count, read(vial, "10"), by=stock.witness).done()
    assert (one(answer, vial)["place"], one(answer, vial)["variance_ug"]) == (3, 0)


def test_drug_drawn_between_the_two_entries_is_no_disagreement(stock: Stock) -> None:
    vial, count = stock.a_vial(), opened(stock)
    stock.enter(count, read(vial, "10")).done()
    syringe = stock.draw(vial, "2", stock.a_visit()).syringe
    answer = stock.enter(count, read(vial, "8"), counted(syringe), by=stock.witness).done()
    assert (answer["state"], answer["disputed"]) == ("entered", [])
    assert [(each["label"], each["expected_mg"], each["explained"]) for each in answer["lines"]] == [
        ("K-001", "500", True),
        ("K-001/1", "100", True),  # only the second could find the syringe
    ]


def test_the_second_signature_is_that_of_the_second_who_counted(stock: Stock, clinic: Clinic) -> None:
    count, other = opened(stock), clinic.custodian("Kim Keeper")
    stock.enter_both(count).done()
    challenge = stock.nurse.does(f"/counts/{count}/signature")["challenge"]
    proof = other.proof_for(challenge)
    refused(clinic, lambda: stock.nurse.post(f"/counts/{count}/second", **proof), 403, "not-the-second-counter")


def test_a_cycle_count_covers_chosen_products_and_containers_and_nothing_else(stock: Stock, clinic: Clinic) -> None:
    chosen, left_out = stock.a_vial(), stock.a_vial()
    ten = stock.a_vial(ndc=KETAMINE_10)
    count = opened(stock, "cycle", containers=[str(chosen)], products=["ketamine-10-mg-ml-20-ml"])
    refused(clinic, lambda: stock.enter(count, counted(left_out)), 409, "outside-this-count")
    answer = stock.enter(count, counted(chosen)).done()
    assert (answer["persons"], answer["containers"]) == (1, [str(chosen)])
    assert answer["products"] == ["ketamine-10-mg-ml-20-ml"]
    assert [(each["container"], each["method"]) for each in answer["lines"]] == [
        (str(chosen), "counted"),
        (str(ten), None),
    ]
    stock.location, safe = stock.a_location("Safe 2"), stock.location
    elsewhere = {"location": stock.location, "kind": "cycle", "containers": [str(chosen)]}
    refused(clinic, lambda: stock.nurse.post("/counts", **elsewhere), 409, "kept-elsewhere")
    for kind, said in (
        ("closing", "whole-location"),
        ("biennial", "opened-elsewhere"),
        ("recount", "opened-elsewhere"),
    ):
        body = {"location": safe, "kind": kind, "containers": [str(chosen)]}
        refused(clinic, lambda body=body: stock.nurse.post("/counts", **body), 422, said)
    fewer = {"location": safe, "kind": "closing", "persons": 1}
    refused(clinic, lambda: stock.nurse.post("/counts", **fewer), 422, "more-people-needed")


def test_a_hand_over_is_counted_by_two_in_every_practice(installation: Installation) -> None:
    stock = Stock(installation.found("Solo Clinic", profile="solo"))
    assert stock.nurse.does("/counts", location=stock.location, kind="handover")["persons"] == 2


def test_a_recount_is_somebody_elses_both_stay_and_it_is_shown_which_counts(stock: Stock, clinic: Clinic) -> None:
    fine, short = stock.a_vial(), stock.a_vial()
    first = stock.count(counted(fine), read(short, "9"))
    count = first["id"]
    stock.location, safe = stock.a_location("Safe 2"), stock.location
    elsewhere, stock.location = stock.a_vial(), safe
    for vial, said in ((stock.a_vial(), "outside-this-count"), (elsewhere, "kept-elsewhere")):
        named = {"containers": [str(vial)]}
        refused(clinic, lambda named=named: stock.nurse.post(f"/counts/{count}/recount", **named), 409, said)
    again = stock.nurse.does(f"/counts/{count}/recount")
    assert (again["kind"], again["recounts"], again["containers"]) == ("recount", count, [str(short)])
    for person in (stock.nurse, stock.witness):
        refused(clinic, lambda by=person: stock.enter(again["id"], read(short, "10"), by=by), 403, "counted-before")
    third = clinic.custodian("Kim Keeper")
    found = stock.enter(again["id"], read(short, "9.9"), by=third).done()
    assert (one(found, short)["variance_ug"], one(found, short)["explained"]) == (-5_000, True)

    before = stock.nurse.get(f"/counts/{count}").done()
    assert (one(before, short)["found_mg"], one(before, short)["recounted_in"]) == ("450", again["id"])
    assert one(before, fine)["recounted_in"] is None
    assert stock.tasks(VARIANCE) == 1  # the difference stays a question that a person answers
    agreed = opened(stock, "cycle", containers=[str(fine)])
    stock.enter(agreed, counted(fine)).done()
    refused(clinic, lambda: stock.nurse.post(f"/counts/{agreed}/recount"), 409, "nothing-to-recount")
    open_still = opened(stock)
    refused(clinic, lambda: stock.nurse.post(f"/counts/{open_still}/recount"), 409, "nothing-entered-yet")


def test_a_count_of_a_part_is_no_count_of_the_location(stock: Stock, clinic: Clinic) -> None:
    """A reconciliation rests on counts of all that is there."""
    vial = stock.a_vial()
    part = opened(stock, "cycle", containers=[str(vial)])
    stock.enter(part, counted(vial)).done()
    assert stock.nurse.does(f"/counts/{part}/signature")["state"] == "complete"
    with clinic.reading() as scope:
        assert not complete(stock, scope.at)
    stock.count(counted(vial))
    with clinic.reading() as scope:
        assert complete(stock, scope.at)


def test_what_was_typed_off_the_scale_is_kept_beside_what_was_worked_out(stock: Stock, clinic: Clinic) -> None:
    vial, count = stock.a_vial(), opened(stock)
    weighed = {"container": str(vial), "method": "weighed", "gross_g": "23.05", "tare_g": "13", "scale_g": "0.05"}
    for wrong, said in (
        (weighed | {"volume_ml": "9.9"}, "volume-unclear"),
        ({"container": str(vial), "method": "weighed"}, "volume-unclear"),
        (weighed | {"gross_g": "12.9"}, "lighter-than-empty"),
    ):
        refused(clinic, lambda wrong=wrong: stock.enter(count, wrong), 422, said)
    alone = {"container": str(vial), "method": "weighed", "tare_g": "13"}
    assert "gross_g" in stock.enter(count, alone)["errors"]["lines"]["0"]["tare_g"][0]
    answer = stock.enter_both(count, weighed).done()
    row = answer["tallies"][0]["lines"][0]
    assert (row["gross_g"], row["tare_g"], row["scale_g"], row["tare_weighed"]) == ("23.05", "13", "0.05", True)
    assert (row["density_g_per_ml"], row["volume_ml"], row["found_mg"]) == ("1.01", "9.95", "497.525")
    assert (row["resolution_mg"], row["method"]) == ("5", "weighed")
    assert (one(answer, vial)["variance_ug"], one(answer, vial)["explained"]) == (-2_475, True)
    assert stock.balance(vial).as_mg_text() == "500"


def test_every_line_of_every_answer_says_how_and_how_finely(stock: Stock) -> None:
    vials = [stock.a_vial() for _ in range(4)]
    weighed = {"container": str(vials[2]), "method": "weighed", "gross_g": "23.1"}
    estimated = {"container": str(vials[3]), "method": "estimated", "volume_ml": "10"}
    answer = stock.count(counted(vials[0]), read(vials[1], "10"), weighed, estimated)
    said = [(each["method"], each["resolution_mg"]) for each in answer["lines"]]
    assert said == [("counted", "0"), ("read", "25"), ("weighed", "54.5"), ("estimated", "50")]
    for tally in answer["tallies"]:
        assert [(each["method"], each["resolution_mg"]) for each in tally["lines"]] == said


def test_an_estimate_is_refused_where_a_stricter_rule_asks_for_exact_counts(stock: Stock, clinic: Clinic) -> None:
    vial, count = stock.a_vial(), opened(stock)
    with clinic.transaction() as scope:
        adopt("jurisdiction", "house", own(inventory={"exact_count_required": True}), scope=scope)
    estimated = {"container": str(vial), "method": "estimated", "volume_ml": "10"}
    answer = refused(clinic, lambda: stock.enter(count, estimated), 422, "exact-only")
    assert "house version 1" in answer["detail"]


def test_a_count_that_lapsed_takes_no_entry(stock: Stock, clinic: Clinic) -> None:
    vial, count = stock.a_vial(), opened(stock)
    stock.enter(count, counted(vial)).done()
    clinic.later(hours=12)
    clinic.sign_in(stock.witness)
    stock.witness.does("/presences", site=clinic.site)
    refused(clinic, lambda: stock.enter(count, counted(vial), by=stock.witness), 409, "count-lapsed")


def test_sealed_stock_of_many_lots_is_one_line_a_container(stock: Stock) -> None:
    """Merging stock keeps lots apart: every container is counted by its own number."""
    vials = stock.receive(line(), line(lot="L2"))
    answer = stock.count(*(counted(each["id"]) for each in vials))
    assert [each["label"] for each in answer["lines"]] == ["K-001", "K-002", "K-003", "K-004"]
