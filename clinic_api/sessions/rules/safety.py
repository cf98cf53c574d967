"""Whether the suicide item has been answered: asked, judged, and acted on as the judgement wants."""

from dataclasses import dataclass
from datetime import datetime

from clinic_api.monitoring.rules.scales import SafetyStep


@dataclass(frozen=True)
class SafetyTold:
    """What was done about the suicide item since it was asked; None is not done.

    Args:
        plan_at: when the safety plan was looked at together, UTC.
        action_at: when a clinician said what was done, UTC.
    """

    plan_at: datetime | None
    action_at: datetime | None


def safety_answered(step: SafetyStep, told: SafetyTold, *, asked_at: datetime | None) -> bool | None:
    """Whether what the item asked for is done; None where it was not asked at all.

    Args:
        step: what the answer asks for, see ``judge_safety``.
        told: what was done.
        asked_at: when the scale was answered, UTC; what was done before does not answer it.
    """
    if step is SafetyStep.ASK or asked_at is None:
        return None
    if step is SafetyStep.NOTHING:
        return True
    acted = told.action_at is not None and told.action_at >= asked_at
    planned = told.plan_at is not None and told.plan_at >= asked_at
    return acted or (planned and step is SafetyStep.SAFETY_PLAN)
