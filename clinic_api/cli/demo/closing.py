"""The evening: papers, the closing count, exports whose arithmetic closes, the reminder, and the proof."""

import json
from datetime import timedelta
from email import policy
from email.parser import BytesParser
from pathlib import Path
from typing import Any, Final

from clinic_api.cli.demo.plans import PLANS
from clinic_api.cli.demo.servers import command
from clinic_api.cli.demo.stage import Stage
from clinic_api.cli.demo.stock import MG_PER_VIAL, VIALS, count
from clinic_api.quantities import Mass

#: The opened vial is read to half a millilitre of 50 mg/mL.
RESOLUTION_UG: Final = 25_000
MAIL_WITHIN: Final = 60.0
#: How long before the next visit the demonstration looks at its mailbox.
BEFORE_NEXT: Final = timedelta(hours=47)


def print_summaries(stage: Stage, out: Path) -> None:
    """The PDF of the complete visit, twice, to show that the same record gives the same bytes."""
    reader = stage.part("prescriber")
    for plan in PLANS:
        path = f"/sessions/{stage.made[f'visit:{plan.key}']}/summary.pdf"
        first, again = reader.look(path).body, reader.look(path).body
        stage.expect(f"{plan.key}: the same record prints the same bytes", first == again, True)
        stage.expect(f"{plan.key}: a PDF", first[:5], b"%PDF-")
        (out / ("summary.pdf" if plan.key == "complete" else f"summary-{plan.key}.pdf")).write_bytes(first)
    stage.step(f"{len(PLANS)} summaries printed from the signed records")


def close_day(stage: Stage, out: Path) -> dict[str, Any]:
    """Closing count and exports."""
    closing = count(stage, "closing")
    compliance = stage.part("compliance")
    period = {
        "since": (stage.made["opened_at"] - timedelta(hours=1)).isoformat(),
        "until": (stage.clock.now() + timedelta(minutes=1)).isoformat(),
        "reason": "synthetic audit of the demonstration day",
    }
    for kind in ("ledger.csv", "ledger.jsonl"):
        body = period | {"registration": stage.made["registration"], "kind": kind}
        _export(stage, "ledger", body, out / kind)
    _export(stage, "audit", period | {"kind": "audit.jsonl"}, out / "audit.jsonl")
    lines = [json.loads(line) for line in (out / "ledger.jsonl").read_text(encoding="utf-8").splitlines()]
    closes = next(line for line in lines if line["type"] == "closing" and line["ndc"] == stage.made["ndc"])
    _check_closes(stage, closes)
    verdict = compliance.get("/verification")
    stage.expect("faults found by the verification", verdict["faults"], [])
    stage.made["closing_count"] = closing["id"]
    stage.step(f"verification: {verdict['entries']} entries, {verdict['rows']} rows, no fault")
    return {"closing": closes, "verification": verdict}


def remind(stage: Stage, out: Path) -> None:
    """A week later two days before the visits: the reminders go out, neutral, once each."""
    before = len(stage.mail.messages)
    stage.clock.set(stage.made["opened_at"] + timedelta(days=7, minutes=PLANS[0].opens) - BEFORE_NEXT)
    stage.mail.wait_for(before + 1, seconds=MAIL_WITHIN)
    raw = stage.mail.messages[-1]
    (out / "reminder.eml").write_bytes(raw)
    message = BytesParser(policy=policy.default).parsebytes(raw)
    said = f"{message['Subject']} {message.get_content()}".lower()
    for word in ("ketamine", "depress", "psych", "infusion"):
        stage.expect(f"the reminder does not say {word!r}", word in said, False)
    stage.made["reminder"] = message["Message-ID"]
    stage.step(f"reminder to {message['To']}: {message['Subject']!r}, by SMTP at its time")


def prove(stage: Stage, environment: dict[str, str]) -> str:
    """The command an inspector's helper would run."""
    said = command(environment, "verify", stage.api.organisation).strip().splitlines()[-1]
    stage.expect("what `flask verify` says", said.endswith("faults=0"), True)
    stage.step(f"`flask verify`: {said}")
    return said


def report(stage: Stage, figures: dict[str, Any], verified: str) -> dict[str, Any]:
    """Every id, amount and balance of the day."""
    visits = {
        plan.key: {
            "visit": stage.made[f"visit:{plan.key}"],
            "patient": stage.made[f"patient:{plan.key}"],
            "order": stage.made[f"order:{plan.key}"],
            "appointment": stage.made[f"appointment:{plan.key}"],
            "next_appointment": stage.made[f"next:{plan.key}"],
            "syringe": stage.made[f"syringe:{plan.key}"],
            "drawn_mg": plan.drawn_mg,
            "administered_mg": plan.administered_mg,
            "wasted_mg": plan.wasted_mg,
            "waste": stage.made.get(f"waste:{plan.key}"),
            "witness": stage.made.get(f"witness:{plan.key}"),
        }
        for plan in PLANS
    }
    return {
        "organisation": stage.api.organisation,
        "site": stage.made["site"],
        "registration": stage.made["registration"],
        "people": {login: person.id for login, person in stage.people.items()},
        "receipt": stage.made["receipt"],
        "vials": stage.made["vials"],
        "inventory": stage.made["inventory"],
        "counts": {"opening": stage.made["count:opening"], "closing": stage.made["count:closing"]},
        "visits": visits,
        "reminder": stage.made["reminder"],
        "steps": stage.steps,
        "verified": verified,
        **figures,
    }


def _export(stage: Stage, what: str, body: dict[str, Any], path: Path) -> None:
    compliance = stage.part("compliance")
    made = compliance.post(f"/exports/{what}", body)
    path.write_bytes(compliance.look(f"/exports/{made['id']}/file").body)
    stage.made[f"export:{body['kind']}"] = made["id"]
    stage.step(f"{body['kind']}: {made['rows']} rows, SHA-256 {made['content_sha256'][:16]}…")


def _check_closes(stage: Stage, line: dict[str, Any]) -> None:
    """The arithmetic from the plans alone, held against what the export says."""
    given = Mass.total(Mass.mg(plan.administered_mg) for plan in PLANS)
    wasted = Mass.total(Mass.mg(plan.wasted_mg) for plan in PLANS)
    received = Mass.mg(VIALS * MG_PER_VIAL)
    book = line["book"]
    stage.expect("received", book["received_mg"], received.as_mg_text())
    stage.expect("administered", book["administered_mg"], given.as_mg_text())
    stage.expect("wasted", book["wasted_mg"], wasted.as_mg_text())
    stage.expect("on hand", book["on_hand_mg"], (received - given - wasted).as_mg_text())
    stage.expect("difference of the book", line["difference_ug"], 0)
    stage.expect("variance between the counts within the resolution", abs(line["variance_ug"]) <= RESOLUTION_UG, True)
    stage.step(f"the arithmetic closes: {received} = {given} given + {wasted} wasted + {book['on_hand_mg']} mg on hand")
