"""The ledger beside its oracle: whatever people do in whatever order, both say the same."""

from datetime import timedelta
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from clinic_api import clock
from tests.inventory.stock import line
from tests.ledger import posting
from tests.ledger.beside import EXPIRIES, PRODUCTS, Beside
from tests.ledger.hands import RECEIVERS, mg, ml, refusal
from tests.ledger.oracle import Oracle, Thing

SIGNERS: Final = ("witness", "witness", "witness", "nurse", "desk")
PARTS: Final = ("all", "more", "half", "least")
#: How long ago it was, and what is said of that.
TOLD: Final = ((0, None), (899, None), (900, None), (7200, "the tablet was not at hand"))
some = st.integers(0, 5)
parts = st.sampled_from(PARTS)


class Ledger(Beside):
    """Each rule is one act of a person; the oracle says beforehand what must come of it."""

    # -------------------------------------------------------------------------------------------------------- stock

    @rule(product=st.integers(0, 2), vials=st.integers(1, 2), expiry=st.integers(0, 1))
    def receive(self, product: int, vials: int, expiry: int) -> None:
        ndc, strength, content, caps = PRODUCTS[product]
        day, until = EXPIRIES[expiry]

        def comes(oracle: Oracle) -> None:
            for _ in range(vials):
                oracle.receive(Thing(ndc, strength, content, until, "here", caps), clock.now())

        body = line(ndc=ndc, expiry=day, vials_invoiced=vials, vials_received=vials)
        self.both(comes, lambda: self.hands.says("/receipts", **self.hands.ward.receipt(body)))

    @precondition(lambda self: self.oracle.things)
    @rule(pick=some, part=parts, visit=st.integers(0, 1))
    def draw(self, pick: int, part: str, visit: int) -> None:
        vial, at = self.thing(pick), clock.now()
        assert vial is not None
        ul = self.volume(vial, part)
        mass = ul * self.oracle.things[vial].strength

        def drawn(oracle: Oracle) -> None:
            oracle.check_draw(vial, mass, at)
            oracle.take_out(vial, mass, visit, at)

        self.both(drawn, lambda: self.hands.draw(vial, ul, visit))

    @precondition(lambda self: any(each.visit is not None for each in self.oracle.things))
    @rule(pick=some, part=parts, wrong=st.booleans())
    def give(self, pick: int, part: str, wrong: bool) -> None:
        drawn = [number for number, each in enumerate(self.oracle.things) if each.visit is not None]
        syringe = drawn[-1 - pick % len(drawn)]
        own, mass = self.oracle.things[syringe].visit or 0, self.mass(syringe, part)
        visit, at = (1 - own if wrong else own), clock.now()
        self.both(lambda oracle: oracle.give(syringe, mass, visit, at), lambda: self.hands.give(syringe, mass, visit))

    @precondition(lambda self: self.oracle.things)
    @rule(pick=some, part=st.sampled_from(("cap", "beyond", "least")))
    def hub(self, pick: int, part: str) -> None:
        thing, at = self.thing(pick), clock.now()
        assert thing is not None
        cap = self.oracle.things[thing].caps[1]
        mass = {"cap": cap, "beyond": cap + 1, "least": 1}[part]
        path = f"/containers/{self.hands.things[thing]}/hub-loss"
        self.both(lambda oracle: oracle.hub(thing, mass, at), lambda: self.hands.says(path, mass_mg=mg(mass)))

    @precondition(lambda self: self.oracle.things)
    @rule(pick=some, part=st.sampled_from(("cap", "beyond", "least")))
    def overfill(self, pick: int, part: str) -> None:
        thing, at = self.thing(pick), clock.now()
        assert thing is not None
        strength, cap = self.oracle.things[thing].strength, self.oracle.things[thing].caps[0]
        ul = {"cap": cap // strength, "beyond": cap // strength + 10, "least": 10}[part]
        path = f"/containers/{self.hands.things[thing]}/overfill"
        self.both(
            lambda oracle: oracle.overfill(thing, ul * strength, at),
            lambda: self.hands.says(path, volume_ml=ml(ul)),
        )

    @precondition(lambda self: self.oracle.things)
    @rule(pick=some)
    def give_back(self, pick: int) -> None:
        thing, at = self.thing(pick), clock.now()
        assert thing is not None
        self.both(lambda oracle: oracle.give_back(thing, at), lambda: self.hands.give_back(thing))

    @precondition(lambda self: self.oracle.things)
    @rule(pick=some)
    def quarantine(self, pick: int) -> None:
        thing = self.thing(pick)
        assert thing is not None
        path = f"/containers/{self.hands.things[thing]}/quarantine"
        self.both(lambda oracle: oracle.quarantine(thing), lambda: self.hands.says(path, reason="cap was loose"))

    @precondition(lambda self: self.oracle.things)
    @rule(pick=some, part=parts, given=st.booleans(), ago=st.sampled_from((0, 600, 7200)))
    def incident(self, pick: int, part: str, given: bool, ago: int) -> None:
        vial, at = self.thing(pick, vial=True), clock.now() - timedelta(seconds=ago)
        assert vial is not None
        ul = self.volume(vial, part)
        mass = ul * self.oracle.things[vial].strength
        body = {
            "container": self.hands.things[vial],
            "visit": self.hands.ward.visits[0],
            "volume_ml": ml(ul),
            "what_happened": "patient seized, drew what was at hand",
            "given": given,
            "order_missing": True,
            "occurred_at": at.isoformat(),
        }
        self.both(
            lambda oracle: oracle.incident(vial, mass, at, given=given),
            lambda: self.hands.says("/incidents", **body),
        )

    # --------------------------------------------------------------------------------------------------- two people

    @precondition(lambda self: self.oracle.things)
    @rule(pick=some, part=parts)
    def waste(self, pick: int, part: str) -> None:
        thing, at = self.thing(pick), clock.now()
        assert thing is not None
        mass, path = self.mass(thing, part), ("/wastes", "/wastes/{}/witness", "/wastes/{}/withdrawal")
        body: dict[str, Any] = {"container": self.hands.things[thing], "mass_mg": mg(mass), "reason": "dose complete"}
        self.both(
            lambda oracle: oracle.propose_waste(thing, mass, at),
            lambda: self.hands.asks(*path, **body, method="absorbent container"),
        )

    @precondition(lambda self: self.oracle.things)
    @rule(
        kind=st.sampled_from(("destroyed", "reverse-distributor", "transferred", "broken", "broken")),
        picks=st.lists(some, min_size=1, max_size=3),
        part=st.sampled_from((None, *PARTS)),
        told=st.sampled_from((*TOLD, TOLD[2])),
        ours=st.booleans(),
    )
    def remove(self, kind: str, picks: list[int], part: str | None, told: tuple[int, str | None], ours: bool) -> None:
        chosen = [thing for pick in picks if (thing := self.thing(pick)) is not None]
        asked = [(each, None if part is None else self.mass(each, part)) for each in chosen]
        ago, reason = told
        at, ours = clock.now() - timedelta(seconds=ago), ours and kind == "transferred"
        contents: list[dict[str, Any]] = [
            {"container": self.hands.things[each]} | ({} if mass is None else {"mass_mg": mg(mass)})
            for each, mass in asked
        ]
        body: dict[str, Any] = {
            "kind": kind,
            "reason": "no longer to be used",
            "contents": contents,
            "occurred_at": at.isoformat(),
        }
        body |= {"method": "denatured"} if kind == "destroyed" else {}
        body |= {} if reason is None else {"late_reason": reason}
        if kind in {"reverse-distributor", "transferred"}:
            body |= {"to_location": self.hands.ward.there} if ours else {"receiver": RECEIVERS[kind]}
        mute = timedelta(seconds=0 if reason else ago)
        path = ("/removals", "/removals/{}/signature", "/removals/{}/withdrawal")
        self.both(
            lambda oracle: oracle.propose_removal(kind, asked, at, ours=ours, mute=mute),
            lambda: self.hands.asks(*path, **body),
        )

    @precondition(lambda self: self.oracle.steps)
    @rule(pick=some, part=st.sampled_from((None, "half", "all", "more")), restated=st.sampled_from((None, 1, 2)))
    def correct(self, pick: int, part: str | None, restated: int | None) -> None:
        move, at = len(self.oracle.steps) - 1 - pick % len(self.oracle.steps), clock.now()
        step = self.oracle.steps[move]
        mass = None if part is None else max(1, {"half": step.mass // 2, "all": step.mass, "more": step.mass + 1}[part])
        anew = None if restated is None else max(1, step.mass // restated - 1)
        body: dict[str, Any] = {"reason": "the syringe was read wrongly"}
        body |= {} if mass is None else {"mass_mg": mg(mass)}
        body |= {} if anew is None else {"restated_mg": mg(anew)}
        path = f"/moves/{self.hands.moves[move]}/corrections"
        self.both(
            lambda oracle: oracle.propose_correction(move, mass, anew, at),
            lambda: self.hands.asks(path, "/corrections/{}/signature", "", **body),
        )

    @precondition(lambda self: self.oracle.promises)
    @rule(pick=st.sampled_from((0, 0, 0, 1, 2, 3)), signer=st.sampled_from(SIGNERS))
    def sign(self, pick: int, signer: str) -> None:
        number, at = len(self.oracle.promises) - 1 - pick % len(self.oracle.promises), clock.now()
        self.both(
            lambda oracle: posting.sign(oracle, number, signer, at),
            lambda: self.hands.sign(number, signer),
        )

    @precondition(lambda self: any(each.kind != "correction" for each in self.oracle.promises))
    @rule(pick=some)
    def withdraw(self, pick: int) -> None:
        known = [number for number, each in enumerate(self.oracle.promises) if each.kind != "correction"]
        number = known[-1 - pick % len(known)]
        self.both(
            lambda oracle: oracle.withdraw(oracle.promises[number]),
            lambda: self.hands.withdraw(number),
        )

    # ------------------------------------------------------------------------------------------- acts in one go

    @rule(kind=st.sampled_from(("destroyed", "broken")), part=st.sampled_from((None, "half")))
    def remove_two(self, kind: str, part: str | None) -> None:
        """Two new vials leave together, and the second person signs at once."""
        self.receive(0, 2, 1)
        self._removed(kind, [0, 1], part)

    @rule()
    def transfer_the_rest(self) -> None:
        """A new vial is given but for a little, which is within the law's share and goes to the other registration."""
        self.receive(1, 1, 1)
        for drawn in range(2):
            self.draw(drawn, "half", 0)
            self.give(0, "all", wrong=False)
        self._removed("transferred", [2], None)

    def _removed(self, kind: str, picks: list[int], part: str | None, told: tuple[int, str | None] = (0, None)) -> None:
        promised = len(self.oracle.promises)
        self.remove(kind, picks, part, told, ours=True)
        if len(self.oracle.promises) > promised:
            self.sign(0, "witness")

    @rule(told=st.sampled_from(TOLD))
    def break_earlier(self, told: tuple[int, str | None]) -> None:
        """A new vial is said to have broken before it came, just in time or too late to say so without a reason."""
        self.receive(0, 1, 1)
        self._removed("broken", [0], "least", told)

    @rule()
    def draw_what_was_set_apart(self) -> None:
        """A new vial is set apart, and drawn from all the same."""
        self.receive(0, 1, 1)
        self.quarantine(0)
        self.draw(0, "least", 0)

    @rule(to=st.sampled_from(("expiry", "use-by")), by=st.sampled_from((-1, 1)))
    def draw_twice(self, to: str, by: int) -> None:
        """A new vial is drawn from now, and again just before or after one of its dates."""
        self.receive(0, 1, 0 if to == "expiry" else 1)
        self.draw(0, "least", 0)
        self.sleep(to, by)
        self.draw(1, "least", 0)

    # --------------------------------------------------------------------------------------------- again, and later

    @precondition(lambda self: self.hands.last is not None or self.hands.again is not None)
    @rule(other=st.booleans())
    def again(self, other: bool) -> None:
        """The same key: the same answer, and nothing more; for other content it is refused."""
        sent = self.hands.last
        if sent is None:
            self._served_again()
            return
        if sent.answer.status in {401, 403}:
            return  # who may is asked anew each time
        body = sent.body | {"reason": "something else"} if other and "reason" in sent.body else sent.body
        answer = self.hands.send(sent.path, body, sent.key)
        self.hands.last = sent
        if body is sent.body:
            assert (answer.status, answer.json) == (sent.answer.status, sent.answer.json)
        else:
            assert refusal(answer) == "key-reused"
        self.seen["again"] += 1
        self.same()

    def _served_again(self) -> None:
        again = self.hands.again
        assert again is not None
        assert again() is not None  # the database takes no act twice, and a refusal stays one
        self.hands.again = again
        self.same()

    @rule(to=st.sampled_from(("soon", "later", "expiry", "use-by")), by=st.sampled_from((-1, 1)))
    def sleep(self, to: str, by: int) -> None:
        now, opened = clock.now(), [each.use_by for each in self.oracle.things if each.use_by is not None]
        moment = {
            "soon": now + timedelta(minutes=3),
            "later": now + timedelta(minutes=20),
            "expiry": EXPIRIES[0][1] + timedelta(seconds=by),
            "use-by": min([each for each in opened if each > now], default=now) + timedelta(seconds=by),
        }[to]
        if moment > now:
            self.hands.sleep(moment)
