"""Which strengths may stand in for one that a dose was worked out for, and who may say so."""

from dataclasses import dataclass

from clinic_api.accounts.rules.roles import Role
from clinic_api.clinics.rules.content import Content, Origin
from clinic_api.quantities import PLAIN_DECIMAL, Concentration


@dataclass(frozen=True)
class SubstitutionRule:
    """What the protocol lets stand in.

    Args:
        strengths: the labels' strengths that may; any other may not, whoever says so.
        authorised_by: whoever authorises it has one of these roles, and the matrix of permissions allows it.
    """

    strengths: tuple[Concentration, ...]
    authorised_by: tuple[Role, ...]
    origin: Origin


def read_substitution(table: Content) -> SubstitutionRule:
    """The rule of substitution; a protocol that wants none leaves the whole table out.

    Raises:
        MalformedContent: a field is missing or wrong, or names nothing or nobody.
    """
    roles = table.choices("authorised_by", Role)
    if not roles:
        raise table.refusal("authorised_by", "must name at least one role")
    return SubstitutionRule(strengths=_strengths(table), authorised_by=roles, origin=table.origin())


def _strengths(table: Content) -> tuple[Concentration, ...]:
    name = "strengths_mg_per_ml"
    written = table.words(name)
    if not written or any(not PLAIN_DECIMAL.fullmatch(text) or not Concentration.parse(text).exact for text in written):
        raise table.refusal(name, 'must be plain decimals above zero, such as "50", and at least one')
    strengths = tuple(Concentration.parse(text) for text in written)
    if len(set(strengths)) != len(strengths):
        raise table.refusal(name, "must not name one strength twice")
    return strengths
