"""A chair to test in: a patient with everything signed, an order, a vial, and a visit walked by its real acts."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from clinic_api import clock
from tests.builders import Clinic
from tests.inventory.stock import Stock
from tests.patients.people import typed
from tests.people import Answer, Person

CONSENTS: Final = (
    *("treatment_off_label", "controlled_substance_agreement", "privacy_notice", "transport_acknowledgement"),
)
CALM: Final = {
    "systolic_mmhg": 124,
    "diastolic_mmhg": 76,
    "heart_rate_bpm": 72,
    "spo2_percent": 98,
    "respiratory_rate_per_min": 15,
    "moaas": 5,
    "dissociation_nrs": 0,
}
SCORED: Final = {str(item): 1 for item in range(1, 9)} | {"9": 0}
DOSE: Final = {"strength_mg_per_ml": "50", "diluent": {"volume_ml": "50", "made_up": "withdraw_first"}}
SEEN: Final = {
    "wristband_matches": True,
    "strength_mg_per_ml": "50",
    "drawn_ml": "0.7",
    "ml_per_h": "75",
    "to_infuse_ml": "50",
}
FIT: Final = {
    "aldrete": 10,
    "gait_steady": True,
    "nausea_controlled": True,
    "suicide_item_rechecked": True,
    "line_removed": True,
    "instructions_given": True,
    "escort_identified": True,
}


@dataclass
class Ward:
    """A clinic with a nurse, a second nurse, a prescriber, a patient and one visit."""

    clinic: Clinic
    stock: Stock = field(init=False)
    dora: Person = field(init=False)
    chair: str = field(init=False)
    patient: str = field(init=False)
    visit: str = field(init=False, default="")

    def __post_init__(self) -> None:
        self.stock = Stock(self.clinic)
        self.dora = self.clinic.prescriber("Dora Prescriber")
        self.chair = self.clinic.a_chair("Chair 1")
        self.patient = self.a_patient()

    @property
    def ada(self) -> Person:
        """The nurse who runs the visit."""
        return self.stock.nurse

    @property
    def ben(self) -> Person:
        """The second nurse: checks, witnesses."""
        return self.stock.witness

    # ------------------------------------------------------------------------------------------ who, and by what order

    def a_patient(self, **different: Any) -> str:
        """A patient with every consent that the protocol asks for; the id."""
        patient = str(self.ada.does("/patients", **typed(**different))["id"])
        for kind in CONSENTS:
            self.consent(kind, patient=patient)
        self.ada.does(f"/patients/{patient}/allergies", none_known=True, items=[])
        return patient

    def consent(self, kind: str, *, given: bool = True, patient: str | None = None) -> None:
        """Sign or withdraw one consent."""
        body = {"kind": kind, "given": given, "document_version": "1", "occurred_at": self.ago()}
        self.ada.does(f"/patients/{patient or self.patient}/consents", **body)

    def order(self, **different: Any) -> str:
        """A signed series order of six visits, 0.5 mg/kg over 40 minutes; its id."""
        usual = {
            "patient": self.patient,
            "protocol": "iv-ketamine",
            "route": "intravenous",
            "visits": 6,
            "mg_per_kg": "0.5",
            "minutes": 40,
            "basis": "actual",
            "cap_mg": None,
            "valid_until": self.ago(days=-42),
            "indication": "F33.2",
        }
        order = str(self.dora.does("/orders", **usual | different)["id"])
        self.dora.does(f"/orders/{order}/signature")
        return order

    # ------------------------------------------------------------------------------------------------------- the visit

    def does(self, act: str, person: Person | None = None, /, **body: Any) -> Any:
        """An act on the visit that must succeed; what came back."""
        return (person or self.ada).does(f"/sessions/{self.visit}/{act}", **body)

    def tries(self, act: str, person: Person | None = None, /, **body: Any) -> Answer:
        """An act on the visit that may be refused."""
        return (person or self.ada).post(f"/sessions/{self.visit}/{act}", **body)

    def tablet(self, act: str, /, **body: Any) -> Answer:
        """The same from the tablet alone, nobody signed in."""
        alone = Person(self.clinic.wire, "", "", "", "", token=self.clinic.tablet["secret"])
        return alone.send("POST", f"/sessions/{self.visit}/{act}", body, {"Clinic-Pin": None})

    def see(self) -> Any:
        """The whole session, as the nurse sees it."""
        return self.ada.get(f"/sessions/{self.visit}").done().json

    @property
    def state(self) -> str:
        """Where the visit stands."""
        return str(self.see()["session"]["state"])

    def check_in(self, **different: Any) -> "Ward":
        """The patient arrives."""
        usual = {
            "patient": self.patient,
            "site": self.clinic.site,
            "chair": self.chair,
            "identifiers_checked": ["name", "date_of_birth"],
        }
        self.visit = str(self.ada.does("/sessions", **usual | different)["id"])
        return self

    def screen(self, **different: Any) -> "Ward":
        """Everything the gates ask for, but the release."""
        usual = {
            "last_solids_at": self.ago(hours=12),
            "last_clear_fluids_at": self.ago(hours=3),
            "escort": {"name": "Sam Driver", "phone": "+1 518 555 0177"},
            "weight_kg": "70",
            "line_placed": "left forearm, 22 G",
        }
        self.does("answers", **{name: it for name, it in (usual | different).items() if it is not None})
        self.does("scores", instrument="phq-9", answers=SCORED)
        self.reading()
        return self

    def reading(self, **different: Any) -> Any:
        """A set of readings, taken now."""
        return self.does("readings", **CALM | different)

    def release(self) -> "Ward":
        """The prescriber releases the dose."""
        self.does("release", self.dora)
        return self

    def prepare(self) -> "Ward":
        """The dose is worked out, drawn and looked at by the second nurse."""
        self.does("dose", **DOSE)
        self.does("draws", container=self.stock.a_vial())
        self.does("dose-check", self.ben, **SEEN)
        return self

    def ready(self) -> "Ward":
        """All that a start needs."""
        self.order()
        return self.check_in().screen().release().prepare()

    def infusing(self) -> "Ward":
        """Drug is running."""
        self.ready().does("start")
        return self

    def recovering(self, *, minutes: int = 40) -> "Ward":
        """The dose has ended after so many minutes."""
        self.infusing().clinic.later(minutes=minutes)
        self.does("stop")
        return self

    def fit(self) -> "Ward":
        """The patient has stayed an hour and everything is as it should be."""
        self.clinic.later(minutes=55)
        self.reading()
        self.clinic.later(minutes=10)
        self.reading()
        self.does("answers", **FIT)
        return self

    def explain(self) -> None:
        """A reason for every set that was missed."""
        missed = [it["minute"] for it in self.see()["due"] if it["state"] == "missed"]
        if missed:
            self.does(
                "answers", missed_sets=[{"minute": minute, "reason": "with another patient"} for minute in missed]
            )

    def settle(self) -> None:
        """The remainder wasted, missed sets explained, the next visit said."""
        for case in self.stock.cases(UUID(self.visit)):
            if case.left.ug:
                self.stock.waste(case.case, case.left.as_mg_text())
        self.explain()
        self.does("next-visit", none_because="series_complete")

    def discharged(self) -> "Ward":
        """The patient has left, proven fit."""
        self.recovering().fit().does("discharge")
        return self

    def ago(self, **span: float) -> str:
        """A moment so long ago, as it is sent."""
        return (clock.now() - timedelta(**span)).isoformat()


def checked_in(clinic: Clinic) -> Ward:
    """A visit that has begun."""
    return Ward(clinic).check_in()


def ready(clinic: Clinic) -> Ward:
    """A visit that may start."""
    return Ward(clinic).ready()


def infusing(clinic: Clinic) -> Ward:
    """A visit in which drug runs."""
    return Ward(clinic).infusing()


def recovering(clinic: Clinic) -> Ward:
    """A visit whose infusion is over."""
    return Ward(clinic).recovering()


def fit(clinic: Clinic) -> Ward:
    """A visit whose patient may leave."""
    return Ward(clinic).recovering().fit()


def discharged(clinic: Clinic) -> Ward:
    """A visit whose patient has left."""
    return Ward(clinic).discharged()
