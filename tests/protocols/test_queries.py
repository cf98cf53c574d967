"""Which version of a clinical rule holds, and which one a visit was given under."""

from typing import Any
from uuid import uuid4

import pytest

from clinic_api.clinics import queries as clinics
from clinic_api.clinics.queries import NoSuchPolicy
from clinic_api.clinics.rules.content import MalformedContent
from clinic_api.clinics.service import adopt
from clinic_api.protocols import queries
from tests.builders import Clinic


def test_a_founded_clinic_has_the_shipped_protocol_and_scale(clinic: Clinic) -> None:
    with clinic.reading():
        assert queries.current("iv-ketamine").protocol.title == "IV ketamine, 0.5 mg/kg over 40 minutes"
        assert len(queries.current_instrument("phq-9").instrument.items) == 9


def test_a_new_version_holds_from_now_on_and_the_old_one_stays_what_it_was(clinic: Clinic) -> None:
    with clinic.reading():
        first, scale = queries.current("iv-ketamine"), queries.current_instrument("phq-9")
        protocol, instrument = clinics.policy("protocol", "iv-ketamine"), clinics.policy("instrument", "phq-9")
    with clinic.transaction() as scope:
        second = adopt("protocol", "iv-ketamine", _titled(protocol.content, "Slower"), scope=scope).id
        renewed = adopt("instrument", "phq-9", _titled(instrument.content, "PHQ-9, again"), scope=scope).id
    with clinic.reading():
        assert (queries.current("iv-ketamine").id, queries.current("iv-ketamine").protocol.title) == (second, "Slower")
        assert queries.pinned(second).protocol.title == "Slower"
        assert queries.pinned(first.id) is first
        assert queries.current_instrument("phq-9").id == renewed
        assert queries.pinned_instrument(scale.id) is scale


def test_a_version_that_is_no_protocol_is_not_taken_for_one(clinic: Clinic) -> None:
    with clinic.reading():
        scale, protocol = queries.current_instrument("phq-9").id, queries.current("iv-ketamine").id
        for missing in (scale, uuid4()):
            with pytest.raises(NoSuchPolicy):
                queries.pinned(missing)
        for missing in (protocol, uuid4()):
            with pytest.raises(NoSuchPolicy):
                queries.pinned_instrument(missing)
        with pytest.raises(NoSuchPolicy):
            queries.current("oral-ketamine")


def test_what_one_clinic_adopted_is_not_read_by_another(clinic: Clinic) -> None:
    with clinic.reading():
        ours = queries.current("iv-ketamine").id
        assert queries.pinned(ours).id == ours
    with clinic.installation.found("South Clinic").reading(), pytest.raises(NoSuchPolicy):
        queries.pinned(ours)


def test_a_malformed_protocol_is_not_adopted_and_the_one_before_is_read_on(clinic: Clinic) -> None:
    with clinic.nothing_changes(), pytest.raises(MalformedContent), clinic.transaction() as scope:
        adopt("protocol", "iv-ketamine", {"key": "iv-ketamine"}, scope=scope)
    with clinic.reading():
        assert queries.current("iv-ketamine").protocol.key == "iv-ketamine"


def _titled(content: dict[str, Any], title: str) -> dict[str, Any]:
    return content | {"title": title}
