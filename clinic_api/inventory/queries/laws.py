"""Reading what the law asks of inventories in a state: every jurisdiction that holds there."""

from collections.abc import Sequence

from clinic_api.clinics import queries as clinics
from clinic_api.inventory.rules.statute import FEDERAL, InventoryLaw, holds_in, read_inventory_law


def inventory_laws(state: str) -> Sequence[InventoryLaw]:
    """What the jurisdictions that hold in a state say of inventories, the federal floor first.

    Args:
        state: two letters, as the site has it.
    """
    holding = [policy for policy in clinics.policies("jurisdiction") if holds_in(policy.key, state)]
    ordered = sorted(holding, key=lambda policy: (policy.key != FEDERAL, policy.key))
    return [read_inventory_law(policy.key, policy.version, policy.content) for policy in ordered]
