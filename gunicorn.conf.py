"""What gunicorn reads by itself when it is started here: nobody who falls silent keeps a thread, no log keeps a PIN."""

import logging
import re
import socket
import struct
from typing import Any, Final

#: Seconds that a request may be silent before it is whole; each thread that waits longer would be missing for a stop.
SILENCE: Final = 10
#: Where gunicorn begins to repeat what it could not read: a damaged header line is its name and its value.
REPEATED: Final = re.compile("b?['\"]")


def when_ready(server: Any) -> None:
    """Before the first worker: every connection inherits the limit from the socket that accepts it (Linux)."""
    for listener in server.LISTENERS:
        listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", SILENCE, 0))
    logging.getLogger("gunicorn.error").addFilter(without_what_was_sent)


def without_what_was_sent(record: logging.LogRecord) -> bool:
    """Say that a request could not be read, and why, but nothing out of it."""
    if isinstance(record.msg, str) and record.msg.startswith("Invalid request from"):
        record.msg = REPEATED.split(record.msg, maxsplit=1)[0].rstrip(" :")
    return True
