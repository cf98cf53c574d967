"""What the clinic may stock: one drug's packages and how they are handled, read from its policy."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Any, Final

from clinic_api.clinics.rules.content import Content, Origin
from clinic_api.errors import Unacceptable
from clinic_api.identifiers import Ndc
from clinic_api.inventory.rules.drift import Limits, read_limits
from clinic_api.inventory.rules.sharing import Sharing, read_sharing
from clinic_api.inventory.rules.weighing import Scale, read_scale
from clinic_api.protocols.rules.watch import LateEntryLimits, read_late_entry
from clinic_api.quantities import Concentration, Mass, Volume

DAY: Final = timedelta(days=1)
#: The overfill cap is given for a vial of this size, and goes by the vial's own.
OVERFILL_PER: Final = Volume.ml(10)


class ContainerKind(StrEnum):
    """What holds drug."""

    MULTI_DOSE_VIAL = "multi_dose_vial"
    SINGLE_DOSE_VIAL = "single_dose_vial"
    SYRINGE = "syringe"
    BAG = "bag"
    DEVICE = "device"


class Method(StrEnum):
    """How an amount was found at a count."""

    COUNTED = "counted"
    WEIGHED = "weighed"
    READ = "read"
    ESTIMATED = "estimated"


@dataclass(frozen=True, slots=True)
class Kit:
    """A box that is sold under a code of its own and holds so many of one device."""

    ndc: Ndc
    devices: int


@dataclass(frozen=True, kw_only=True)
class Package:
    """What is bought under one NDC; amounts are of one vial or device in it.

    A device is given whole: devices are counted, and ``volume`` is only what its label says is in one.

    Args:
        inner: the NDC on the vial, where it differs from the one on the box.
        form: the dosage form, as the directory says it; None where nobody has read it.
        units: how many vials or devices are in it.
        kits: other boxes of the same device, each with its own code.
        default: what the clinic usually buys.
    """

    key: str
    name: str
    labeler: str
    ndc: Ndc
    inner: Ndc | None
    concentration: Concentration
    volume: Volume
    kind: ContainerKind
    form: str | None
    units: int
    kits: tuple[Kit, ...]
    default: bool

    @property
    def content(self) -> Mass:
        """The drug that one vial holds by its label."""
        return self.concentration.mass_in(self.volume)

    @property
    def codes(self) -> frozenset[Ndc]:
        """Every code that may be read off it."""
        return frozenset({self.ndc, *(kit.ndc for kit in self.kits)} | ({self.inner} if self.inner else set()))

    @property
    def is_counted_whole(self) -> bool:
        """Whether it is used up or not at all, so that there is no volume to draw or to measure."""
        return self.kind is ContainerKind.DEVICE

    def units_under(self, code: Ndc) -> int:
        """How many vials or devices stand behind one of its ``codes``: one for what is in the box."""
        if code == self.inner:
            return 1
        return next((kit.devices for kit in self.kits if kit.ndc == code), self.units)


@dataclass(frozen=True, kw_only=True)
class DrugPolicy:
    """How one drug is stocked, handled and counted.

    Args:
        schedule: the federal schedule, such as CIII.
        registration_schedule: the code under which a registration must list it, such as 3N.
        beyond_use: how long a vial may be used after its first puncture; none where everything is used at once.
        overfill_per_10_ml, dead_space_per_draw: none where nothing is drawn.
        resolutions: how finely each method of counting can tell; exact counts are not named.
        late_entry: how far a claimed time may lie from its entry.
        scale: what is known of weighing it; None where the list says nothing.
        drift: when small differences that add up are told; None where the list says nothing.
        sharing: what may be made up without a patient; None where the list says nothing, and then nothing may.
    """

    drug: str
    schedule: str
    registration_schedule: str
    beyond_use: timedelta
    overfill_per_10_ml: Volume
    dead_space_per_draw: Volume
    resolutions: Mapping[Method, Volume]
    late_entry: LateEntryLimits
    packages: tuple[Package, ...]
    scale: Scale | None
    drift: Limits | None
    sharing: Sharing | None
    origin: Origin

    def overfill_cap(self, package: Package) -> Mass:
        """The most overfill that one vial may be said to hold, whole micrograms, rounded down; of a device, none."""
        volume = Fraction(self.overfill_per_10_ml.ul * package.volume.ul, OVERFILL_PER.ul)
        return Mass(int(volume * package.concentration.exact))

    def hub_cap(self, package: Package) -> Mass:
        """The most that may be said to stay in needle and hub at one draw, whole micrograms, rounded down."""
        return Mass(int(self.dead_space_per_draw.ul * package.concentration.exact))


@dataclass(eq=False)
class UnknownProduct(Unacceptable):
    """The clinic stocks nothing under this NDC."""

    ndc: str

    def __str__(self) -> str:
        return f"{self.ndc} is on no product list; compare it with the package, or adopt a list that has it"


@dataclass(eq=False)
class NotListed(Unacceptable):
    """The clinic's lists have no product of this name."""

    product: str

    def __str__(self) -> str:
        return f"Name a product by its key, as GET /products has it, not {self.product}."


def check_listed(product: str, keys: Iterable[str]) -> None:
    """Refuse a product that the clinic's lists do not have.

    Raises:
        NotListed: so it is.
    """
    if product not in keys:
        raise NotListed(product=product)


def read_drug(content: Mapping[str, Any]) -> DrugPolicy:
    """One drug's policy from its data.

    Args:
        content: as in ``config/products/*.toml``.

    Raises:
        MalformedContent: a field is missing, unknown or wrong.
        InvalidNdc: a code that cannot be one.
    """
    whole = Content(content)
    whole.only(
        *("drug", "version", "rxnorm_ingredient", "schedule", "registration_schedule", "dea_drug_code"),
        *("source", "status", "handling", "caps", "counts", "late_entry", "products"),
        *("weighing", "weights", "drift", "preparations"),
    )
    packages = _packages(whole)
    drawn = not all(package.is_counted_whole for package in packages)
    handling = whole.table("handling", "multi_dose", "bud_days")
    handling.origin()
    return DrugPolicy(
        drug=whole.text("drug"),
        schedule=whole.text("schedule"),
        registration_schedule=whole.text("registration_schedule"),
        beyond_use=handling.span("bud_days", DAY, least=1) if drawn else timedelta(),
        overfill_per_10_ml=_cap(whole, "overfill_ml_per_10_ml") if drawn else Volume(0),
        dead_space_per_draw=_cap(whole, "dead_space_ml_per_draw") if drawn else Volume(0),
        resolutions=_resolutions(whole) if drawn else {},
        late_entry=read_late_entry(
            whole.table(
                "late_entry",
                *("reason_after_minutes", "reason_least_characters"),
                *("countersign_after_hours", "future_at_most_seconds"),
            )
        ),
        packages=packages,
        scale=read_scale(whole),
        drift=read_limits(whole),
        sharing=read_sharing(whole),
        origin=whole.origin(),
    )


def find_package(ndc: str, drugs: Iterable[DrugPolicy]) -> tuple[DrugPolicy, Package]:
    """The package that carries an NDC, and the policy of its drug.

    Args:
        ndc: as printed on the box or the vial, with or without hyphens.

    Raises:
        InvalidNdc, AmbiguousNdc: it cannot be read, or in several ways.
        UnknownProduct: the clinic stocks nothing under it.
    """
    stocked = [(drug, package) for drug in drugs for package in drug.packages]
    read = Ndc.parse(ndc, known={code for _, package in stocked for code in package.codes})
    for drug, package in stocked:
        if read in package.codes:
            return drug, package
    raise UnknownProduct(ndc=str(read))


def _cap(whole: Content, name: str) -> Volume:
    caps = whole.table("caps", "overfill_ml_per_10_ml", "dead_space_ml_per_draw")
    caps.origin()
    return _ml(caps, name)


def _resolutions(whole: Content) -> Mapping[Method, Volume]:
    table = whole.table("counts", "weighed_resolution_ml", "read_resolution_ml", "estimated_resolution_ml")
    table.origin()
    return {
        Method.WEIGHED: _ml(table, "weighed_resolution_ml"),
        Method.READ: _ml(table, "read_resolution_ml"),
        Method.ESTIMATED: _ml(table, "estimated_resolution_ml"),
    }


def _packages(whole: Content) -> tuple[Package, ...]:
    rows = whole.rows(
        "products",
        *("key", "default", "name", "labeler", "ndc", "ndc11", "inner_ndc", "vials_per_package", "kits", "form"),
        *("strength_mg_per_ml", "volume_ml", "container", "rxnorm"),
    )
    packages = tuple(map(_package, rows))
    _check_codes(whole, packages)
    return packages


def _package(row: Content) -> Package:
    kind = row.choice("container", ContainerKind)
    device = kind is ContainerKind.DEVICE
    return Package(
        key=row.text("key"),
        name=row.text("name"),
        labeler=row.text("labeler"),
        ndc=Ndc.parse(row.text("ndc")),
        inner=Ndc.parse(row.text("inner_ndc")) if row.has("inner_ndc") else None,
        concentration=Concentration(row.exact("strength_mg_per_ml")),
        volume=_ml(row, "volume_ml"),
        kind=kind,
        form=row.text("form") if row.has("form") else None,
        # A device's own code names one; how many a box holds is the box's.
        units=1 if device else row.whole("vials_per_package", least=1),
        kits=_kits(row) if device else (),
        default=row.flag("default"),
    )


def _kits(row: Content) -> tuple[Kit, ...]:
    if not row.has("kits"):
        return ()
    kits = row.rows("kits", "name", "ndc", "ndc11", "devices")
    return tuple(Kit(Ndc.parse(kit.text("ndc")), kit.whole("devices", least=1)) for kit in kits)


def _check_codes(whole: Content, packages: tuple[Package, ...]) -> None:
    """A code that stood for two packages, or a key for two, could put the wrong one into the book."""
    codes = [str(code) for package in packages for code in package.codes]
    for each in (*codes, *(package.key for package in packages)):
        if codes.count(each) > 1 or sum(package.key == each for package in packages) > 1:
            raise whole.refusal("products", f"must not give {each} to two packages")


def _ml(table: Content, name: str) -> Volume:
    table.exact(name)
    return Volume.ml(table.text(name))
