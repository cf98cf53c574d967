"""Shapes of discrepancies: what people are shown."""

from typing import Any

from marshmallow import fields

from clinic_api.http.fields import Body, MassField, Moment
from clinic_api.inventory.rules.adjusting import Direction
from clinic_api.inventory.rules.containment import Measure
from clinic_api.inventory.rules.discrepancies import Act, Origin, State
from clinic_api.inventory.rules.investigating import Cause, EvidenceKind
from clinic_api.inventory.rules.loss_policy import FieldKind
from clinic_api.inventory.rules.losses import Finding, NoticeKind, Weight
from clinic_api.signatures.schemas import ChallengeOut


class DiscrepancyOut(Body):
    """A discrepancy at a glance."""

    id = fields.UUID()
    origin = fields.Enum(Origin, by_value=True)
    state = fields.Enum(State, by_value=True)
    owner = fields.UUID(allow_none=True)
    site = fields.UUID()
    registration = fields.UUID(allow_none=True)
    subject_table = fields.String(allow_none=True)
    subject = fields.UUID(allow_none=True)
    variance_ug = fields.Integer(allow_none=True)
    variance_found_at = Moment()
    detected_at = Moment()
    detected_by = fields.UUID(allow_none=True)
    containers = fields.List(fields.UUID())
    frozen = fields.List(fields.UUID())


class DiscrepancyPage(Body):
    """Some of the discrepancies."""

    items = fields.List(fields.Nested(DiscrepancyOut()))
    next = fields.String(allow_none=True)


class StepOut(Body):
    """One act on a discrepancy."""

    number = fields.Integer()
    act = fields.Enum(Act, by_value=True)
    state = fields.Enum(State, by_value=True)
    owner = fields.UUID(allow_none=True)
    by = fields.UUID(allow_none=True)
    name = fields.String(allow_none=True)
    at = Moment()
    reason = fields.String(allow_none=True)
    subject_table = fields.String(allow_none=True)
    subject = fields.UUID(allow_none=True)


class PieceOut(Body):
    """One piece of evidence."""

    id = fields.UUID()
    kind = fields.Enum(EvidenceKind, by_value=True)
    words = fields.String()
    sha256 = fields.String(allow_none=True)
    refers_to = fields.UUID(allow_none=True)
    by = fields.UUID()
    name = fields.String()
    at = Moment()


class PieceAddedOut(Body):
    """A piece of evidence that was just put into the file."""

    id = fields.UUID()
    kind = fields.Enum(EvidenceKind, by_value=True)
    by = fields.UUID()
    at = Moment()


class KeptOut(Body):
    """A container that was kept from use."""

    container = fields.UUID()
    measure = fields.Enum(Measure, by_value=True)
    by = fields.UUID()
    at = Moment()
    released_by = fields.UUID(allow_none=True)
    released_at = Moment(allow_none=True)
    release_reason = fields.String(allow_none=True)


class DeadlineOut(Body):
    """One of the law's clocks, and the date it is counted from."""

    what = fields.Enum(NoticeKind, by_value=True)
    counted_from = fields.String()
    due_at = Moment()
    rule = fields.String()


class WeighedOut(Body):
    """One factor as it was weighed."""

    factor = fields.String()
    weight = fields.Enum(Weight, by_value=True)
    words = fields.String()


class DeterminedOut(Body):
    """What was determined; both dates, every deadline from each, and the warning."""

    id = fields.UUID()
    finding = fields.Enum(Finding, by_value=True)
    rationale = fields.String()
    factors = fields.List(fields.Nested(WeighedOut()))
    factors_version = fields.Integer()
    variance_found_at = Moment()
    loss_determined_at = Moment()
    deadlines = fields.List(fields.Nested(DeadlineOut()))
    warning = fields.String()
    signer = fields.UUID()
    printed_name = fields.String()


class NoticeOut(Body):
    """What was sent."""

    kind = fields.Enum(NoticeKind, by_value=True)
    reference = fields.String()
    channel = fields.String()
    sent_at = Moment()
    by = fields.UUID()
    at = Moment()


class FormOut(Body):
    """The data of Form 106; the form itself is filed in the DEA's portal."""

    version = fields.Integer(allow_none=True)
    spec_version = fields.Integer(allow_none=True)
    registrant = fields.Dict(keys=fields.String(), values=fields.String())
    answers = fields.Dict(keys=fields.String())
    missing = fields.List(fields.String())


class FormWrittenOut(Body):
    """A version of the form's data that was just written, and what is still missing."""

    version = fields.Integer(attribute="form.version")
    missing = fields.List(fields.String())


class AdjustmentOut(Body):
    """A proposed adjustment, with its approval where it was given."""

    id = fields.UUID()
    container = fields.UUID()
    direction = fields.Enum(Direction, by_value=True)
    mass_mg = MassField(attribute="mass")
    reason = fields.String()
    by = fields.UUID()
    at = Moment()
    approver = fields.UUID(allow_none=True)
    approved_at = Moment(allow_none=True)


class ProposedAdjustmentOut(Body):
    """A proposed adjustment, and what another person is asked to sign."""

    id = fields.UUID(attribute="adjustment.id")
    container = fields.UUID(attribute="adjustment.container")
    direction = fields.Enum(Direction, by_value=True, attribute="adjustment.direction")
    mass_mg = MassField(attribute="adjustment.mass")
    by = fields.UUID(attribute="adjustment.by")
    at = Moment(attribute="adjustment.at")
    challenge = fields.Nested(ChallengeOut())


class ClosedOut(Body):
    """How it was closed, and who had a part in what it was about."""

    cause = fields.Enum(Cause, by_value=True)
    words = fields.String()
    move = fields.UUID(allow_none=True)
    profile = fields.String()
    replaced = fields.String(allow_none=True)
    chain = fields.Dict(keys=fields.String(), values=fields.List(fields.String()))
    by = fields.UUID()
    printed_name = fields.String()
    at = Moment()
    review = fields.String(allow_none=True)
    reviewed_by = fields.UUID(allow_none=True)
    reviewed_at = Moment(allow_none=True)


class DiscrepancyFileOut(DiscrepancyOut):
    """A discrepancy with all that lies in its file."""

    seen = fields.String(allow_none=True)
    timeline = fields.List(fields.Nested(StepOut()))
    evidence = fields.List(fields.Nested(PieceOut()))
    kept = fields.List(fields.Nested(KeptOut()))
    determinations = fields.List(fields.Nested(DeterminedOut()))
    notices = fields.List(fields.Nested(NoticeOut()))
    form = fields.Nested(FormOut(), allow_none=True)
    adjustments = fields.List(fields.Nested(AdjustmentOut()))
    closing = fields.Nested(ClosedOut(), allow_none=True)

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        """What is known at a glance stands one step inside the file."""
        glance = attr in DiscrepancyOut._declared_fields
        return super().get_attribute(obj.discrepancy if glance else obj, attr, default)


class FactorOut(Body):
    """Something to weigh."""

    key = fields.String()
    ask = fields.String()


class FormFieldOut(Body):
    """One field of the form; asked always, or where another field has that answer."""

    key = fields.String()
    number = fields.String()
    label = fields.String()
    kind = fields.Enum(FieldKind, by_value=True)
    choices = fields.List(fields.String())
    when = fields.List(fields.String(), allow_none=True)


class DiscrepancyPolicyOut(Body):
    """What is asked before a loss is determined, and on Form 106; the versions that hold now."""

    factors_version = fields.Integer(attribute="factors.version")
    factors = fields.List(fields.Nested(FactorOut()), attribute="factors.factors")
    form_version = fields.Integer(attribute="form.version")
    form_fields = fields.List(fields.Nested(FormFieldOut()), attribute="form.fields")
    warning = fields.String(attribute="clocks.warning")
