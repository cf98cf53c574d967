"""The life of a session: every act in every state is in the table or refused, and nobody can be held."""

import itertools

import pytest

from clinic_api.sessions.rules.life import FIRST, HERE, LIFE, LIVE, SEALED, Act, NotNow, State, after, draw_life

DOSED = {State.RECOVERING, State.DISCHARGE_READY, State.DISCHARGED, State.LEFT_AMA, State.LEFT_WITHOUT_NOTICE}


def reachable(state: State) -> set[State]:
    """Every state that can follow, at any distance."""
    seen: set[State] = set()
    left = [state]
    while left:
        new = set(LIFE[left.pop()].values()) - seen
        seen |= new
        left += new
    return seen


@pytest.mark.parametrize(("state", "act"), list(itertools.product(State, Act)))
def test_each_act_is_either_in_the_table_or_refused(state: State, act: Act) -> None:
    if act in LIFE[state]:
        assert after(state, act) is LIFE[state][act]
    else:
        with pytest.raises(NotNow) as refusal:
            after(state, act)
        assert refusal.value.possible == tuple(LIFE[state])


def test_the_ordinary_visit_goes_from_check_in_to_the_locked_record() -> None:
    state = FIRST
    way = [Act.SCREEN, Act.MAKE_READY, Act.START, Act.PAUSE, Act.RESUME, Act.STOP, Act.FIND_FIT, Act.DISCHARGE]
    for act in (*way, Act.SIGN, Act.LOCK):
        state = after(state, act)
    assert state is State.LOCKED


@pytest.mark.parametrize("state", sorted(HERE))
@pytest.mark.parametrize("act", [Act.LEAVE_AGAINST_ADVICE, Act.LEAVE_WITHOUT_NOTICE, Act.TRANSFER])
def test_leaving_and_an_emergency_are_possible_wherever_the_patient_is(state: State, act: Act) -> None:
    assert after(state, act) not in HERE


@pytest.mark.parametrize("state", [State.INFUSING, State.PAUSED])
def test_stop_is_possible_whenever_drug_runs_or_is_held(state: State) -> None:
    assert after(state, Act.STOP) is State.RECOVERING


@pytest.mark.parametrize("state", [State.CHECKED_IN, State.SCREENING, State.READY])
def test_a_start_that_already_happened_is_recorded_from_anywhere_before_it(state: State) -> None:
    assert after(state, Act.RECORD_START) is State.INFUSING


@pytest.mark.parametrize("state", [State.CHECKED_IN, State.SCREENING])
def test_a_start_as_planned_needs_a_patient_who_is_ready(state: State) -> None:
    with pytest.raises(NotNow):
        after(state, Act.START)


@pytest.mark.parametrize("state", [State.DISCHARGED, State.LEFT_AMA, State.LEFT_WITHOUT_NOTICE])
def test_an_emergency_after_leaving_can_still_be_recorded(state: State) -> None:
    assert after(state, Act.TRANSFER) is State.TRANSFERRED_EMERGENCY


def test_a_patient_called_fit_may_be_found_unfit_again() -> None:
    assert after(State.DISCHARGE_READY, Act.FIND_UNFIT) is State.RECOVERING


def test_every_session_can_be_signed_and_nothing_happens_after_the_lock() -> None:
    for state in set(State) - SEALED:
        assert State.LOCKED in reachable(state)
    assert LIFE[State.LOCKED] == {}


def test_no_session_without_a_dose_ends_as_one_with_a_dose() -> None:
    assert State.INFUSING not in reachable(State.ABORTED_PRE_DOSE)
    before_dose = {State.CHECKED_IN, State.SCREENING, State.READY}
    for state in before_dose:
        assert not DOSED & set(LIFE[state].values())


def test_every_state_can_be_reached_and_every_act_is_used() -> None:
    assert reachable(FIRST) | {FIRST} == set(State)
    assert {act for acts in LIFE.values() for act in acts} == set(Act)


def test_a_sealed_session_is_neither_live_nor_here() -> None:
    assert not SEALED & (LIVE | HERE)
    assert LIVE < HERE


def test_a_refusal_says_where_the_session_stands_and_what_is_possible_instead() -> None:
    with pytest.raises(NotNow) as refusal:
        after(State.RECOVERING, Act.START)
    assert str(refusal.value) == (
        "a session that is recovering does not allow start; possible now: "
        "find fit, leave against advice, leave without notice, transfer"
    )
    with pytest.raises(NotNow) as locked:
        after(State.LOCKED, Act.SIGN)
    assert str(locked.value).endswith("possible now: nothing more; a later word is an addendum")


def test_the_drawing_holds_each_line_of_the_table_once() -> None:
    drawing = draw_life()
    lines = drawing.splitlines()
    assert lines[:2] == ["stateDiagram-v2", "    [*] --> checked_in: check in"]
    assert "    infusing --> paused: pause" in lines
    assert "    discharge_ready --> recovering: find unfit" in lines
    assert lines[-1] == "    locked --> [*]"
    assert len(lines) == 3 + sum(len(acts) for acts in LIFE.values())
    assert len(set(lines)) == len(lines)
    assert drawing.endswith("\n")
