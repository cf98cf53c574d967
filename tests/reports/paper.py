"""Reading a printed paper back, as a stranger's program would."""

import re
from dataclasses import dataclass, fields, is_dataclass, replace
from io import BytesIO
from typing import Any, TypeVar

from pypdf import PdfReader

from clinic_api.reports.pdf import session_summary
from clinic_api.reports.records.seal import Seal
from clinic_api.reports.records.summary import SessionSummary
from tests.reports.fixtures import final_seal

R = TypeVar("R")


@dataclass(frozen=True)
class Paper:
    """A PDF and the text of its pages, without the white space that line breaks leave."""

    data: bytes
    pages: tuple[str, ...]

    @property
    def text(self) -> str:
        """Everything on the paper."""
        return "".join(self.pages)

    def says(self, words: str) -> bool:
        """Whether the words stand there, wherever the lines broke."""
        return squeezed(words) in self.text


def squeezed(text: str) -> str:
    """Without white space."""
    return re.sub(r"\s", "", text)


def printed(summary: SessionSummary, seal: Seal | None = None) -> Paper:
    """The paper of a summary, read back."""
    data = session_summary(summary, seal or final_seal())
    return Paper(data, tuple(squeezed(page.extract_text()) for page in PdfReader(BytesIO(data)).pages))


def retold(record: R, tell: Any) -> R:
    """A record with every plain text in it, at any depth, passed through ``tell``."""
    if type(record) is str:
        told: R = tell(record)
        return told
    if isinstance(record, tuple):
        return type(record)(retold(item, tell) for item in record)
    if is_dataclass(record) and not isinstance(record, type):
        return replace(record, **{field.name: retold(getattr(record, field.name), tell) for field in fields(record)})
    return record
