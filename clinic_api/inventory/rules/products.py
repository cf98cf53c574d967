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


class Method(StrEnum):
    """How an amount was found at a count."""

    COUNTED = "counted"
    WEIGHED = "weighed"
    READ = "read"
    ESTIMATED = "estimated"


@dataclass(frozen=True, kw_only=True)
class Package:
    """What is bought under one NDC; amounts are of one vial in it.

    Args:
        inner: the NDC on the vial, where it differs from the one on the box.
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
    default: bool

    @property
    def content(self) -> Mass:
        """The drug that one vial holds by its label."""
        return self.concentration.mass_in(self.volume)

    @property
    def codes(self) -> frozenset[Ndc]:
        """Every code that may be read off it."""
        return frozenset({self.ndc} if self.inner is None else {self.ndc, self.inner})


@dataclass(frozen=True, kw_only=True)
class DrugPolicy:
    """How one drug is stocked, handled and counted.

    Args:
        schedule: the federal schedule, such as CIII.
        registration_schedule: the code under which a registration must list it, such as 3N.
        beyond_use: how long a vial may be used after its first puncture.
        dead_space_per_draw: what may stay in needle and hub each time, undiluted.
        resolutions: how finely each method of counting can tell; exact counts are not named.
        late_entry: how far a claimed time may lie from its entry.
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
    origin: Origin

    def overfill_cap(self, package: Package) -> Mass:
        """The most overfill that one vial may be said to hold, whole micrograms, rounded down."""
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
    )
    handling = whole.table("handling", "multi_dose", "bud_days")
    caps = whole.table("caps", "overfill_ml_per_10_ml", "dead_space_ml_per_draw")
    for table in (handling, caps):
        table.origin()
    return DrugPolicy(
        drug=whole.text("drug"),
        schedule=whole.text("schedule"),
        registration_schedule=whole.text("registration_schedule"),
        beyond_use=handling.span("bud_days", DAY, least=1),
        overfill_per_10_ml=_ml(caps, "overfill_ml_per_10_ml"),
        dead_space_per_draw=_ml(caps, "dead_space_ml_per_draw"),
        resolutions=_resolutions(whole),
        late_entry=read_late_entry(
            whole.table(
                "late_entry",
                *("reason_after_minutes", "reason_least_characters"),
                *("countersign_after_hours", "future_at_most_seconds"),
            )
        ),
        packages=_packages(whole),
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
        *("key", "default", "name", "labeler", "ndc", "ndc11", "inner_ndc", "vials_per_package"),
        *("strength_mg_per_ml", "volume_ml", "container", "rxnorm"),
    )
    return tuple(
        Package(
            key=row.text("key"),
            name=row.text("name"),
            labeler=row.text("labeler"),
            ndc=Ndc.parse(row.text("ndc")),
            inner=Ndc.parse(row.text("inner_ndc")) if row.has("inner_ndc") else None,
            concentration=Concentration(row.exact("strength_mg_per_ml")),
            volume=_ml(row, "volume_ml"),
            kind=row.choice("container", ContainerKind),
            default=row.flag("default"),
        )
        for row in rows
    )


def _ml(table: Content, name: str) -> Volume:
    table.exact(name)
    return Volume.ml(table.text(name))
