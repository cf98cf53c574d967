"""What the worker does when a reminder's time has come."""

from collections.abc import Mapping
from typing import Final

from clinic_api.messages.jobs import Handler, in_one_transaction
from clinic_api.schedule.service.reminding import REMINDER, remind

#: By kind of due row.
HANDLERS: Final[Mapping[str, Handler]] = {REMINDER: in_one_transaction(remind)}
