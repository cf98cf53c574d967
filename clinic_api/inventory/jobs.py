"""What the worker does when a waste's deadline has come, and when nobody answered for a discrepancy in time."""

from collections.abc import Mapping
from typing import Final

from clinic_api.inventory.service.discrepancy_clocks import CLOCK, climb
from clinic_api.inventory.service.showing import DEADLINE, deadline_passed
from clinic_api.messages.jobs import Handler, in_one_transaction

#: By kind of due row.
HANDLERS: Final[Mapping[str, Handler]] = {
    CLOCK: in_one_transaction(climb),
    DEADLINE: in_one_transaction(deadline_passed),
}
