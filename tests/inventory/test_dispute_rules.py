"""Who may dispute a signature, and when: pure."""

import pytest

from clinic_api.inventory.rules.disputes import DisputedBefore, NothingSignedYet, NotTheSecondSigner, check_dispute


def test_who_signed_for_another_disputes_it_once_and_after_it_moved() -> None:
    check_dispute(posted=True, signed=True, disputed=False)
    with pytest.raises(NothingSignedYet, match="do not sign it, or have it taken back"):
        check_dispute(posted=False, signed=True, disputed=False)
    with pytest.raises(NotTheSecondSigner, match="Report what you saw as a discrepancy"):
        check_dispute(posted=True, signed=False, disputed=False)
    with pytest.raises(DisputedBefore, match="goes into the file of its discrepancy"):
        check_dispute(posted=True, signed=True, disputed=True)
