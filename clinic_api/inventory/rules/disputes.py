"""Who vouched for another's act may say later that it was not so: once, about their own signature, at any time."""

from clinic_api.errors import Conflict, NotPermitted


class NothingSignedYet(Conflict):
    """What is to be disputed is not in the ledger."""

    def __str__(self) -> str:
        return "Nothing has moved by it: do not sign it, or have it taken back."


class NotTheSecondSigner(NotPermitted):
    """Only who signed for another's act disputes that signature."""

    def __str__(self) -> str:
        return "Report what you saw as a discrepancy (POST /discrepancies); what one did oneself is corrected."


class DisputedBefore(Conflict):
    """This signature was disputed."""

    def __str__(self) -> str:
        return "The dispute stands; what came up since goes into the file of its discrepancy."


def check_dispute(*, posted: bool, signed: bool, disputed: bool) -> None:
    """Refuse to dispute what did not happen yet, what somebody else signed, or the same signature twice.

    Args:
        posted: the waste, the removal or the correction is in the ledger.
        signed: who disputes signed it as another person than its author.

    Raises:
        NothingSignedYet, NotTheSecondSigner, DisputedBefore: so it is.
    """
    if not posted:
        raise NothingSignedYet
    if not signed:
        raise NotTheSecondSigner
    if disputed:
        raise DisputedBefore
