"""Composition root of the web process: ``server`` is what gunicorn serves."""

from __future__ import annotations

from datetime import timedelta

import dash
from flask import Flask
from flask_babel import Babel
from werkzeug.middleware.proxy_fix import ProxyFix

import callbacks.job_progress  # noqa: F401 - registers the callbacks of a component that many pages use
from api.installation import install_api
from callbacks.errors import show_error
from components.shell import shell
from core.guard import install_gate
from core.logging import configure_logging
from core.seal import seal
from core.settings import secret_key, secret_key_fallbacks, settings
from web import account_links, files, health, join, second_factor
from web.answers import install_answers, set_content_security_policy
from web.sign_in import install_sign_in

PAGE = """<!doctype html>
<html lang="en">
<head>{%metas%}<title>{%title%}</title><link rel="icon" href="/assets/icon.svg" type="image/svg+xml">{%css%}</head>
<body>{%app_entry%}<footer>{%config%}{%scripts%}{%renderer%}</footer></body>
</html>"""


def create_app() -> dash.Dash:
    """The whole application, sealed and ready to answer."""
    configure_logging()
    server = _server()
    app = dash.Dash(
        __name__,
        server=server,
        use_pages=True,
        title="Tandem",
        update_title="",
        index_string=PAGE,
        suppress_callback_exceptions=True,
        enable_mcp=False,
        use_async=False,  # procrastinate brings asgiref, by which Dash would choose async
        on_error=show_error,
        meta_tags=[{"name": "viewport", "content": "width=device-width, initial-scale=1"}],
    )
    app.layout = shell
    seal(app)
    set_content_security_policy(server, app.csp_hashes())
    return app


def _server() -> Flask:
    server = Flask(__name__, static_folder=None)
    https = settings().https
    server.config.update(
        SECRET_KEY=secret_key(),
        SECRET_KEY_FALLBACKS=secret_key_fallbacks(),
        MAX_CONTENT_LENGTH=2 * 1024 * 1024,  # uploads have a limit of their own (web.files)
        SESSION_COOKIE_NAME="__Host-tandem" if https else "tandem",
        SESSION_COOKIE_SECURE=https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(hours=12),
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session
        WTF_CSRF_SSL_STRICT=False,
        TRUSTED_HOSTS=settings().trusted_hosts,
    )
    if settings().trusted_proxies:
        hops = settings().trusted_proxies
        server.wsgi_app = ProxyFix(server.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    install_gate(server)
    Babel(server)
    install_answers(server)
    install_sign_in(server)
    server.register_blueprint(second_factor.blueprint)
    server.register_blueprint(account_links.blueprint)
    server.register_blueprint(health.blueprint)
    server.register_blueprint(files.blueprint)
    server.register_blueprint(join.blueprint)
    install_api(server)
    return server


app = create_app()
server = app.server
