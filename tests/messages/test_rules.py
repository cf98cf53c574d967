"""How long to wait, what a text may hold, and what makes two copies one message."""

from datetime import timedelta
from uuid import UUID

import pytest

from clinic_api.messages.rules import (
    LONGEST_WAIT,
    BlanksDiffer,
    Template,
    UnknownTemplate,
    domain_of,
    message_id,
    read_templates,
    wait_after,
)
from clinic_api.messages.service import TEMPLATES

REMINDER = Template("reminder", "Your appointment at $clinic", "On $day. It costs 5 $$.")


def test_each_failure_doubles_the_wait_up_to_five_minutes() -> None:
    assert [wait_after(attempts).total_seconds() for attempts in range(1, 9)] == [5, 10, 20, 40, 80, 160, 300, 300]
    assert wait_after(10_000) == LONGEST_WAIT == timedelta(minutes=5)


def test_a_text_is_filled_once_and_what_fills_it_is_not_read_again() -> None:
    assert REMINDER.filled({"clinic": "$day", "day": "Monday"}) == (
        "Your appointment at $day",
        "On Monday. It costs 5 $.",
    )


@pytest.mark.parametrize("params", [{}, {"clinic": "North"}, {"clinic": "North", "day": "Monday", "drug": "x"}])
def test_a_text_with_a_blank_too_few_or_too_many_is_refused(params: dict[str, str]) -> None:
    with pytest.raises(BlanksDiffer, match="reminder has clinic, day"):
        REMINDER.filled(params)


def test_a_text_that_does_not_exist_is_named() -> None:
    assert "no-such is not in config/messages.toml" in str(UnknownTemplate("no-such"))


def test_no_shipped_text_says_why_somebody_is_treated() -> None:
    assert TEMPLATES
    for template in TEMPLATES.values():
        said = f"{template.subject} {template.text}".casefold()
        assert not [word for word in ("ketamine", "infusion", "depress", "treatment", "dose") if word in said]
        assert "$phone" in template.text


def test_a_text_needs_a_subject_and_a_body() -> None:
    with pytest.raises(KeyError):
        read_templates({"half": {"subject": "x"}})


def test_a_message_keeps_its_id_at_every_attempt() -> None:
    id = UUID(int=5)
    assert message_id(id, domain="clinic.example") == message_id(id, domain="clinic.example")
    assert message_id(id, domain="clinic.example") == "<00000000-0000-0000-0000-000000000005@clinic.example>"


@pytest.mark.parametrize("sender", ["appointments", "a@b c", "a@b\r\nBcc: x", ""])
def test_a_sender_without_a_proper_domain_is_refused(sender: str) -> None:
    assert domain_of("appointments@clinic.example") == "clinic.example"
    with pytest.raises(ValueError, match="no sender's address"):
        domain_of(sender)
