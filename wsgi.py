"""Makes the application; nothing else."""

from clinic_api.app import create_app
from clinic_api.cli.commands import install

app = create_app()
install(app)
