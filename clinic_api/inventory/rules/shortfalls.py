"""An act that asks a container for more than the book says it holds: refused, and a file says that it was tried."""

from clinic_api.inventory.rules.corrections import UsedThere
from clinic_api.inventory.rules.drawing import Empty
from clinic_api.inventory.rules.moves import NotEnoughLeft
from clinic_api.quantities import Mass

#: The refusals that say so; each names the container by its number, and the mass that was asked for.
Shortfall = NotEnoughLeft | Empty | UsedThere


def beyond_the_book(*, asked: Mass, balance: Mass) -> bool:
    """Whether more was asked for than the book says is there.

    What is there and only promised, to a waste or to a removal, raises no question.
    """
    return asked > balance


def words_of(asked: Mass) -> str:
    """What a file says of the attempt; never what the book says, which somebody may be counting."""
    return f"{asked} was asked for, more than the book says is there; nothing was taken"
