"""What the worker does at a waste's deadline, past a container's use-by, and when nobody answered for a discrepancy."""

from collections.abc import Mapping
from typing import Final

from clinic_api.inventory.service.discrepancy_clocks import CLOCK, climb
from clinic_api.inventory.service.leftovers import USE_BY, use_by_passed
from clinic_api.inventory.service.showing import DEADLINE, deadline_passed
from clinic_api.messages.jobs import Handler, in_one_transaction

#: By kind of due row.
HANDLERS: Final[Mapping[str, Handler]] = {
    CLOCK: in_one_transaction(climb),
    DEADLINE: in_one_transaction(deadline_passed),
    USE_BY: in_one_transaction(use_by_passed),
}
