"""The permission matrix: one data file, read once at start; its digest goes into the audit."""

import hashlib
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from clinic_api.accounts.rules.proving import NotYours
from clinic_api.accounts.rules.roles import Action, Role
from clinic_api.accounts.service.tokens import Person
from clinic_api.settings import CONFIG


class Reach(StrEnum):
    """How far a role's permission goes; the door knows the ones in ``ENFORCED``."""

    YES = "yes"
    OWN = "own"
    SECOND = "second"
    WITH_REASON = "with_reason"
    DEIDENTIFIED = "deidentified"


#: A cell that the door would not ask about must not be read as a plain yes.
ENFORCED: Final = frozenset({Reach.YES, Reach.WITH_REASON})


@dataclass(frozen=True, slots=True)
class Permission:
    """What one action asks for."""

    what: str
    roles: Mapping[Role, Reach]
    pin: bool = False
    urgent: bool = False
    export: bool = False
    seal: bool = False
    anybody: bool = False


def read_permissions(content: Mapping[str, Any]) -> dict[Action, Permission]:
    """The permission matrix, from ``config/permissions.toml``.

    Raises:
        ValueError: an unknown action, role or reach, one that the door does not ask about, or an action without a line.
    """
    if missing := set(Action) - content.keys():
        message = f"no permission says who may: {', '.join(sorted(missing))}"
        raise ValueError(message)
    return {
        Action(name): Permission(
            what=cell["what"],
            roles={Role(role): _enforced(reach) for role, reach in cell["roles"].items()},
            pin=cell.get("pin", False),
            urgent=cell.get("urgent", False),
            export=cell.get("export", False),
            seal=cell.get("seal", False),
            anybody=cell.get("anybody", False),
        )
        for name, cell in content.items()
    }


def _enforced(said: str) -> Reach:
    reach = Reach(said)
    if reach not in ENFORCED:
        message = f"the door does not know how to ask for {said!r}"
        raise ValueError(message)
    return reach


def asks_for_reason(permission: Permission) -> frozenset[Role]:
    """The roles that say why before they are shown anything."""
    return frozenset(role for role, reach in permission.roles.items() if reach is Reach.WITH_REASON)


def needs_reason(person: Person, permission: Permission) -> bool:
    """Whether none of the person's roles lets them do this without saying why; a tablet is never asked."""
    held = {permission.roles[role] for role in person.roles & permission.roles.keys()}
    return held == {Reach.WITH_REASON} and not permission.anybody


def check_permitted(person: Person, permission: Permission) -> None:
    """Refuse unless one of the person's roles allows the action, or it is urgent and comes from a tablet.

    Raises:
        NotYours: none does.
    """
    if person.account is None:
        if permission.urgent:
            return
        raise NotYours
    if permission.anybody:
        return  # a stop and a reading are taken from whoever is there
    if not person.roles & permission.roles.keys():
        raise NotYours


def permits(roles: Collection[str], action: Action) -> bool:
    """Whether one of these roles allows the action, for a view whose answer depends on it."""
    return any(role in roles for role in PERMISSIONS[action].roles)


_FILE: Final = CONFIG / "permissions.toml"
PERMISSIONS: Final[dict[Action, Permission]] = read_permissions(tomllib.loads(_FILE.read_text(encoding="utf-8")))
DIGEST: Final = hashlib.sha256(_FILE.read_bytes()).hexdigest()
