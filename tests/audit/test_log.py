"""The log: whatever is done to it afterwards is found, and nothing slips in under what was sealed."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from clinic_api.audit import queries
from clinic_api.audit import service as audit
from clinic_api.audit.rules import Finding, leaf
from clinic_api.clinics.models import Chair
from clinic_api.database.keys import vault
from clinic_api.database.rows import put
from clinic_api.database.scope import Scope
from clinic_api.database.transactions import reading
from clinic_api.identifiers import new_id
from tests.builders import Clinic
from tests.tampering import Run, unguarded

Tamper = Callable[[Clinic], None]


@pytest.fixture
def sealed(clinic: Clinic) -> Clinic:
    """A clinic whose log is sealed and signed, and as it was written."""
    clinic.nurse("Ada Lovelace")
    assert clinic.verify() == []
    return clinic


def findings(clinic: Clinic) -> set[Finding]:
    with clinic.reading():
        return {fault.finding for fault in audit.verify_log()}


def at(place: int) -> str:
    return f"id = (SELECT id FROM audit_seals WHERE log_index = {place})"


def blob(data: bytes, *, sqlite: bool) -> str:
    return f"x'{data.hex()}'" if sqlite else f"'\\x{data.hex()}'::bytea"


def entry_at(clinic: Clinic, place: int) -> tuple[bytes, bytes]:
    with clinic.reading():
        found = [(e.canonical, e.salt) for e, s in queries.sealed_entries() if s.log_index == place]
    return found[0]


def log_size(clinic: Clinic) -> int:
    with clinic.reading():
        return queries.log_size()


def notes_of(clinic: Clinic) -> Path:
    return vault.folder / f"checkpoints-{clinic.organisation}.txt"


# ------------------------------------------------------------------------------------------------------- tampering


def one_byte(clinic: Clinic, run: Run, *, sqlite: bool) -> None:
    canonical, _ = entry_at(clinic, 3)
    changed = canonical.replace(b'"v":1', b'"v":2')
    run(f"UPDATE audit_entries SET canonical = {blob(changed, sqlite=sqlite)} WHERE {at(3)}")


def one_column(_: Clinic, run: Run, *, sqlite: bool) -> None:
    assert sqlite in {True, False}
    run(f"UPDATE audit_entries SET event = 'waste:posted' WHERE {at(3)}")


def what_it_is_about(_: Clinic, run: Run, *, sqlite: bool) -> None:
    assert sqlite in {True, False}
    run(f"UPDATE audit_entries SET object_id = organisation WHERE {at(3)}")


def one_byte_and_its_leaf(clinic: Clinic, run: Run, *, sqlite: bool) -> None:
    canonical, salt = entry_at(clinic, 3)
    changed = canonical.replace(b'"v":1', b'"v":2')
    run(f"UPDATE audit_entries SET canonical = {blob(changed, sqlite=sqlite)} WHERE {at(3)}")
    with unguarded(clinic, "audit_seals") as more:
        more(f"UPDATE audit_seals SET leaf = {blob(leaf(salt, changed), sqlite=sqlite)} WHERE log_index = 3")


def one_seal(clinic: Clinic, _: Run, *, sqlite: bool) -> None:
    assert sqlite in {True, False}
    with unguarded(clinic, "audit_seals") as more:
        more("DELETE FROM audit_seals WHERE log_index = 3")


def one_entry(clinic: Clinic, run: Run, *, sqlite: bool) -> None:
    run(f"DELETE FROM audit_entries WHERE {at(3)}")
    one_seal(clinic, run, sqlite=sqlite)


def the_end(clinic: Clinic, run: Run, *, sqlite: bool) -> None:
    assert sqlite in {True, False}
    run(f"DELETE FROM audit_entries WHERE {at(log_size(clinic) - 1)}")
    with unguarded(clinic, "audit_seals") as more:
        more("DELETE FROM audit_seals WHERE log_index = (SELECT max(log_index) FROM audit_seals)")


@pytest.mark.parametrize(
    ("tamper", "expected"),
    [
        (one_byte, {Finding.LEAF_DIFFERS, Finding.ROOT_DIFFERS}),
        (one_column, {Finding.COLUMNS_DIFFER}),
        (what_it_is_about, {Finding.COLUMNS_DIFFER}),
        (one_byte_and_its_leaf, {Finding.ROOT_DIFFERS}),
        (one_seal, {Finding.SEAL_MISSING, Finding.LOG_CUT, Finding.NEVER_SEALED}),
        (one_entry, {Finding.SEAL_MISSING, Finding.LOG_CUT}),
        (the_end, {Finding.LOG_CUT}),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_is_done_to_the_log_is_found(
    sealed: Clinic, engine_kind: str, tamper: Any, expected: set[Finding]
) -> None:
    with unguarded(sealed, "audit_entries") as run:
        tamper(sealed, run, sqlite=engine_kind == "sqlite")
    found = findings(sealed)
    assert found >= expected
    assert found <= expected | {Finding.ROOT_DIFFERS}  # by each checkpoint that was kept on the way


@pytest.mark.parametrize("tamper", [one_byte_and_its_leaf, the_end], ids=lambda value: value.__name__)
def test_a_log_that_was_changed_is_not_signed_again(sealed: Clinic, engine_kind: str, tamper: Any) -> None:
    with unguarded(sealed, "audit_entries") as run:
        tamper(sealed, run, sqlite=engine_kind == "sqlite")
    kept = notes_of(sealed).read_text(encoding="utf-8")
    with pytest.raises(audit.ForkedLog), sealed.reading():
        audit.checkpoint()
    assert notes_of(sealed).read_text(encoding="utf-8") == kept


def test_what_others_seal_and_sign_while_one_reads_is_no_cut(sealed: Clinic) -> None:
    def others() -> int:
        sealed.a_site(name="Second")
        sealed.verify()
        return log_size(sealed)

    asking = sealed.system()
    audit.before_reading(asking)
    with sealed.app.app_context(), reading(asking):
        size = queries.log_size()
        with ThreadPoolExecutor(1) as elsewhere:
            grown = elsewhere.submit(others).result()
        found, signed = audit.verify_log(), audit.checkpoint()
    assert (found, signed.size > size, signed.size) == ([], True, grown)
    assert findings(sealed) == set()


def test_a_cut_is_found_also_by_whoever_looked_into_the_vault_before(sealed: Clinic, engine_kind: str) -> None:
    with unguarded(sealed, "audit_entries") as run:
        the_end(sealed, run, sqlite=engine_kind == "sqlite")
    asking = sealed.system()
    audit.before_reading(asking)
    with sealed.app.app_context(), reading(asking):
        assert Finding.LOG_CUT in {fault.finding for fault in audit.verify_log()}


def test_a_missing_place_is_reported_once_and_not_for_all_that_follow(sealed: Clinic) -> None:
    with unguarded(sealed, "audit_seals") as run:
        run("DELETE FROM audit_seals WHERE log_index IN (3, 4)")
    with sealed.reading():
        missing = [fault for fault in audit.verify_log() if fault.finding is Finding.SEAL_MISSING]
    assert [(fault.where, fault.detail) for fault in missing] == [("log index 3", "until 4")]


def test_a_checkpoint_that_somebody_else_signed_is_found(sealed: Clinic) -> None:
    with sealed.reading():
        made = audit.checkpoint()
    forged = made.note(signer="clinic", signature=Ed25519PrivateKey.generate().sign(made.body().encode()))
    with notes_of(sealed).open("a", encoding="utf-8") as notes:
        notes.write(forged + audit.SEPARATOR)
    assert findings(sealed) == {Finding.SIGNATURE_BAD}
    with pytest.raises(audit.ForkedLog), sealed.reading():
        audit.checkpoint()


def test_a_checkpoint_of_another_organisation_is_not_taken_for_ours(sealed: Clinic) -> None:
    south = sealed.installation.found("South Clinic")
    assert south.verify() == []
    with notes_of(sealed).open("a", encoding="utf-8") as notes:
        notes.write(notes_of(south).read_text(encoding="utf-8"))
    assert findings(sealed) == {Finding.SIGNATURE_BAD}


def test_a_checkpoint_that_cannot_be_read_is_a_finding_and_no_crash(sealed: Clinic) -> None:
    with notes_of(sealed).open("a", encoding="utf-8") as notes:
        notes.write("scribbled over\n" + audit.SEPARATOR)
    assert findings(sealed) == {Finding.SIGNATURE_BAD}


def test_a_row_that_was_changed_no_longer_fits_its_entry(sealed: Clinic) -> None:
    with unguarded(sealed, "accounts") as run:
        run("UPDATE accounts SET name = 'Somebody Else' WHERE login = 'olga'")
    faults = sealed.verify()
    assert [fault.finding for fault in faults] == [Finding.ROW_ALTERED]


# ---------------------------------------------------------------------------------------------------------- sealing


def test_sealing_twice_places_nothing_twice(sealed: Clinic) -> None:
    size = log_size(sealed)
    with sealed.transaction():
        assert audit.seal() == 0
    assert log_size(sealed) == size


def test_a_log_is_sealed_in_the_order_in_which_it_was_written(clinic: Clinic) -> None:
    clinic.seal()
    with clinic.reading():
        ids = [entry.id for entry, _ in queries.sealed_entries()]
    assert ids == sorted(ids)


def test_of_four_who_seal_at_once_each_place_is_given_once(clinic: Clinic) -> None:
    def seal(_: int) -> int:
        with clinic.transaction():
            return audit.seal()

    with ThreadPoolExecutor(4) as pool:
        placed = sum(pool.map(seal, range(4)))
    assert placed <= clinic.seal()
    with clinic.reading():
        places = [row.log_index for row in queries.raw_seals()]
    assert places == list(range(len(places)))
    assert findings(clinic) == set()


def _a_chair(clinic: Clinic, scope: Scope) -> Chair:
    """A row, so that its transaction is known to the database before the entry is written, at the very end."""
    site = UUID(clinic.site)
    return Chair(organisation=scope.organisation, id=new_id(scope.at), site=site, name="Chair 9", at=scope.at)


@pytest.mark.parametrize("engine_kind", ["postgresql"])
def test_an_entry_waits_until_no_older_transaction_can_come_before_it(clinic: Clinic) -> None:
    clinic.seal()
    written, release = threading.Event(), threading.Event()

    def slow() -> None:
        with clinic.transaction() as scope:
            audit.record("test:slow", put(_a_chair(clinic, scope)))
            written.set()
            assert release.wait(10)

    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(slow)
        assert written.wait(10)
        with clinic.transaction():
            audit.record("test:quick")
        with clinic.transaction():
            assert audit.seal() == 0
        release.set()
        waiting.result()
    clinic.seal()
    with clinic.reading():
        assert [entry.event for entry, _ in queries.sealed_entries()][-2:] == ["test:slow", "test:quick"]


def test_an_empty_log_has_a_root_too(clinic: Clinic) -> None:
    with clinic.reading():
        assert audit.checkpoint().size == 0
    assert clinic.verify() == []
