"""Rows of produced files."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from clinic_api.database.rows import STRICT, Regulated, Row, refers


class ProducedFile(Regulated, Row):
    """A file that left the product: its bytes sealed, its hash in clear, and the log's place when it was made."""

    __tablename__ = "produced_files"
    __table_args__ = (
        refers("by", "accounts"),
        sa.CheckConstraint("length(content_sha256) = 32", name="hash_is_sha256"),
        sa.CheckConstraint("rows >= 0", name="rows_from_zero"),
        STRICT,
    )

    kind: Mapped[str]
    mimetype: Mapped[str]
    name: Mapped[str]
    since: Mapped[datetime | None]
    until: Mapped[datetime | None]
    reason: Mapped[str]
    rows: Mapped[int]
    content_sha256: Mapped[bytes]
    sealed: Mapped[bytes]
    log_size: Mapped[int]
    by: Mapped[UUID]
    at: Mapped[datetime]
