"""Shapes of drift."""

from marshmallow import fields

from clinic_api.http.fields import Body, Moment
from clinic_api.inventory.rules.drift import Reason, Subject
from clinic_api.inventory.schemas.amounts import Plain


class DriftOut(Body):
    """How far something has drifted, beside the limits; below zero is a growing lack."""

    subject = fields.Enum(Subject, by_value=True, attribute="drift.key.subject")
    product = fields.String(attribute="drift.key.product")
    container = fields.UUID(attribute="drift.key.container", allow_none=True)
    location = fields.UUID(attribute="drift.key.location", allow_none=True)
    person = fields.UUID(attribute="drift.key.person", allow_none=True)
    counts = fields.Integer(attribute="drift.counts")
    sum_ug = fields.Integer(attribute="drift.sum_ug")
    resolution_ug = fields.Integer(attribute="drift.resolution_ug")
    one_sided = fields.Integer(attribute="drift.one_sided")
    since = Moment(attribute="drift.since")
    until = Moment(attribute="drift.until")
    reason = fields.Enum(Reason, by_value=True, allow_none=True)
    one_sided_counts = fields.Integer(attribute="limits.one_sided_counts")
    times_resolution = Plain(attribute="limits.times_resolution")


class DriftPage(Body):
    """What has drifted at a site, the furthest first."""

    items = fields.List(fields.Nested(DriftOut()))
