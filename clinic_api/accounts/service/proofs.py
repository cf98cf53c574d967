"""PINs, and what is remembered of wrong proofs and forbidden tries."""

from uuid import UUID

from clinic_api.accounts import queries
from clinic_api.accounts.models import Miss
from clinic_api.accounts.rules.proving import (
    CredentialKind,
    Event,
    FullSignInNeeded,
    WrongPin,
    canonical_login,
    check_pin_usable,
)
from clinic_api.accounts.service.hashing import fits
from clinic_api.audit import service as audit
from clinic_api.database.rows import put
from clinic_api.database.scope import Scope
from clinic_api.identifiers import new_id


def miss(login: str, kind: CredentialKind, *, scope: Scope) -> None:
    """Remember a wrong password, code or PIN; in a transaction of its own, because the act was refused."""
    put(
        Miss(
            organisation=scope.organisation,
            id=new_id(scope.at),
            login=canonical_login(login),
            kind=kind,
            device=scope.device,
            at=scope.at,
        )
    )
    audit.record(Event.PIN_MISSED if kind is CredentialKind.PIN else Event.DENIED, kind=kind)


def deny(action: str) -> None:
    """Remember that somebody tried what they may not."""
    audit.record(Event.DENIED, action=action)


def prove(account_id: UUID, pin: str, *, hours: int, allowed: int, scope: Scope) -> UUID:
    """Check a person's PIN; return the strong sign-in of today that it stands on.

    Raises:
        FullSignInNeeded: none today, or too many misses since; or no enrolled tablet.
        WrongPin: says how many tries are left. The caller remembers the miss.
    """
    account, last = queries.account(account_id), queries.last_sign_in(account_id)
    misses, _ = queries.misses_since(account.login, (CredentialKind.PIN,), last.at if last else None)
    check_pin_usable(signed_in_at=last.at if last else None, at=scope.at, hours=hours, misses=misses, allowed=allowed)
    stored = queries.credential(account_id, CredentialKind.PIN)
    if scope.device is None or last is None or stored is None:
        raise FullSignInNeeded
    if not fits(stored.secret, pin):
        raise WrongPin(misses_left=allowed - misses - 1, login=account.login)
    return last.id
