"""All routes of sessions, for the application to register."""

from typing import Final

from clinic_api.sessions.views import after, before, chair

BLUEPRINTS: Final = (before.blueprint, chair.blueprint, after.blueprint)
