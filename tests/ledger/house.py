"""A ward with a row in every table of the ledger, made through the door and the services, always in the same order."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from tests.inventory.stock import REVERSE, an_order, line, read
from tests.ledger.kept import Ward

#: What the proof is about.
TABLES: Final = (
    *("receipts", "receipt_lines", "containers", "container_serials", "punctures", "quarantines", "returns", "moves"),
    *("wastes", "waste_postings", "waste_withdrawals", "incidents", "incident_reviews"),
    *("removals", "removal_lines", "removal_signatures", "removal_postings", "removal_withdrawals"),
    *("acknowledgements", "eligibilities", "corrections", "reversals"),
    *("counts", "count_parts", "count_recounts", "count_tallies", "count_tally_lines", "count_entries"),
    *("count_sheets", "count_signatures"),
    *("further_returns", "disputes", "incident_orders"),
)
WHY: Final = "the syringe was read wrongly"


@dataclass
class House:
    """The acts that fill it."""

    ward: Ward
    counted: tuple[str, str] = ("", "")

    def fill(self) -> Ward:
        """Everything once, and what waits beside what was done."""
        self.counts()
        self.doses()
        self.removals()
        self.made_up()
        self.waiting()
        self.adjusted()
        self.afterwards()
        return self.ward

    def doses(self) -> None:
        """Two syringes, wastes of each fate, corrections in two parts and pending, and two incidents."""
        ward, (visit, other) = self.ward, self.ward.visits
        vial = ward.a_vial()
        first, second = ward.draw(vial, "2", visit).syringe, ward.draw(vial, "1", other).syringe
        ward.give(first, "12", visit)
        ward.waste(first, "3")
        ward.propose(first, "4")
        back = ward.propose(first, "5")
        ward.nurse.does(f"/wastes/{back['id']}/withdrawal", reason="it was given after all")
        self.signed(f"/moves/{self.newest(second, 'drawn')}/corrections", "corrections", restated_mg="49")
        ward.waste(second, "6")
        for mass in ("4", "2"):
            self.signed(f"/moves/{self.newest(first, 'administered')}/corrections", "corrections", mass_mg=mass)
        ward.nurse.does(f"/moves/{self.newest(first, 'drawn')}/corrections", reason=WHY)
        body = {"container": vial, "visit": visit, "volume_ml": "0.7", "what_happened": "patient seized, no order yet"}
        done = ward.nurse.does("/incidents", **body, given=True, order_missing=True)
        told = {"finding": "right thing to do", "no_order_because": "the prescriber who was called is away"}
        ward.clinic.prescriber().does(f"/incidents/{done['id']}/review", **told)
        ward.nurse.does("/incidents", **body, given=False, order_missing=True)

    def removals(self) -> None:
        """One of each kind that was signed, one that waits, one that was taken back; a return, a quarantine."""
        ward = self.ward
        came = line(vials_invoiced=9, vials_received=9, serials=[f"SN-{n}" for n in range(9)])
        vials = [each["id"] for each in ward.receive(came)]
        self.removed("destroyed", *vials[:2], method="denatured")
        sent = self.removed("reverse-distributor", vials[2], receiver=REVERSE, document="RD-1")
        said = {"document": "ACK-9", "arrived_as_sent": True, "received_at": str(sent["occurred_at"])}
        ward.nurse.does(f"/removals/{sent['id']}/acknowledgement", **said)
        (left,) = (each["id"] for each in self.kept() if each["balance_mg"] == "20")
        self.removed("transferred", left, to_location=ward.there)
        self.removed("broken", vials[3])
        self.proposed("broken", vials[4])
        back = self.proposed("broken", vials[5])
        ward.nurse.does(f"/removals/{back['id']}/withdrawal", reason="it was another vial")
        self.give_back(vials[6])
        ward.nurse.does(f"/containers/{vials[7]}/quarantine", reason="cap was loose")

    def counts(self) -> None:
        """A closing count that was signed by both, and a cycle count on a scale."""
        ward = self.ward
        (left,) = (each["id"] for each in self.kept() if each["balance_mg"] == "20")
        ward.count(read(left, "0.5"))
        vial = str(ward.a_vial())
        weighed = {"container": vial, "method": "weighed", "gross_g": "22.7", "tare_g": "13", "scale_g": "0.5"}
        count = self.opened(containers=[vial])
        ward.enter(count, weighed).done()
        self.counted = (count, vial)

    def made_up(self) -> None:
        """A bag for nobody in particular, and a case drawn from it."""
        ward = self.ward
        ward.share()
        ward.draw(ward.mix((ward.a_vial(), "5")), "7", ward.visits[0])

    def adjusted(self) -> None:
        """A discrepancy that was found, and the move that two people signed for it."""
        ward, officer, vial = self.ward, self.ward.clinic.compliance(), str(self.ward.a_vial())
        ward.enter(self.opened(containers=[vial]), read(UUID(vial), "9.4")).done()
        found = officer.get("/discrepancies").done()["items"][0]
        doing = f"/discrepancies/{found['id']}"
        officer.does(f"{doing}/containment", measure="freeze")
        officer.does(f"{doing}/investigation")
        officer.does(f"{doing}/evidence", kind="note", words="the level was read at arm's length")
        asked = officer.does(f"{doing}/adjustments", container=vial, direction="out_of", mass_mg="1", reason=WHY)
        proof = ward.clinic.custodian("Cora Custodian").proof_for(asked["challenge"])
        officer.does(f"/adjustments/{asked['id']}/approval", **proof)

    def afterwards(self) -> None:
        """A return that was taken back and made again, a disputed waste, and an order for what was done without one."""
        ward, (visit, _) = self.ward, self.ward.visits
        back, opened = str(ward.a_vial()), ward.a_vial()
        self.signed(f"/moves/{self.give_back(back)}/corrections", "corrections")
        self.give_back(back)
        syringe = ward.draw(opened, "0.1", visit).syringe
        waste = ward.propose(syringe, "5")
        ward.nurse.does(f"/wastes/{waste['id']}/witness", **ward.witness.proof_for(waste["challenge"]))
        ward.witness.does(f"/wastes/{waste['id']}/dispute", words="it was clear water, I think")
        body = {"container": opened, "visit": visit, "volume_ml": "0.1", "what_happened": "patient seized again"}
        done = ward.nurse.does("/incidents", **body, given=True, order_missing=True)
        ward.nurse.does("/incidents", **body, given=True, order_missing=False)
        dora, order = an_order(ward, visit)
        dora.does(f"/incidents/{done['id']}/order", order=order)

    def give_back(self, vial: str) -> str:
        """A whole vial goes back; the move."""
        return str(self.ward.nurse.does(f"/containers/{vial}/return", receiver=REVERSE, document="R-1")["id"])

    def waiting(self) -> None:
        """A recount and a count of a product: both hide the book, so nothing can follow."""
        count, vial = self.counted
        self.ward.clinic.custodian().does(f"/counts/{count}/recount", containers=[vial])
        self.opened(products=["ketamine-10-mg-ml-20-ml"])

    def kept(self) -> list[dict[str, Any]]:
        """Every container of the site."""
        return list(self.ward.nurse.get(f"/containers?site={self.ward.clinic.site}&limit=100").done()["items"])

    def opened(self, **part: Any) -> str:
        """A count of a part, opened."""
        return str(self.ward.nurse.does("/counts", location=self.ward.location, kind="cycle", **part)["id"])

    def proposed(self, kind: str, *vials: str, **different: Any) -> dict[str, Any]:
        """A removal that waits."""
        contents = [{"container": each} for each in vials]
        body = {"kind": kind, "reason": "no longer to be used", "contents": contents, **different}
        return dict(self.ward.nurse.does("/removals", **body))

    def removed(self, kind: str, *vials: str, **different: Any) -> dict[str, Any]:
        """A removal that two have signed."""
        asked = self.proposed(kind, *vials, **different)
        proof = self.ward.witness.proof_for(asked["challenge"])
        return dict(self.ward.nurse.does(f"/removals/{asked['id']}/signature", **proof))

    def signed(self, path: str, table: str, **different: Any) -> None:
        """A correction that two have signed."""
        asked = self.ward.nurse.does(path, reason=WHY, **different)
        proof = self.ward.witness.proof_for(asked["challenge"])
        self.ward.nurse.does(f"/{table}/{asked['id']}/signature", **proof)

    def newest(self, container: UUID, kind: str) -> str:
        """The newest move of a kind into or out of a container, none that takes another back."""
        moves = self.ward.nurse.get(f"/containers/{container}").done()["moves"]
        return str(next(each["id"] for each in reversed(moves) if each["kind"] == kind and not each["reverses"]))


def filled(clinic: Any) -> Ward:
    """A clinic of a test, filled."""
    return House(Ward(clinic)).fill()
