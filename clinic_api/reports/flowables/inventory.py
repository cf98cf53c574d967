"""A statutory inventory on paper: each list a paper of its own, with its head, its lines and its signatures."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from reportlab.platypus import Flowable, PageBreak

from clinic_api.quantities import Mass
from clinic_api.reports.flowables.grid import BARE, TINTED, Cell, Column, grid
from clinic_api.reports.flowables.heading import NAME, TITLE, VISIT
from clinic_api.reports.flowables.ink import LABEL, QUIET, STRONG, WIDTH
from clinic_api.reports.flowables.layout import NONE, Rule, gap, remark, section
from clinic_api.reports.flowables.record import signatures
from clinic_api.reports.flowables.text import para
from clinic_api.reports.flowables.times import LocalTimes
from clinic_api.reports.records.inventory import (
    Apart,
    Inventory,
    Listing,
    Opened,
    ProductLine,
    Profile,
    SealedInAll,
)
from clinic_api.reports.records.seal import Seal, Status

#: How a list is called in a heading.
LISTS: Final = {"CII": "Schedule II", "CIII-CV": "Schedules III to V"}
KINDS: Final = {
    "initial": "Initial inventory",
    "biennial": "Biennial inventory",
    "registration-closing": "Inventory at the end of the registration",
}
BUSINESS: Final = {"opening": "at the opening of business", "close": "at the close of business"}
LINES: Final = (
    Column("", 52, STRONG),
    Column("Containers", 120),
    Column("Location", 78),
    Column("Lot", 62),
    Column("Method, resolution", 92),
    Column("Quantity", 90, right=True),
    Column("mg", 46, STRONG, right=True),
)


def pieces(inventory: Inventory, seal: Seal, times: LocalTimes) -> list[Flowable]:
    """Everything the paper says: schedule II on pages of its own, then the others."""
    papers = [_paper(listing, inventory, seal, times) for listing in inventory.lists]
    return [piece for n, paper in enumerate(papers) for piece in ([PageBreak()] if n else []) + paper]


def title_of(inventory: Inventory) -> str:
    """What kind of inventory it is, in words."""
    return KINDS.get(inventory.kind, inventory.kind)


def _paper(listing: Listing, inventory: Inventory, seal: Seal, times: LocalTimes) -> list[Flowable]:
    return [
        *_head(listing, inventory, seal, times),
        *_takers(inventory, times),
        *_listing(listing),
        *signatures(seal, times),
    ]


def _head(listing: Listing, inventory: Inventory, seal: Seal, times: LocalTimes) -> list[Flowable]:
    holder = inventory.registration
    status = "SIGNED" if seal.status is Status.FINAL else "NOT YET SIGNED BY ALL"
    columns = (Column("", WIDTH * 0.62), Column("", WIDTH * 0.38, right=True))
    rows = (
        (Cell(title_of(inventory), TITLE), Cell(status, TITLE)),
        (
            Cell(f"{_called(listing)}, {_taken(inventory)}", VISIT),
            Cell(f"Times are {times.said}", QUIET),
        ),
    )
    whose = (
        Column("Registrant", 190, NAME),
        Column("DEA number", 80, NAME),
        Column("Address", 190),
        Column("Schedules", 80),
    )
    who = (holder.registrant, holder.dea_number, holder.address, ", ".join(holder.schedules))
    when = (Column("Entries from", 135), Column("Entries until", 135), Column("Practice profile", 270))
    told = (
        times.full(inventory.counted_from),
        times.full(inventory.counted_until),
        _profile(inventory.profile),
    )
    return [
        grid(columns, rows, dress=BARE),
        Rule(),
        gap(4),
        grid(whose, [who], dress=TINTED),
        grid(when, [told], dress=TINTED),
        gap(5),
    ]


def _called(listing: Listing) -> str:
    return LISTS.get(listing.name, listing.name)


def _profile(profile: Profile) -> str:
    return f"{profile.key}, version {profile.version}; {profile.replaced or 'no control is replaced'}"


def _taken(inventory: Inventory) -> str:
    return f"taken on {inventory.counted_on} {BUSINESS.get(inventory.business, inventory.business)}"


def _takers(inventory: Inventory, times: LocalTimes) -> list[Flowable]:
    columns = (Column("Location", 180), Column("Taken by", 180, STRONG), Column("Entered", WIDTH - 360))
    rows = [(taker.location, taker.name, times.full(taker.entered_at)) for taker in inventory.takers]
    return section("Takers", grid(columns, rows) if rows else remark("Nobody is recorded."))


def _listing(listing: Listing) -> list[Flowable]:
    here = [product for product in listing.products if product.total_mg != "0" or product.not_found]
    if not listing.products or not here:
        said = "No product is listed." if not listing.products else "None on hand of any product listed below."
        return [*section(_called(listing), para(said, width=WIDTH, ink=STRONG)), *_none(listing)]
    return [*(piece for product in here for piece in _product(product)), *_none(listing)]


def _product(product: ProductLine) -> list[Flowable]:
    about = f"NDC {product.ndc}, {product.schedule}, {product.strength_mg_per_ml} mg/mL, {_plain(product.form)}"
    total: tuple[str | Cell, ...] = (*("",) * 5, Cell("Total on hand", STRONG), product.total_mg)
    return section(product.name, grid(LINES, [*_lines(product), total]), remark=about)


def _lines(product: ProductLine) -> Iterator[tuple[str | Cell, ...]]:
    yield from _sealed(product)
    for each in product.opened:
        yield _one("Opened", each)
    for apart in product.set_apart:
        yield _one("Set apart", apart)
    for label in product.not_found:
        yield (Cell("NOT FOUND", STRONG), label, "", "", "", "", "0")


def _sealed(product: ProductLine) -> Iterator[tuple[str | Cell, ...]]:
    sealed, how = product.sealed, f"{product.sealed.method}, exact"
    by_lot: dict[tuple[str, str], list[str]] = defaultdict(list)
    for each in sealed.each:
        by_lot[each.location, each.lot].append(each.container)
    for (location, lot), labels in by_lot.items():
        yield ("Sealed", ", ".join(labels), location, lot, how, *_so_many(len(labels), sealed))
    if sealed.containers and not sealed.each:
        yield ("Sealed", "not named one by one", "", "", how, *_so_many(sealed.containers, sealed))


def _so_many(containers: int, sealed: SealedInAll) -> tuple[str, str]:
    """So many containers of a size, and what they hold together."""
    mass = Mass(Mass.mg(sealed.size_mg).ug * containers)
    return f"{containers} x {sealed.size_ml} mL", mass.as_mg_text()


def _one(what: str, each: Opened) -> tuple[str | Cell, ...]:
    how = f"{each.method}, within {each.resolution_mg} mg" if each.resolution_mg != "0" else f"{each.method}, exact"
    why = f"\n{each.reason}" if isinstance(each, Apart) else ""
    quantity = NONE if each.volume_ml is None else f"{each.volume_ml} mL"
    return (what, f"{each.container}{why}", each.location, each.lot, how, quantity, each.found_mg)


def _none(listing: Listing) -> list[Flowable]:
    none = [product for product in listing.products if product.total_mg == "0" and not product.not_found]
    columns = (Column("Product", 300), Column("NDC", 90), Column("Schedule", 60), Column("Quantity", WIDTH - 450))
    rows = [(product.name, product.ndc, product.schedule, Cell("none on hand", LABEL)) for product in none]
    return section("None on hand", grid(columns, rows)) if rows else []


def _plain(code: str) -> str:
    return code.replace("_", " ").replace("-", " ")
