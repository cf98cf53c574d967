"""The rules that a session lives by: the versions it pinned at check-in, whatever was adopted since."""

from clinic_api.clinics import queries as clinics
from clinic_api.clinics.rules.profile import Profile
from clinic_api.protocols import queries as protocols
from clinic_api.protocols.rules.protocol import Protocol
from clinic_api.sessions.models import InfusionSession


def protocol_of(infusion: InfusionSession) -> Protocol:
    """The clinical protocol that was in force at check-in."""
    return protocols.pinned(infusion.protocol).protocol


def profile_of(infusion: InfusionSession) -> Profile:
    """The practice profile that was in force at check-in."""
    return clinics.profile_in(clinics.policy_version(infusion.profile))
