"""Coming in: enrolment once, a full sign-in once a day, and what wrong proofs cost."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from clinic_api.accounts.models import Credential, Miss, Token
from clinic_api.database.rows import db
from tests.builders import Clinic
from tests.people import PASSWORD, PIN, Answer, Person


def sign_in(person: Person, **different: Any) -> Answer:
    """A sign-in in which everything is right but what is different."""
    code = "000000" if {"password", "code"} & different.keys() else person.code()
    body = {"organisation": person.wire.organisation, "login": person.login, "password": PASSWORD, "code": code}
    return person.wire.post("/sign-in", **{**body, **different})


def enrol(clinic: Clinic, newcomer: dict[str, Any], **different: Any) -> Answer:
    body = {"login": newcomer["login"], "code": newcomer["enrolment_code"], "password": PASSWORD, "pin": PIN}
    return clinic.wire.post("/enrolments", organisation=clinic.organisation, **{**body, **different})


def newcomer(clinic: Clinic, login: str = "nina") -> dict[str, Any]:
    made: dict[str, Any] = clinic.administrators[0].does("/staff", login=login, name="Nina New")
    return made


def ready(clinic: Clinic) -> Person:
    """Somebody whose codes of this half minute are all unused."""
    ada = clinic.nurse("Ada")
    clinic.later(minutes=2)
    return ada


def misses(clinic: Clinic) -> int:
    with clinic.reading():
        return db.session.execute(sa.select(sa.func.count()).select_from(Miss)).scalar_one()


# -------------------------------------------------------------------------------------------------------- enrolment


def test_a_newcomer_sets_their_own_secrets_with_the_code_once(clinic: Clinic) -> None:
    nina = newcomer(clinic)
    assert enrol(clinic, nina).done()["totp_uri"].startswith("otpauth://totp/")
    with clinic.nothing_changes():
        assert enrol(clinic, nina, password="another password entirely")["type"] == "wrong-proof"


@pytest.mark.parametrize("wrong", [{"code": "0" * 20}, {"login": "nobody"}])
def test_a_wrong_code_enrols_nobody_and_is_remembered(clinic: Clinic, wrong: dict[str, str]) -> None:
    nina = newcomer(clinic)
    with clinic.nothing_changes():
        answer = enrol(clinic, nina, **wrong)
    assert (answer.status, answer["type"], misses(clinic)) == (401, "wrong-proof", 1)


@pytest.mark.parametrize(("weak", "kind"), [({"password": "short"}, "weak-password"), ({"pin": "111111"}, "not-a-pin")])
def test_weak_secrets_are_refused_and_the_code_stays_good(clinic: Clinic, weak: dict[str, str], kind: str) -> None:
    nina = newcomer(clinic)
    with clinic.nothing_changes():
        assert enrol(clinic, nina, **weak)["type"] == kind
    enrol(clinic, nina).done()


def test_of_eight_who_send_one_code_at_once_one_is_enrolled(clinic: Clinic) -> None:
    nina = newcomer(clinic)
    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(pool.map(lambda _: enrol(clinic, nina).status, range(8)))
    assert statuses == [201] + 7 * [401]
    with clinic.reading():
        kinds = db.session.execute(sa.select(Credential.kind).order_by(Credential.id.desc()).limit(3)).scalars().all()
    assert set(kinds) == {"password", "pin", "totp"}


def test_a_login_is_never_given_to_a_second_person(clinic: Clinic) -> None:
    newcomer(clinic, "Nina")
    with clinic.nothing_changes():
        refused = clinic.administrators[0].post("/staff", login=" NINA ", name="Another Nina")
    assert (refused.status, refused["type"]) == (409, "login-taken")


def test_a_login_that_nobody_can_see_is_refused(clinic: Clinic) -> None:
    with clinic.nothing_changes():
        assert clinic.administrators[0].post("/staff", login="\u3164\u200b", name="Nobody").status == 422


# ---------------------------------------------------------------------------------------------------------- sign-in


def test_a_full_sign_in_gives_a_token_for_the_day(clinic: Clinic) -> None:
    ada = ready(clinic)
    answer = sign_in(ada).done()
    assert (answer.status, answer["name"], answer["roles"], answer["device"]) == (201, "Ada", ["nurse"], None)
    ada.token = answer["token"]
    assert ada.get("/me").status == 200


def test_a_login_may_be_typed_in_any_case_and_width(clinic: Clinic) -> None:
    ada = ready(clinic)
    assert sign_in(ada, login=ada.login.upper()).status == 201


@pytest.mark.parametrize("wrong", [{"password": "wrong horse battery"}, {"code": "000000"}, {"login": "nobody"}])
def test_whatever_is_wrong_the_answer_is_the_same_and_it_is_remembered(clinic: Clinic, wrong: dict[str, str]) -> None:
    ada = ready(clinic)
    with clinic.nothing_changes():
        answer = sign_in(ada, **wrong)
    assert (answer.status, answer["type"]) == (401, "wrong-proof")
    assert answer["detail"] == "Check all three and try again; a code works once."
    assert misses(clinic) == 1


def test_an_organisation_that_does_not_exist_answers_as_a_wrong_password_does(clinic: Clinic) -> None:
    ada = ready(clinic)
    wrong, nowhere = sign_in(ada, password="wrong horse battery"), sign_in(ada, organisation=uuid4())
    assert (nowhere.status, nowhere.data) == (wrong.status, wrong.data)
    assert misses(clinic) == 1


def test_a_code_counts_once(clinic: Clinic) -> None:
    ada = ready(clinic)
    code = ada.code()
    assert sign_in(ada, code=code).status == 201
    with clinic.nothing_changes():
        assert sign_in(ada, code=code)["type"] == "wrong-proof"


def test_of_eight_who_use_one_code_at_once_one_comes_in(clinic: Clinic) -> None:
    ada = ready(clinic)
    code = ada.code()
    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(pool.map(lambda _: sign_in(ada, code=code).status, range(8)))
    assert statuses.count(201) == 1
    assert set(statuses) <= {201, 401, 429}


@pytest.mark.parametrize(("seconds", "status"), [(-60, 401), (-30, 201), (0, 201), (30, 201), (60, 401)])
def test_a_code_counts_one_step_early_or_late(clinic: Clinic, seconds: int, status: int) -> None:
    ada = ready(clinic)
    code = ada.code_at(seconds)
    assert sign_in(ada, code=code).status == status


def test_each_wrong_sign_in_in_a_row_makes_the_next_wait_twice_as_long(clinic: Clinic) -> None:
    ada = ready(clinic)
    for wait in (1, 2, 4, 8):
        assert sign_in(ada, password="wrong horse battery").status == 401
        refused = sign_in(ada, password="wrong horse battery")
        assert (refused.status, refused["type"]) == (429, "try-later")
        assert 0 < int(refused.headers["Retry-After"]) <= wait
        clinic.later(seconds=wait)
    assert sign_in(ada).status == 201


def test_who_was_wrong_waits_even_with_the_right_password(clinic: Clinic) -> None:
    ada = ready(clinic)
    sign_in(ada, password="wrong horse battery")
    assert sign_in(ada)["type"] == "try-later"
    clinic.later(seconds=1)
    assert sign_in(ada).status == 201
    sign_in(ada, password="wrong horse battery")
    assert sign_in(ada)["facts"]["retry_after_seconds"] == 1  # a sign-in that was right starts the count anew


def test_a_login_that_does_not_exist_waits_like_one_that_does(clinic: Clinic) -> None:
    ada = ready(clinic)
    assert [sign_in(ada, login="nobody").status for _ in range(2)] == [401, 429]


def test_a_token_ends_after_its_hours(clinic: Clinic) -> None:
    ada = ready(clinic)
    clinic.later(hours=11, minutes=50)
    assert ada.get("/me").status == 200
    clinic.later(minutes=10)
    assert ada.get("/me")["type"] == "sign-in-needed"


def test_a_token_ends_at_once_when_its_person_leaves(clinic: Clinic) -> None:
    ada = clinic.nurse("Ada")
    assert ada.post("/sign-out").status == 204
    assert (ada.get("/me").status, ada.get("/me").headers["WWW-Authenticate"]) == (401, "Bearer")
    with clinic.reading():
        assert db.session.execute(sa.select(Token).where(Token.ended_at.is_not(None))).scalar_one().device is not None


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer nonsense", "Basic b2xnYTpvbGdh", "Bearer ic1.not-a-uuid.x", "Bearer ic9.{organisation}.x"],
)
def test_what_is_no_token_of_ours_opens_nothing(clinic: Clinic, header: str) -> None:
    given = {"Authorization": header.format(organisation=clinic.organisation)}
    answer = clinic.wire.send("GET", "/me", None, given)
    assert (answer.status, answer["type"]) == (401, "sign-in-needed")


def test_secrets_are_kept_as_hashes_and_seals(clinic: Clinic) -> None:
    ada = clinic.nurse("Ada")
    with clinic.reading():
        kept = b"".join(db.session.execute(sa.select(Credential.secret)).scalars())
        kept += b"".join(db.session.execute(sa.select(Token.hash)).scalars())
    for secret in (PASSWORD, PIN, ada.totp_secret, ada.token, ada.token.rsplit(".", 1)[1]):
        assert secret.encode() not in kept
    assert kept.count(b"$argon2id$") == 6
