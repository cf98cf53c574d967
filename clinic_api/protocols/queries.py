"""Clinical rules as the clinic adopted them: the version that holds now, and the one a visit was given under."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from clinic_api.clinics import queries as clinics
from clinic_api.clinics.queries import NoSuchPolicy, Policy
from clinic_api.database.scope import scope
from clinic_api.protocols.rules.instrument import Instrument, read_instrument
from clinic_api.protocols.rules.protocol import Protocol, read_protocol


@dataclass(frozen=True, slots=True)
class Pinned:
    """A protocol and the id of its adopted version; a session keeps the id."""

    id: UUID
    protocol: Protocol


@dataclass(frozen=True, slots=True)
class PinnedInstrument:
    """A scale and the id of its adopted version; a score keeps the id."""

    id: UUID
    instrument: Instrument


#: An adopted version never changes, so it is read once per process; by organisation, so that none reads another's.
_PROTOCOLS: Final[dict[tuple[UUID, UUID], Pinned]] = {}
_INSTRUMENTS: Final[dict[tuple[UUID, UUID], PinnedInstrument]] = {}


def current(key: str) -> Pinned:
    """The version of a protocol that holds now.

    Raises:
        NoSuchPolicy: the clinic has adopted no such protocol.
        MalformedContent: what it adopted cannot be read as one.
    """
    return _protocol(clinics.policy("protocol", key))


def pinned(id: UUID) -> Pinned:
    """The version that a session was given under.

    Raises:
        NoSuchPolicy: not here, or no protocol.
    """
    return _PROTOCOLS.get((scope().organisation, id)) or _protocol(clinics.policy_version(id))


def current_instrument(key: str) -> PinnedInstrument:
    """The version of a scale that holds now.

    Raises:
        NoSuchPolicy: the clinic has adopted no such scale.
        MalformedContent: what it adopted cannot be read as one.
    """
    return _instrument(clinics.policy("instrument", key))


def pinned_instrument(id: UUID) -> PinnedInstrument:
    """The version that a score was taken with.

    Raises:
        NoSuchPolicy: not here, or no scale.
    """
    return _INSTRUMENTS.get((scope().organisation, id)) or _instrument(clinics.policy_version(id))


def _protocol(policy: Policy) -> Pinned:
    place = (scope().organisation, policy.id)
    if place not in _PROTOCOLS:
        _check_kind(policy, "protocol")
        _PROTOCOLS[place] = Pinned(policy.id, read_protocol(policy.content))
    return _PROTOCOLS[place]


def _instrument(policy: Policy) -> PinnedInstrument:
    place = (scope().organisation, policy.id)
    if place not in _INSTRUMENTS:
        _check_kind(policy, "instrument")
        _INSTRUMENTS[place] = PinnedInstrument(policy.id, read_instrument(policy.content))
    return _INSTRUMENTS[place]


def _check_kind(policy: Policy, kind: str) -> None:
    if policy.kind != kind:
        raise NoSuchPolicy
