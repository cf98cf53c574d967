"""What is said about the signed content from outside it: signatures, digest, place in the audit log."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from clinic_api.reports.records.codec import read


class Status(StrEnum):
    """A draft until the last signature that the profile asks for."""

    DRAFT = "draft"
    FINAL = "final"


@dataclass(frozen=True, kw_only=True)
class Signature:
    """Who signed, as what, meaning what, when, and exactly which content."""

    name: str
    role: str
    meaning: str
    signed_at: datetime
    content_sha256: str


@dataclass(frozen=True, kw_only=True)
class Seal:
    """The evidence that travels with a summary.

    A content cannot hold its own digest, so this is a second record beside ``SessionSummary``.
    ``audit_log_root`` is the first part of the tree root at ``audit_log_size`` entries.
    """

    status: Status
    content_sha256: str
    signatures: tuple[Signature, ...]
    audit_log_size: int | None
    audit_log_root: str | None


def seal_from(content: Mapping[str, Any]) -> Seal:
    """Read a seal from plain JSON values; strict, as ``summary_from``."""
    return read(Seal, content)
