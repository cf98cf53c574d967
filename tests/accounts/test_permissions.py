"""The matrix: what is not in it is refused, and what it says wrongly keeps the application from starting."""

import contextlib
import tomllib
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from clinic_api.accounts.access.permissions import (
    ENFORCED,
    PERMISSIONS,
    Reach,
    asks_for_reason,
    check_permitted,
    needs_reason,
    read_permissions,
)
from clinic_api.accounts.rules.proving import NotYours
from clinic_api.accounts.rules.roles import Action, Role
from clinic_api.accounts.service.tokens import Person
from clinic_api.settings import CONFIG

TABLET = UUID(int=3)


def shipped() -> dict[str, Any]:
    return tomllib.loads((CONFIG / "permissions.toml").read_text(encoding="utf-8"))


def somebody(*roles: Role) -> Person:
    return Person(
        organisation=UUID(int=1), account=UUID(int=2), name="Ada", roles=frozenset(roles), auth_event=None, device=None
    )


def a_tablet() -> Person:
    return Person(
        organisation=UUID(int=1), account=None, name="Tablet 1", roles=frozenset(), auth_event=None, device=TABLET
    )


def allowed(person: Person) -> set[str]:
    """What the door would let somebody do."""
    found = set()
    for action in Action:
        with contextlib.suppress(NotYours):
            check_permitted(person, PERMISSIONS[action])
            found.add(str(action))
    return found


def from_anybody() -> set[str]:
    return {action for action, line in shipped().items() if line.get("anybody")}


@pytest.mark.parametrize("role", list(Role))
def test_a_role_may_exactly_what_its_lines_say(role: Role) -> None:
    own = {action for action, line in shipped().items() if role in line["roles"]}
    assert allowed(somebody(role)) == own | from_anybody()


def test_somebody_without_a_role_may_only_what_is_taken_from_whoever_is_there() -> None:
    assert allowed(somebody()) == from_anybody() == {"stop-infusion", "record-reading"}
    with pytest.raises(NotYours, match="two administrators"):
        check_permitted(somebody(), PERMISSIONS[Action.SEE_SELF])


def test_a_locked_tablet_may_what_cannot_wait_and_nothing_else() -> None:
    assert allowed(a_tablet()) == {action for action, line in shipped().items() if line.get("urgent")}


def test_stopping_and_reading_vital_signs_never_wait_for_a_person_to_sign_in() -> None:
    assert PERMISSIONS[Action.STOP_INFUSION].urgent
    assert PERMISSIONS[Action.RECORD_READING].urgent
    assert not PERMISSIONS[Action.STOP_INFUSION].pin


def test_what_moves_the_drug_or_the_rules_asks_for_a_pin() -> None:
    asked = {action for action, permission in PERMISSIONS.items() if permission.pin}
    assert asked >= {Action.DRAW_DRUG, Action.WASTE_DRUG, Action.RECEIVE_STOCK, Action.SIGN_ORDER, Action.APPROVE_ROLE}


def test_a_person_may_the_sum_of_what_their_roles_may() -> None:
    check_permitted(somebody(Role.NURSE, Role.COMPLIANCE), PERMISSIONS[Action.SEE_AUDIT])


def test_an_action_without_a_line_is_refused_by_name() -> None:
    content = shipped()
    del content["draw-drug"]
    with pytest.raises(ValueError, match="draw-drug"):
        read_permissions(content)


@pytest.mark.parametrize(
    "line",
    [
        {"fly-a-kite": {"what": "Fly", "roles": {"nurse": "yes"}}},
        {"see-self": {"what": "See", "roles": {"pilot": "yes"}}},
        {"see-self": {"what": "See", "roles": {"nurse": "perhaps"}}},
    ],
)
def test_a_line_about_nobody_and_nothing_is_refused(line: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="is not a valid"):
        read_permissions(shipped() | line)


@pytest.mark.parametrize("reach", sorted(set(Reach) - ENFORCED))
def test_a_reach_that_the_door_does_not_ask_about_is_not_read_as_a_plain_yes(reach: Reach) -> None:
    line = {"see-self": {"what": "See", "roles": {"nurse": str(reach)}}}
    with pytest.raises(ValueError, match="does not know how to ask"):
        read_permissions(shipped() | line)


def test_a_reason_is_asked_where_no_role_reaches_without_one() -> None:
    permission = PERMISSIONS[Action.READ_PATIENT]
    assert asks_for_reason(permission) == {Role.COMPLIANCE}
    assert needs_reason(somebody(Role.COMPLIANCE), permission)
    assert not needs_reason(somebody(Role.COMPLIANCE, Role.NURSE), permission)
    assert not needs_reason(somebody(Role.NURSE), permission)
    assert not needs_reason(a_tablet(), permission)
    assert not needs_reason(somebody(Role.COMPLIANCE), replace(permission, anybody=True))


def test_the_reach_of_each_cell_is_kept() -> None:
    assert PERMISSIONS[Action.READ_PATIENT].roles[Role.COMPLIANCE] is Reach.WITH_REASON
