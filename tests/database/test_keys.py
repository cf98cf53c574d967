"""Seals: what identifies a person opens only where it was put, in the organisation it belongs to."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from clinic_api.database.keys import KEY_BYTES, NotOurSeal, Place, Vault, blind_index, keep_secret, seal, unseal, vault
from clinic_api.database.rows import db
from clinic_api.http.operations import Operation
from tests.builders import Clinic

HERE = Place("identity_versions", "sealed", UUID(int=1))
SECRET = b"Rosa Quint, 1971-05-01"


def test_what_was_sealed_opens_in_its_place(clinic: Clinic) -> None:
    with clinic.reading():
        sealed = seal(SECRET, HERE)
        assert unseal(sealed, HERE) == SECRET
        assert SECRET not in sealed


@pytest.mark.parametrize(
    "elsewhere",
    [
        Place("operations", "sealed", UUID(int=1)),
        Place("identity_versions", "name", UUID(int=1)),
        Place("identity_versions", "sealed", UUID(int=2)),
    ],
)
def test_what_was_moved_to_another_place_does_not_open(clinic: Clinic, elsewhere: Place) -> None:
    with clinic.reading(), pytest.raises(NotOurSeal, match=f"{elsewhere.table}.{elsewhere.column}"):
        unseal(seal(SECRET, HERE), elsewhere)


@pytest.mark.parametrize("position", [0, 12, -1])
def test_what_was_altered_in_one_bit_does_not_open(clinic: Clinic, position: int) -> None:
    with clinic.reading():
        sealed = bytearray(seal(SECRET, HERE))
        sealed[position] ^= 1
        with pytest.raises(NotOurSeal):
            unseal(bytes(sealed), HERE)


def test_what_another_organisation_sealed_does_not_open_here(clinic: Clinic) -> None:
    south = clinic.installation.found("South Clinic")
    with south.reading():
        sealed = seal(SECRET, HERE)
    with clinic.reading(), pytest.raises(NotOurSeal):
        unseal(sealed, HERE)


def test_the_same_words_sealed_twice_look_different(clinic: Clinic) -> None:
    with clinic.reading():
        assert seal(SECRET, HERE) != seal(SECRET, HERE)


def test_a_search_token_is_the_same_inside_one_organisation_and_different_in_the_next(clinic: Clinic) -> None:
    south = clinic.installation.found("South Clinic")
    with clinic.reading():
        ours = blind_index("name", "quint")
        assert ours == blind_index("name", "quint")
        assert ours != blind_index("phone", "quint")
        assert ours != blind_index("name", "quinn")
    with south.reading():
        assert blind_index("name", "quint") != ours


def test_a_vault_that_does_not_fit_the_database_opens_nothing(clinic: Clinic, tmp_path: Path) -> None:
    vault.open(tmp_path / "another vault")
    with clinic.reading(), pytest.raises(NotOurSeal, match="vault's key does not open"):
        seal(SECRET, HERE)


def test_a_vault_that_was_not_opened_makes_no_key() -> None:
    with pytest.raises(NotOurSeal, match="not open"):
        Vault().make_data_key(uuid4(), id=uuid4())


def test_the_vault_is_closed_to_everybody_else(tmp_path: Path) -> None:
    Vault().open(tmp_path / "vault")
    assert stat.S_IMODE((tmp_path / "vault").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "vault" / "key-encryption.key").stat().st_mode) == 0o600
    assert len((tmp_path / "vault" / "key-encryption.key").read_bytes()) == KEY_BYTES


def test_of_many_who_start_at_once_one_makes_the_key_and_all_use_it(tmp_path: Path) -> None:
    def start(number: int) -> bytes:
        keep_secret(tmp_path / "key", bytes([number]) * KEY_BYTES)
        return (tmp_path / "key").read_bytes()

    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(start, range(8)))
    assert len(found) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


def test_the_reply_that_is_kept_with_an_act_is_sealed(clinic: Clinic) -> None:
    clinic.administrators[0].does("/staff", login="rosa", name="Rosa Quint")
    with clinic.reading():
        kept = db.session.execute(sa.select(Operation.reply)).scalars().all()
    assert not [reply for reply in kept if b"Rosa" in reply or b"enrolment_code" in reply]
