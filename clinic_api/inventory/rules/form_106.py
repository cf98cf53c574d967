"""The data of Form 106: which answers fit, and which are still missing. The form itself is filed with the DEA."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from clinic_api.errors import Unacceptable
from clinic_api.inventory.rules.loss_policy import FieldKind, FormField, FormSpec

#: What each kind of field takes; what comes from the registration takes nothing.
_TAKES: Final[Mapping[FieldKind, type]] = {
    FieldKind.TEXT: str,
    FieldKind.DATE: date,
    FieldKind.WHOLE: int,
    FieldKind.YES_NO: bool,
    FieldKind.SUBSTANCES: tuple,
}


@dataclass(eq=False)
class NotThisForm(Unacceptable):
    """An answer does not fit the form."""

    field: str

    def __str__(self) -> str:
        return f"{self.field}: GET /discrepancy-policy says what it takes; what the registration says is left out"


def check_answers(spec: FormSpec, answers: Mapping[str, Any]) -> None:
    """Refuse an answer that the form has no place for, or that is of another kind than its field.

    Raises:
        NotThisForm: names the field.
    """
    known = {field.key: field for field in spec.fields}
    for key, value in answers.items():
        if key not in known or not _fits(known[key], value):
            raise NotThisForm(field=key)


def still_missing(spec: FormSpec, answers: Mapping[str, Any], *, registration: UUID | None) -> tuple[str, ...]:
    """The fields that are asked and not answered, as a person reads them.

    Args:
        answers: by field; a field that is not there was not answered, nought and no are answers.
        registration: whose name, address and number fill the fields that come from it.
    """
    return tuple(
        f"{field.number} {field.label}"
        for field in spec.fields
        if _asked(field, answers) and not _answered(field, answers, registration)
    )


def _asked(field: FormField, answers: Mapping[str, Any]) -> bool:
    if field.when is None:
        return True
    said = answers.get(field.when[0])
    if isinstance(said, bool):
        said = "yes" if said else "no"
    return bool(said == field.when[1])


def _answered(field: FormField, answers: Mapping[str, Any], registration: UUID | None) -> bool:
    return registration is not None if field.kind is FieldKind.REGISTRATION else field.key in answers


def _fits(field: FormField, value: Any) -> bool:
    if field.kind is FieldKind.CHOICE:
        return value in field.choices
    return type(value) is _TAKES.get(field.kind)
