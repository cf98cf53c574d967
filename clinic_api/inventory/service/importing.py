"""Taking packages of the NDC directory onto a drug's list: looked at first, then adopted as it was seen."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from clinic_api.clinics import queries as clinics
from clinic_api.clinics import service as policies
from clinic_api.database.canonical import canonical
from clinic_api.database.scope import Scope
from clinic_api.inventory.rules.directory import read_directory
from clinic_api.inventory.rules.importing import Asked, Judged, NothingToAdopt, check_as_seen, judge_rows, with_packages
from clinic_api.inventory.rules.products import read_drug


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What would become of a table, or what became of it.

    Args:
        policy_version: the drug's version with the new packages; None where there are none.
        proposal: names exactly this outcome; to be sent back by whoever adopts it.
        rows: every row, in the order of the table.
    """

    drug: str
    policy_version: int | None
    proposal: str | None
    rows: Sequence[Judged]


def preview(asked: Asked) -> Preview:
    """What would become of each row; nothing is written.

    Raises:
        NoSuchPolicy: the clinic has no policy of this drug, so nobody has said how it is handled.
        NotADirectory: the text is no table of packages.
    """
    return _judged(asked)[0]


def adopt(asked: Asked, *, scope: Scope) -> Preview:
    """The rows that can be taken become packages in a new version of the drug's policy; past moves keep theirs.

    Raises:
        NoSuchPolicy, NotADirectory: as for ``preview``.
        NothingToAdopt: no row can be taken.
        ListChanged: it would be other than what was seen.
        MalformedContent: the list could not be read with them.
    """
    judged, content = _judged(asked)
    check_as_seen(seen=asked.seen, now=judged.proposal or "")
    read_drug(content)
    policies.adopt("product", asked.drug, content, scope=scope)
    return judged


def _judged(asked: Asked) -> tuple[Preview, dict[str, Any]]:
    policy = clinics.policy("product", asked.drug)
    rows = judge_rows(
        read_directory(asked.packages, asked.products),
        drug=read_drug(policy.content),
        plain_vials=asked.plain_vials,
        source=asked.source,
    )
    version = policy.version + 1
    try:
        content = with_packages(policy.content, rows, version=version)
    except NothingToAdopt:
        if asked.seen is not None:
            raise
        return Preview(drug=asked.drug, policy_version=None, proposal=None, rows=rows), {}
    proposal = hashlib.sha256(canonical(content)).hexdigest()
    return Preview(drug=asked.drug, policy_version=version, proposal=proposal, rows=rows), content
