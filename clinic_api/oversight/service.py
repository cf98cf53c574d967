"""The self-audit: log, rows and ledger against each other."""

from clinic_api.audit import queries as log
from clinic_api.audit import service as audit
from clinic_api.inventory.queries import books
from clinic_api.oversight import queries
from clinic_api.oversight.rules import Verdict, judge_balances, judge_rows, judge_states
from clinic_api.sessions import queries as sessions


def verify() -> Verdict:
    """Recompute everything that can be recomputed; read only.

    The log's leaves and roots against the checkpoints kept outside, every regulated row against the digest
    that its entry names, every balance against its moves, every session's state against its acts.
    """
    named, contradicted = queries.named_digests()
    rows, altered = judge_rows(queries.stored_rows(), named)
    walked = (*judge_balances(books.balances_and_moves()), *judge_states(sessions.states_and_steps()))
    faults = (*audit.verify_log(), *contradicted, *altered, *walked)
    return Verdict(log.log_size(), rows, audit.newest_checkpoint_size(), faults)
