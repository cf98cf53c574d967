"""By which channel a patient may be reminded, and where that reaches them."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from clinic_api.errors import Conflict
from clinic_api.patients.rules.consents import ConsentKind
from clinic_api.patients.rules.identity import Details


class Channel(StrEnum):
    """How a reminder reaches a patient."""

    EMAIL = "email"
    SMS = "sms"


#: The consent each channel needs.
CHANNEL_CONSENT: Final = {Channel.EMAIL: ConsentKind.REMINDERS_EMAIL, Channel.SMS: ConsentKind.REMINDERS_SMS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Where a reminder goes, in which language, and whose evening must not be disturbed."""

    address: str = field(repr=False)
    language: str
    zone: str


@dataclass(eq=False)
class NothingToVerify(Conflict):
    """There is no address on file for this channel."""

    channel: Channel

    def __str__(self) -> str:
        return f"Add the {self.channel} address to the patient's identity first, then have it verified."


def address_of(details: Details, channel: Channel) -> str | None:
    """The address on file for a channel."""
    return details.email if channel is Channel.EMAIL else details.phone


def check_address(details: Details, channel: Channel) -> str:
    """The address that somebody verified.

    Raises:
        NothingToVerify: there is none on file.
    """
    address = address_of(details, channel)
    if address is None:
        raise NothingToVerify(channel=channel)
    return address
