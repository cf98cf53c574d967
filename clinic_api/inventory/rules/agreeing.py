"""Two people count without knowing of each other: when their entries agree, what is counted again, and what counts."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from clinic_api.inventory.rules.counting import Found


def agree(first: Found, second: Found) -> bool:
    """Whether two people found the same, as far as the coarser of their methods can tell.

    Their differences from the book are compared and not what they found: between the two entries drug may have
    been drawn, and each stands beside the book of its own moment. One who found a container and one who did not
    agree only where there was nothing in it and nothing should have been.
    """
    if (first.found is None) is not (second.found is None):
        return first.variance_ug == second.variance_ug == 0
    return abs(first.variance_ug - second.variance_ug) <= max(first.resolution, second.resolution).ug


def to_recount(first: Mapping[UUID, Found], second: Mapping[UUID, Found]) -> tuple[UUID, ...]:
    """The containers on which two entries do not agree, in the order of their numbers.

    What stands in one entry only came or went by the book between the two, such as a syringe that was drawn: it is
    counted again where it is not as the book has it.
    """
    one_only = first.keys() ^ second.keys()
    alone = [id for id in one_only if not (first.get(id) or second[id]).explained]
    both = [id for id in first if id in second and not agree(first[id], second[id])]
    return tuple(sorted({*alone, *both}))


def which_counts(found: Sequence[Found]) -> int:
    """Which of the findings of one container counts, as its place in the list.

    A third one was made because the first two did not agree, by somebody who had not counted: it counts. Of two
    that agree, the finer measurement counts, and of equals the first.

    Args:
        found: in the order in which they were entered; at least one.
    """
    if len(found) > 2:  # noqa: PLR2004  (the third is the recount)
        return len(found) - 1
    return min(range(len(found)), key=lambda n: (found[n].found is None, found[n].resolution))
