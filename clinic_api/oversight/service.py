"""The self-audit: log, rows and ledger against each other."""

from collections.abc import Callable, Iterable

from clinic_api.audit import queries as log
from clinic_api.audit import service as audit
from clinic_api.audit.rules import Fault, Finding
from clinic_api.inventory.queries import books
from clinic_api.oversight import queries
from clinic_api.oversight.rules import Verdict, judge_balances, judge_rows, judge_states
from clinic_api.sessions import queries as sessions


def verify() -> Verdict:
    """Recompute everything that can be recomputed; read only.

    The log's leaves and roots against the checkpoints kept outside, every regulated row against the digest
    that its entry names, every balance against its moves, every session's state against its acts. What cannot be
    read is a finding like any other: it hides nothing of the rest.
    """
    named, contradicted = queries.named_digests()
    rows, altered = judge_rows(queries.stored_rows(), named)
    checked = (
        *_found("audit log", audit.verify_log),
        *contradicted,
        *altered,
        *_found("balances", lambda: judge_balances(books.balances_and_moves())),
        *_found("sessions", lambda: judge_states(sessions.states_and_steps())),
    )
    return Verdict(log.log_size(), rows, audit.newest_checkpoint_size(), checked)


def _found(where: str, check: Callable[[], Iterable[Fault]]) -> list[Fault]:
    try:
        return list(check())
    except queries.UNREADABLE as failure:
        return [Fault(Finding.ROW_ALTERED, where, f"cannot be read ({type(failure).__name__})")]
