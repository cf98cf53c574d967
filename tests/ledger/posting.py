"""The second half of the oracle: a second person signs, and only then it moves."""

from datetime import datetime

from tests.ledger.oracle import BY_EMPLOYEES, No, Oracle, Promise, Step, Thing


def sign(oracle: Oracle, number: int, signer: str, now: datetime) -> None:
    """Somebody signs a promise: the one who made it, another nurse, or the front desk."""
    promise = oracle.promises[number]
    if promise.used:
        raise No("challenge-used")
    if signer == promise.author:
        raise No("own-witness")
    oracle.check_pending(promise)
    _check_may(promise.kind, signer)
    {"waste": _waste, "correction": _correction}.get(promise.kind, _removal)(oracle, promise, now)
    promise.state, promise.used = "posted", True


def _check_may(kind: str, signer: str) -> None:
    if signer != "desk":
        return
    if kind in BY_EMPLOYEES:
        raise No("not-an-eligible-employee")
    raise No({"waste": "may-not-witness", "correction": "may-not-correct"}.get(kind, "may-not-sign-removal"))


def _waste(oracle: Oracle, promise: Promise, now: datetime) -> None:
    for thing, mass in promise.lines.items():
        oracle.move(Step("waste", mass, thing, None, now))


def _removal(oracle: Oracle, promise: Promise, _: datetime) -> None:
    left = {}
    for thing, mass in sorted(promise.lines.items()):
        left[thing] = len(oracle.steps)
        oracle.move(Step(promise.kind, mass, thing, None, promise.at))
    oracle.check_past(*promise.lines)
    if promise.ours:
        for thing, mass in sorted(promise.lines.items()):
            _bring_in(oracle, thing, mass, promise.at, left[thing])


def _bring_in(oracle: Oracle, thing: int, mass: int, at: datetime, left: int) -> None:
    old = oracle.things[thing]
    new = Thing(old.product, old.strength, mass, old.expires_at, "there", old.caps)
    new.parent, new.use_by = thing, old.use_by
    oracle.things.append(new)
    oracle.steps[left].half = len(oracle.steps)
    oracle.move(Step("transferred-in", mass, None, len(oracle.things) - 1, at, half=left))


def _correction(oracle: Oracle, promise: Promise, _: datetime) -> None:
    ((move, asked),) = promise.lines.items()
    step = oracle.steps[move]
    mass, halves = oracle.standing(step, asked), [step]
    if step.half is not None:
        halves.append(oracle.steps[step.half])
        if any(oracle.things[each.target].balance < mass for each in halves if each.target is not None):
            raise No("used-there")
    for each in halves:
        each.back += mass
        oracle.move(Step(each.kind, mass, each.target, each.source, each.at, each.incident, reverses=True))
    if promise.restated is not None:
        oracle.move(Step(step.kind, promise.restated, step.source, step.target, step.at, step.incident))
    oracle.check_past(*(end for each in halves for end in (each.source, each.target)))
