"""Two people in short: each try at each kind of act but the slowest; at length: ``make twopeople``."""

from random import Random

from tests.ledger.kept import Ward
from tests.ledger.two_people import Pair, dishonest, honest
from tests.worlds import AtRest


def test_no_dishonest_signature_is_accepted_and_no_honest_one_refused(ward_kept: AtRest[Ward]) -> None:
    with ward_kept.copied() as ward:
        pair = Pair(ward, Random(7))
        accepted, said = dishonest(pair, 40)
        assert (accepted, sum(said.values())) == ([], 40)
        assert honest(pair, 12) == []
        assert ward.clinic.verify() == []
