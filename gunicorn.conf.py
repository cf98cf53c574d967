"""What gunicorn reads by itself when it is started here: nobody who falls silent keeps a thread."""

import socket
import struct
from typing import Any, Final

#: Seconds that a request may be silent before it is whole; each thread that waits longer would be missing for a stop.
SILENCE: Final = 10


def when_ready(server: Any) -> None:
    """Every connection inherits this from the socket on which it is accepted (Linux)."""
    for listener in server.LISTENERS:
        listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", SILENCE, 0))
