"""What must be true of stock, by number: where each sentence is shown, and the tests of those that had no place yet.

``R`` are the rules of regulated stock, ``P`` what other products got wrong.
"""

import ast
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Final

import pytest

from clinic_api import clock
from clinic_api.errors import Refusal
from clinic_api.quantities import NOTHING, Mass
from clinic_api.settings import ROOT
from tests.inventory.stock import Stock

SHOWN: Final = {
    "R1": "inventory/test_drawing.py::test_a_registration_that_ended_covers_no_draw",
    "R2": "inventory/test_correcting_transfers.py::test_a_transfer_is_taken_back_on_both_sides_whichever_half_is_named",
    "R3": "inventory/test_correcting.py::test_a_wrong_amount_is_taken_back_and_stated_anew_before_a_second_person",
    "R4": "inventory/test_last_defence.py::"
    "test_a_balance_never_falls_below_zero_and_nothing_else_of_a_container_changes",
    "R5": "inventory/test_refused_takes.py::"
    "test_an_attempt_below_zero_is_refused_and_opens_a_file_that_names_container_actor_and_amount",
    "R6": "sessions/test_signing.py::test_a_signature_names_each_thing_that_is_open_with_container_and_amount",
    "R7": "inventory/test_wasting.py::test_a_witness_is_here_today_at_this_site",
    "R8": "inventory/test_removing.py::test_two_employees_destroy_expired_vials_and_the_book_closes",
    "R9": "inventory/test_closing_discrepancies.py::test_the_chain_is_of_persons_whatever_they_are_now",
    "R10": "inventory/test_receiving.py::test_an_invoice_lacks_nothing_that_an_inspector_asks_for",
    "R11": "inventory/test_discrepancies.py::test_a_receipt_that_differs_opens_one_whether_vials_came_or_not",
    "R12": "inventory/test_stock_orders.py::"
    "test_an_order_is_signed_by_the_registrant_or_under_a_power_of_attorney_in_force",
    "R13": "inventory/test_stock_orders.py::test_the_records_of_both_groups_are_never_in_one_list",
    "R14": "inventory/test_last_defence.py::test_drug_comes_from_outside_and_goes_outside_only_at_the_coded_places",
    "R16": "inventory/test_drawing_rules.py::test_a_single_dose_vial_serves_once",
    "R17": "inventory/test_drawing.py::test_an_opened_vial_is_refused_after_its_28_days_and_its_opening_never_moves",
    "R18": "inventory/test_last_defence.py::test_the_first_opening_of_a_vial_is_written_once_and_never_moved",
    "R19": "inventory/test_kits.py::test_a_kit_is_drawn_for_the_patient_it_came_for",
    "R24": "inventory/test_count_invariants.py::test_the_biennial_date_runs_from_the_count",
    "R25": "inventory/test_inventories.py::test_a_signed_inventory_never_changes_whatever_happens_to_the_stock",
    "R26": "inventory/test_count_invariants.py::test_schedule_ii_is_counted_exactly_and_never_estimated",
    "R27": "inventory/test_two_counters.py::test_neither_the_other_entry_nor_the_book_is_told_before_both_are_in",
    "R28": "inventory/test_count_invariants.py::test_a_variance_opens_a_task_and_never_posts_an_adjustment",
    "R29": "inventory/test_closing_discrepancies.py::"
    "test_an_approved_adjustment_is_in_the_book_and_the_closing_names_its_move",
    "R30": "inventory/test_losses.py::test_the_clocks_are_tasks_counted_from_both_dates_and_end_with_what_was_sent",
    "R31": "inventory/test_closing_rules.py::"
    "test_a_loss_closes_reported_and_complete_or_on_a_signed_word_that_it_is_not_significant",
    "R32": "inventory/test_receivers.py::test_a_receiver_is_looked_up_by_its_number_and_nothing_goes_to_a_stranger",
    "R33": "inventory/test_removing.py::test_a_shipment_to_a_reverse_distributor_closes_only_with_the_receivers_word",
    "R34": "inventory/test_drawing.py::test_a_vial_set_apart_is_not_drawn_from_and_still_counts_as_on_hand",
    "R35": "inventory/test_correcting.py::test_an_incident_dated_ahead_or_without_words_changes_nothing",
    "R36": "test_quantities.py::test_different_things_are_neither_equal_nor_added_nor_compared",
    "R37": "inventory/test_intake.py::"
    "test_what_was_seen_is_adopted_as_a_new_version_and_what_was_received_before_keeps_its_own",
    "R38": "signatures/test_tampering.py::test_content_changed_after_it_was_signed_is_no_longer_what_was_signed",
    "R39": "accounts/test_signing_in.py::test_a_login_is_never_given_to_a_second_person",
    "P1": "inventory/test_closing_discrepancies.py::"
    "test_an_adjustment_takes_two_people_and_then_moves_the_book_by_exactly_so_much",
    "P2": "inventory/test_correcting.py::test_a_move_is_taken_back_in_parts_and_never_more_than_it_moved",
    "P3": "dosing/test_rules.py::test_a_case_closes_when_drawn_is_given_wasted_and_returned",
    "P4": "http/test_every_id.py::test_an_id_of_another_organisation_in_a_body_or_a_question_answers_as_one_of_nothing",
    "P5": "inventory/test_invariants.py::test_of_several_who_draw_all_of_a_vial_at_once_exactly_one_does",
    "P6": "inventory/test_wasting.py::test_nobody_witnesses_their_own_waste_on_any_tablet",
    "P7": "http/test_every_field.py::test_every_route_refuses_a_field_that_nobody_reads_by_its_name",
    "P8": "inventory/test_receiving.py::test_a_code_that_the_clinic_does_not_stock_or_that_says_nothing_is_refused",
    "P9": "test_quantities.py::test_different_things_are_neither_equal_nor_added_nor_compared",
    "P10": "inventory/test_accounting.py::test_two_strengths_are_two_audits_and_never_one_sum",
    "P11": "http/test_failures.py::test_what_was_lost_to_a_failure_can_be_sent_again_with_its_key",
    "P12": "inventory/test_count_invariants.py::test_a_count_stores_its_numbers_and_who_counted",
    "P13": "inventory/test_counting.py::"
    "test_a_difference_within_the_resolution_is_recorded_and_one_above_is_a_task_and_neither_moves_anything",
    "P14": "inventory/test_last_defence.py::test_no_row_of_the_ledger_is_deleted_or_overwritten",
    "P15": "inventory/test_drawing_from_several.py::"
    "test_every_lot_and_expiry_that_went_in_is_shown_and_found_by_its_recall",
    "P24": "inventory/test_invariants.py::test_what_is_entered_for_an_earlier_moment_never_overdraws_what_came_after",
    "P26": "inventory/test_inventories.py::"
    "test_the_next_inventory_is_due_two_years_after_the_count_and_not_after_the_signature",
}


@pytest.mark.parametrize("number", SHOWN)
def test_each_sentence_is_shown_by_a_test_that_exists(number: str) -> None:
    file, _, name = SHOWN[number].partition("::")
    tree = ast.parse((ROOT / "tests" / file).read_text(encoding="utf-8"))
    assert name in {each.name for each in tree.body if isinstance(each, ast.FunctionDef)}


def test_of_several_who_draw_all_of_a_vial_at_once_exactly_one_does(stock: Stock) -> None:
    """P5."""
    vial, visit = stock.a_vial(), stock.a_visit()

    def all_of_it(_: int) -> str:
        try:
            stock.draw(vial, "10", visit)
        except Refusal as refused:
            return refused.code
        return "drawn"

    with ThreadPoolExecutor(4) as pool:
        said = sorted(pool.map(all_of_it, range(4)))
    assert said == ["drawn", "empty", "empty", "empty"]
    assert (stock.balance(vial), stock.clinic.verify()) == (NOTHING, [])


def test_what_is_entered_for_an_earlier_moment_never_overdraws_what_came_after(stock: Stock) -> None:
    """P24. Planning it is refused; what happened is written down, and what the book lacked then is found first."""
    vial, visit = stock.a_vial(), stock.a_visit()
    before = (clock.now() - timedelta(hours=2)).isoformat()
    contents = [{"container": vial, "mass_mg": "1"}]
    broken = {"kind": "broken", "reason": "fell on the floor", "contents": contents, "occurred_at": before}
    proposed = stock.nurse.does("/removals", **broken, late_reason="found in the evening")
    with stock.clinic.nothing_changes():
        refused = stock.nurse.post(
            f"/removals/{proposed['id']}/signature", **stock.witness.proof_for(proposed["challenge"])
        )
    assert (refused.status, refused["type"]) == (409, "past-would-be-negative")

    done = stock.nurse.does(
        "/incidents",
        container=vial,
        visit=visit,
        volume_ml="0.7",
        what_happened="given before the box was entered",
        given=True,
        order_missing=True,
        occurred_at=before,
    )
    assert done["against"] == ["NotEnoughLeft"]
    moves = stock.nurse.get(f"/containers/{vial}").done()["moves"]
    assert [each["kind"] for each in sorted(moves, key=lambda move: str(move["occurred_at"]))] == [
        "overfill-found",
        "drawn",
        "received",
    ]
    assert (stock.balance(vial), stock.clinic.verify()) == (Mass.mg(500), [])


def test_overfill_that_was_taken_back_may_be_found_again(stock: Stock) -> None:
    """R3: a correction leaves nothing behind that counts against a later, right entry."""
    vial = stock.a_vial()
    found = stock.nurse.does(f"/containers/{vial}/overfill", volume_ml="0.5")
    asked = stock.nurse.does(f"/moves/{found['id']}/corrections", reason="it was the other vial")
    stock.nurse.does(f"/corrections/{asked['id']}/signature", **stock.witness.proof_for(asked["challenge"]))
    stock.nurse.does(f"/containers/{vial}/overfill", volume_ml="0.5")
    assert stock.nurse.post(f"/containers/{vial}/overfill", volume_ml="0.01")["type"] == "more-than-overfill"
    assert stock.balance(vial) == Mass.mg(525)
