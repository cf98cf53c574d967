"""The families of refusal. ``http`` turns a family into a status code, once."""

from dataclasses import fields, is_dataclass
from typing import Any, ClassVar


class Refusal(Exception):
    """Something was asked that will not be done; nothing was changed.

    A subclass is declared beside the rule that raises it, as ``@dataclass(eq=False)`` whose fields are
    the facts of the refusal. The first line of its docstring is the title a person reads.
    """

    status: ClassVar[int] = 409

    @property
    def code(self) -> str:
        """The refusal's name on the wire: ``NotEnoughLeft`` is ``not-enough-left``."""
        name = type(self).__name__
        return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("-")

    @property
    def title(self) -> str:
        """One sentence for a person."""
        return (type(self).__doc__ or type(self).__name__).strip().splitlines()[0]

    @property
    def facts(self) -> dict[str, Any]:
        """What was asked and what is true, by name."""
        return {f.name: getattr(self, f.name) for f in fields(self)} if is_dataclass(self) else {}

    def __str__(self) -> str:
        """The sentence; a subclass with facts says them, and what would help."""
        return self.title


class NotFound(Refusal):
    """There is no such thing here."""

    status = 404


class NotPermitted(Refusal):
    """This person may not do this."""

    status = 403


class Conflict(Refusal):
    """What is true now does not allow it."""

    status = 409


class Unacceptable(Refusal):
    """What was sent makes no sense."""

    status = 422
