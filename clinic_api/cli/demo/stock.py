"""Drug comes in, is counted in the morning and in the evening, and every figure is held against what it must be."""

from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from clinic_api.cli.demo.stage import Stage

VIALS: Final = 10
MG_PER_VIAL: Final = 500
ML_PER_VIAL: Final = 10


def receive(stage: Stage) -> None:
    """Ten vials of ketamine from an invoice; one number that cannot be a DEA number is refused first."""
    custodian, administrator = stage.part("custodian"), stage.people[stage.cast.administrators[0]]
    location = administrator.post(
        "/locations", {"registration": stage.made["registration"], "name": "Safe, medication room"}
    )
    stage.made["location"] = location["id"]
    product = next(
        item
        for item in custodian.get("/products")["items"]
        if item["content_mg"] == str(MG_PER_VIAL) and item["strength_mg_per_ml"] == "50"
    )
    stage.made["ndc"] = product["ndc"]
    custodian.post("/receipts", _invoice(stage, supplier="RS1234564"), expect=422)
    receipt = custodian.post("/receipts", _invoice(stage, supplier="RS1234563"))
    vials = receipt["lines"][0]["containers"]
    stage.expect("vials received", len(vials), VIALS)
    stage.made["receipt"], stage.made["vials"] = receipt["id"], vials
    stage.step(f"{VIALS} vials of {product['name']} received under invoice {receipt['invoice_number']}")
    stage.expect("book after receipt", _on_hand(stage), str(VIALS * MG_PER_VIAL))


def take_inventory(stage: Stage) -> None:
    """The initial inventory: every location counted, one signed record, and the day on which the next is due."""
    counter, second = stage.part("custodian"), stage.part("second_counter")
    asked = {"registration": stage.made["registration"], "kind": "initial", "business": "opening"}
    inventory = counter.post("/inventories", asked)
    for each in inventory["counts"]:
        count_one(stage, counter.get(f"/counts/{each['count']}"))
    signed = counter.post(f"/inventories/{inventory['id']}/signature")
    if signed["challenge"] is not None:
        counter.post(f"/inventories/{inventory['id']}/second", second.proof(signed["challenge"]))
    record = counter.get(f"/inventories/{inventory['id']}/record")
    on_list = next(line for line in record["lists"]["CIII-CV"]["products"] if line["ndc"] == stage.made["ndc"])
    stage.expect("sealed vials on the inventory", on_list["sealed"]["containers"], VIALS)
    following = counter.get(f"/registrations/{stage.made['registration']}/next-inventory")
    stage.made["inventory"] = inventory["id"]
    next_one = f"the next is due on {following['due_on']} by {following['rule']}"
    stage.step(f"initial inventory signed: {VIALS} sealed vials; {next_one}")


def count(stage: Stage, kind: str) -> dict[str, Any]:
    """A blind count, by as many as the profile asks for."""
    opened = stage.part("custodian").post("/counts", {"location": stage.made["location"], "kind": kind})
    return count_one(stage, opened)


def count_one(stage: Stage, opened: dict[str, Any]) -> dict[str, Any]:
    """Everybody's own entry first, then the book, then the signatures."""
    counter, second = stage.part("custodian"), stage.part("second_counter")
    stage.expect("the book is hidden while it is counted", opened["lines"], None)
    entered = counter.post(f"/counts/{opened['id']}/entries", {"lines": _seen(stage)})
    if opened["persons"] > 1:
        stage.expect("the first entry is compared with nothing", entered["lines"], None)
        stage.expect("the second does not see it", second.get(f"/counts/{opened['id']}")["tallies"][0]["lines"], None)
        entered = second.post(f"/counts/{opened['id']}/entries", {"lines": _seen(stage)})
    signed = counter.post(f"/counts/{opened['id']}/signature")
    if signed["challenge"] is not None:
        counter.post(f"/counts/{opened['id']}/second", second.proof(signed["challenge"]))
    people = len(entered["tallies"])
    variances = [line["variance_ug"] for line in entered["lines"]]
    stage.made[f"count:{opened['kind']}"] = opened["id"]
    stage.step(
        f"{opened['kind']} count of {len(variances)} containers by {people}, each alone: variances {sum(variances)} µg"
    )
    stage.expect("every variance explained", [line["explained"] for line in entered["lines"]], [True] * len(variances))
    closed: dict[str, Any] = counter.get(f"/counts/{opened['id']}")
    return closed


def _seen(stage: Stage) -> list[dict[str, Any]]:
    """What a person would find: sealed vials are counted, the opened one is read off its scale."""
    opened: dict[str, Decimal] = stage.made.get("ml_drawn", {})
    lines: list[dict[str, Any]] = []
    for vial in stage.made["vials"]:
        if vial["id"] not in opened:
            lines.append({"container": vial["id"], "method": "counted"})
            continue
        left = Decimal(ML_PER_VIAL) - opened[vial["id"]]
        lines.append(
            {"container": vial["id"], "method": "read", "volume_ml": f"{left.normalize():f}", "resolution_ml": "0.5"}
        )
    return lines


def _on_hand(stage: Stage) -> str:
    items = stage.part("custodian").get(f"/sites/{stage.made['site']}/balances")["items"]
    found: str = next(item["on_hand_mg"] for item in items if item["ndc"] == stage.made["ndc"])
    return found


def _invoice(stage: Stage, *, supplier: str) -> dict[str, Any]:
    now = stage.clock.now()
    return {
        "location": stage.made["location"],
        "supplier_name": "Synthetic Supply Co.",
        "supplier_address": "99 Depot Road, Newark, NJ 07102",
        "supplier_dea_number": supplier,
        "invoice_number": "INV-SYN-1001",
        "invoice_date": f"{now - timedelta(days=1):%Y-%m-%d}",
        "lines": [
            {
                "ndc": stage.made["ndc"],
                "lot": "SYN42A",
                "expiry": f"{now + timedelta(days=400):%Y-%m-%d}",
                "vials_invoiced": VIALS,
                "vials_received": VIALS,
            }
        ],
    }
