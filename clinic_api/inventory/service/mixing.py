"""Making up a bag or a syringe for nobody in particular, where policy lets the drug be shared."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from clinic_api.audit import service as audit
from clinic_api.database.rows import put
from clinic_api.database.scope import Scope
from clinic_api.inventory.models.moves import Move
from clinic_api.inventory.models.preparations import StockPreparation
from clinic_api.inventory.models.stock import Container
from clinic_api.inventory.queries import containers, kits, storage
from clinic_api.inventory.queries.containers import Shown
from clinic_api.inventory.rules.drawing import use_by
from clinic_api.inventory.rules.mixing import MixOrder, check_mix, check_shareable, use_by_of
from clinic_api.inventory.rules.moves import Event
from clinic_api.inventory.service import drawing, leftovers
from clinic_api.inventory.service.drawing import Taken
from clinic_api.quantities import Volume


@dataclass(frozen=True, slots=True)
class Mixed:
    """A stock preparation and the container that it is."""

    preparation: StockPreparation
    container: Shown


def prepare_stock(order: MixOrder, *, scope: Scope) -> Mixed:
    """Make up a bag or a syringe out of named vials and a diluent; it is stock until it is drawn for a visit.

    Raises:
        NoSuchContainer: not here.
        DiluentUnclear, NotShared, TakenTwice, AnotherPackage, AnotherPlace, OnePatientOnly, CameForAPatient, NoUseLeft:
            see ``rules.mixing``.
        NotDrawable, NotAnAmount, Frozen, NotAVial, Quarantined, Disposed, Empty, Expired, PastBeyondUse,
        NotEnoughLeft, NotOnAccessList, NotHereToday, NoValidLicence, RegistrationNotValid: see ``service.drawing``.
    """
    sources = drawing.taken(order.takes)
    listed = storage.stocked_as(storage.product(sources[0].container.product).drug)
    sharing = check_mix(order, listed.drug.sharing, drug=listed.drug.drug)
    for each in sources:
        drawing.check_usable(each, scope=scope)
        check_shareable(each.facts, kit=kits.kit_of(each.container) is not None)
    drawing.check_alike(sources)
    drawing.check_may_draw(sources[0].container, scope=scope)
    until = use_by_of(order.kind, sharing, at=scope.at, sources=[_usable_until(each, scope) for each in sources])
    opened = drawing.open_vials(sources, scope.at, scope=scope)
    made = put(drawing.filled(sources, order.kind, scope=scope, diluent=order.diluent_volume))
    preparation = put(_preparation(order, made, sources, until, listed.policy, scope))
    leftovers.watch(made.id, until, scope=scope)
    moves = drawing.pour(sources, made, lambda: Move(stock=made.id, occurred_at=scope.at), scope=scope)
    audit.record(Event.STOCK_PREPARED, preparation, made, *moves, *opened)
    drawing.review_opened(sources, opened, scope=scope)
    return Mixed(preparation, containers.shown(made.id))


def _usable_until(each: Taken, scope: Scope) -> datetime:
    """The last moment of a source: its expiry and its beyond-use date, which for a sealed vial begins now."""
    if each.facts.use_by is not None:
        return min(each.facts.expires_at, each.facts.use_by)
    days = timedelta(days=storage.product(each.container.product).beyond_use_days)
    return use_by(punctured_at=scope.at, beyond_use=days, expires_at=each.facts.expires_at)


def _preparation(
    order: MixOrder, made: Container, sources: Sequence[Taken], until: datetime, policy: UUID, scope: Scope
) -> StockPreparation:
    return StockPreparation(
        organisation=scope.organisation,
        id=made.id,
        kind=made.kind,
        drawn=made.content,
        drawn_volume=Volume.total(each.volume for each in sources),
        diluent=order.diluent,
        diluent_volume=order.diluent_volume,
        final_volume=made.volume,
        final=made.concentration,
        use_by=until,
        policy=policy,
        by=scope.by,
        at=scope.at,
        operation_id=scope.key,
    )
