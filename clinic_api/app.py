"""Making the application: floors put together, nothing decided."""

import logging
from pathlib import Path
from typing import Any, Final

from flask import Flask, Response, jsonify

from clinic_api import clock, settings
from clinic_api.accounts import views as accounts_views
from clinic_api.accounts.access.identity import State
from clinic_api.accounts.access.permissions import PERMISSIONS, asks_for_reason
from clinic_api.accounts.access.replies import Declared
from clinic_api.accounts.service import hashing
from clinic_api.clinics import service as clinics
from clinic_api.clinics import views as clinics_views
from clinic_api.database import engines, fingerprint
from clinic_api.database.keys import vault
from clinic_api.database.rows import db
from clinic_api.http import headers, openapi, problems
from clinic_api.inventory.rules.products import read_drug
from clinic_api.inventory.service.refusing import AFTERMATH
from clinic_api.inventory.views import (
    answers,
    corrections,
    counts,
    custody,
    deliveries,
    discrepancies,
    disputes,
    intake,
    inventories,
    losses,
    places,
    preparations,
    recalls,
    removals,
    stock,
    suppliers,
    wastes,
)
from clinic_api.messages import service as messages
from clinic_api.orders import views as orders_views
from clinic_api.oversight import views as oversight_views
from clinic_api.patients import views as patients_views
from clinic_api.protocols.rules.instrument import read_instrument
from clinic_api.protocols.rules.protocol import read_protocol
from clinic_api.reports import views as reports_views
from clinic_api.schedule import views as schedule_views
from clinic_api.sessions.views import routes as sessions_views
from clinic_api.settings import Settings
from clinic_api.signatures import service as signatures
from clinic_api.signatures import views as signatures_views

log = logging.getLogger(__name__)
PREFIX = "/api/v1"
VERSION = "0.1.0"
BLUEPRINTS = (
    accounts_views.blueprint,
    signatures_views.blueprint,
    clinics_views.blueprint,
    patients_views.blueprint,
    orders_views.blueprint,
    *sessions_views.BLUEPRINTS,
    schedule_views.blueprint,
    *(
        stock.blueprint,
        answers.blueprint,
        corrections.blueprint,
        counts.blueprint,
        custody.blueprint,
        deliveries.blueprint,
        discrepancies.blueprint,
        disputes.blueprint,
        intake.blueprint,
        inventories.blueprint,
        losses.blueprint,
        places.blueprint,
        preparations.blueprint,
        recalls.blueprint,
        removals.blueprint,
        suppliers.blueprint,
        wastes.blueprint,
    ),
    oversight_views.blueprint,
    reports_views.blueprint,
)


#: How the floors above the clinics read their kinds of policy, so that a malformed one is refused at adoption.
READERS: Final = {"product": read_drug, "protocol": read_protocol, "instrument": read_instrument}


class UndeclaredRoute(RuntimeError):
    """A route was written without the door."""


def create_app(given: Settings | None = None) -> Flask:
    """The application for one installation.

    Raises:
        UndeclaredRoute: a route has no declaration; the application refuses to start.
    """
    chosen = given or settings.load()
    app = Flask("clinic_api", static_folder=None)
    app.config["SQLALCHEMY_DATABASE_URI"] = chosen.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engines.engine_options(chosen.database_url)
    configure(app, chosen)
    db.init_app(app)
    with app.app_context():
        engines.hook(db.engine)
    problems.install(app)
    headers.install(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint, url_prefix=PREFIX)
    _check_doors(app)
    app.before_request(_check_once(app))
    app.add_url_rule("/api/openapi.json", view_func=_openapi(app))
    app.add_url_rule("/healthz", view_func=_health(app))
    return app


def configure(app: Flask, chosen: Settings) -> None:
    """Give the application, and what it keeps once per process, its settings; nothing was found out yet."""
    app.config["MAX_CONTENT_LENGTH"] = chosen.max_body_bytes
    app.extensions["clinic"] = State(chosen, aftermath=AFTERMATH)
    clock.use(chosen.clock, mode=chosen.mode)
    vault.open(Path(chosen.vault))
    hashing.configure(memory_kib=chosen.argon2_memory_kib, passes=chosen.argon2_passes)
    messages.configure(sender=chosen.smtp_sender)
    clinics.configure(READERS)
    signatures.configure(
        challenge_seconds=chosen.challenge_seconds, token_hours=chosen.token_hours, pin_misses=chosen.pin_misses
    )


def self_check(app: Flask) -> list[str]:
    """What makes this installation degraded: it charts and prints, but neither exports nor grants."""
    found = []
    with app.app_context(), db.engine.connect() as connection:
        if fingerprint.fingerprint(connection) != fingerprint.released(connection.dialect.name):
            found.append("the database's guards are not those of this release; run `flask --app wsgi migrate`")
        if fingerprint.bypasses_the_fence(connection):
            found.append("the database role sees every organisation; use a role without SUPERUSER and BYPASSRLS")
    app.extensions["clinic"].degraded = found
    for each in found:
        log.warning("DEGRADED: %s", each)
    return found


def described(app: Flask) -> list[openapi.Described]:
    """Every declared route, for the OpenAPI document."""
    routes = []
    for rule in app.url_map.iter_rules():
        view: Any = app.view_functions[rule.endpoint]
        if not hasattr(view, "declared"):
            continue
        declared = view.declared
        routes.append(
            openapi.Described(
                route=rule.rule,
                method=next(iter((rule.methods or set()) - {"HEAD", "OPTIONS"})),
                name=rule.endpoint.replace(".", "_"),
                summary=(view.__doc__ or "").splitlines()[0],
                status=declared.status,
                takes=declared.takes,
                asks=declared.asks,
                gives=declared.gives,
                signed_in=declared.kind != "signed-out",
                keyed=declared.kind == "act",
                versioned=declared.versioned,
                pin=declared.action is not None and PERMISSIONS[declared.action].pin,
                reasoned=_who_say_why(declared),
            )
        )
    return sorted(routes, key=lambda each: (each.route, each.method))


def _who_say_why(declared: Declared) -> tuple[str, ...]:
    if declared.kind != "look" or declared.action is None:
        return ()
    return tuple(sorted(asks_for_reason(PERMISSIONS[declared.action])))


def _check_doors(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        if not hasattr(app.view_functions[rule.endpoint], "declared"):
            raise UndeclaredRoute(rule.rule)


def _check_once(app: Flask) -> Any:
    def check_guards() -> None:
        """The first request finds out whether the database is guarded as this release expects."""
        found: State = app.extensions["clinic"]
        if not found.checked:
            self_check(app)
            found.checked = True

    return check_guards


def _openapi(app: Flask) -> Any:
    def openapi_document() -> Response:
        return jsonify(openapi.document(described(app), version=VERSION))

    return openapi_document


def _health(app: Flask) -> Any:
    def health() -> Response:
        degraded = app.extensions["clinic"].degraded
        return jsonify({"status": "degraded" if degraded else "ok", "degraded": degraded, "version": VERSION})

    return health
