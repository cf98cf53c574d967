"""The permission matrix: one data file, read once at start; its digest goes into the audit."""

import hashlib
import tomllib
from typing import Final

from clinic_api.accounts.rules import Action, Permission, read_permissions
from clinic_api.settings import CONFIG

_FILE: Final = CONFIG / "permissions.toml"
PERMISSIONS: Final[dict[Action, Permission]] = read_permissions(tomllib.loads(_FILE.read_text(encoding="utf-8")))
DIGEST: Final = hashlib.sha256(_FILE.read_bytes()).hexdigest()
