"""Is it alive, and can it work?"""

from __future__ import annotations

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from core.errors import Unavailable
from core.guard import public
from services import health

blueprint = Blueprint("health", __name__, url_prefix="/health")


@blueprint.get("/live")
@public
def live() -> ResponseReturnValue:
    """The process answers."""
    return jsonify(status="live")


@blueprint.get("/ready")
@public
def ready() -> ResponseReturnValue:
    """The database answers and a worker takes jobs."""
    try:
        worker = health.worker_alive()
    except Unavailable:
        return jsonify(status="not ready", database=False, worker=False), 503
    return jsonify(status="ready" if worker else "not ready", database=True, worker=worker), 200 if worker else 503
