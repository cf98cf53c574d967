"""How many requests one person makes; a bucket per person and kind, in the process."""

import math
import threading
from dataclasses import dataclass
from uuid import UUID

from clinic_api import clock
from clinic_api.http.problems import TooMany


@dataclass(slots=True)
class _Bucket:
    left: float
    filled_at: float


class Limits:
    """Token buckets; a person who waits gets the next request back."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._buckets: dict[tuple[UUID, str], _Bucket] = {}

    def spend(self, person: UUID, kind: str, *, allowed: int, per_seconds: int = 60) -> None:
        """Take one request of ``kind`` from the person's bucket.

        Raises:
            TooMany: it is empty; the answer says when it is not.
        """
        now = clock.ticks()
        rate = allowed / per_seconds
        with self._lock:
            bucket = self._buckets.setdefault((person, kind), _Bucket(float(allowed), now))
            bucket.left = min(float(allowed), bucket.left + (now - bucket.filled_at) * rate)
            bucket.filled_at = now
            if bucket.left < 1:
                raise TooMany(retry_after_seconds=max(1, math.ceil((1 - bucket.left) / rate)))
            bucket.left -= 1

    def forget(self) -> None:
        """Start anew, as a new process would."""
        with self._lock:
            self._buckets.clear()


limits = Limits()
