"""Shapes of oversight on the wire."""

from marshmallow import fields

from clinic_api.http.fields import Body, Moment


class FaultOut(Body):
    """One thing that is not as it was written."""

    finding = fields.String()
    where = fields.String()
    detail = fields.String()


class VerdictOut(Body):
    """What a verification says."""

    sound = fields.Boolean()
    entries = fields.Integer()
    rows = fields.Integer()
    checkpoint_size = fields.Integer(allow_none=True)
    faults = fields.List(fields.Nested(FaultOut()))


class TaskOut(Body):
    """Something to be done."""

    id = fields.UUID()
    kind = fields.String()
    subject = fields.UUID()
    visit = fields.UUID(allow_none=True)
    role = fields.String()
    due_at = Moment()
    opened_at = Moment()


class TaskPage(Body):
    """The worklist."""

    items = fields.List(fields.Nested(TaskOut()))


class EntryOut(Body):
    """One entry of the audit log."""

    id = fields.UUID()
    at = Moment()
    event = fields.String()
    actor = fields.UUID(allow_none=True)
    object_table = fields.String(allow_none=True)
    object_id = fields.UUID(allow_none=True)


class EntryPage(Body):
    """Some of the audit log."""

    items = fields.List(fields.Nested(EntryOut()))
    next = fields.String(allow_none=True)


class AccessOut(Body):
    """One look at records."""

    id = fields.UUID()
    at = Moment()
    actor = fields.UUID(allow_none=True)
    device = fields.UUID(allow_none=True)
    action = fields.String()
    route = fields.String()
    object_id = fields.UUID(allow_none=True)
    patients = fields.List(fields.String())
    rows = fields.Integer()
    reason = fields.String(allow_none=True)


class AccessPage(Body):
    """Some of the looks."""

    items = fields.List(fields.Nested(AccessOut()))
    next = fields.String(allow_none=True)
