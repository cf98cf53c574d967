"""Headers of every answer: nothing is cached, framed, sniffed or told to others."""

from typing import Final

from flask import Flask, Response

HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
}


def install(app: Flask) -> None:
    """Set them on each answer that does not say otherwise."""

    @app.after_request
    def _set(response: Response) -> Response:
        said = {name for name, _ in response.headers}
        response.headers.extend(pair for pair in HEADERS.items() if pair[0] not in said)
        return response
