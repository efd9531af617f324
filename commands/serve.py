"""``serve``: the whole of Tandem on one machine, from nothing to a page in the browser."""

from __future__ import annotations

import http.client
import json
import os
import signal
import time

import click

from commands import parts
from commands.claims import only_run, require_free_port
from commands.supervisor import Supervisor
from core.settings import Settings, secret_key, settings
from data.reachable import wait_for_database

DATABASE_PATIENCE_SECONDS = 30.0
READY_PATIENCE_SECONDS = 90.0
REACHED_BY = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 (recognised, not bound)


@click.command()
@click.option("--demo/--no-demo", default=False, help="Load the demo company into an empty database.")
def serve(demo: bool) -> None:
    """Run Tandem on this machine: database, worker and web."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    configuration = settings()
    try:
        with only_run(configuration.home, configuration.public_url) as lock:
            require_free_port(configuration.host, configuration.port)
            secret_key()  # refused, or made, before two processes need it
            with Supervisor(click.echo) as supervisor:
                _run(supervisor, configuration, lock=lock, demo=demo)
    except KeyboardInterrupt:
        click.echo("Tandem has stopped.")


def _run(supervisor: Supervisor, configuration: Settings, *, lock: int, demo: bool) -> None:
    began = time.monotonic()
    environment = os.environ | _database_addresses(supervisor, configuration)
    people = _prepare(configuration, environment, lock=lock, demo=demo)
    supervisor.start(parts.worker(configuration, environment, lock=lock))
    supervisor.start(parts.web(configuration, environment, lock=lock))
    _wait_until_ready(supervisor, configuration)
    click.echo(announcement(configuration, people, seconds=time.monotonic() - began))
    supervisor.watch()


def _database_addresses(supervisor: Supervisor, configuration: Settings) -> dict[str, str]:
    if configuration.database_url is not None:
        click.echo("Waiting for the database at DATABASE_URL ...")
        wait_for_database(configuration.database_url, patience_seconds=DATABASE_PATIENCE_SECONDS)
        return {}
    click.echo("Starting the database ...")
    database = parts.EmbeddedDatabase(configuration.home)
    supervisor.start(database)
    return {"DATABASE_URL": database.server.app_url, "DATABASE_OWNER_URL": database.server.owner_url}


def _prepare(configuration: Settings, environment: dict[str, str], *, lock: int, demo: bool) -> dict[str, str]:
    """E-mail addresses and passwords of the demo accounts; empty without the demo company."""
    people: dict[str, str] = {}
    with parts.preparation(configuration, environment, lock=lock, demo=demo) as lines:
        for line in lines:
            if line.startswith("{"):
                people = json.loads(line)
            else:
                click.echo(line.rstrip())
    return people


def _wait_until_ready(supervisor: Supervisor, configuration: Settings) -> None:
    click.echo("Starting the worker and the web server ...")
    deadline = time.monotonic() + READY_PATIENCE_SECONDS
    supervisor.watch(until=lambda: _ready(configuration) or time.monotonic() > deadline)
    if not _ready(configuration):
        click.echo(f"Not ready after {READY_PATIENCE_SECONDS:.0f} s; see {configuration.home / 'logs'}. Still trying.")
        supervisor.watch(until=lambda: _ready(configuration))


def _ready(configuration: Settings) -> bool:
    host = REACHED_BY.get(configuration.host, configuration.host)
    connection = http.client.HTTPConnection(host, configuration.port, timeout=2)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def announcement(configuration: Settings, people: dict[str, str], *, seconds: float) -> str:
    lines = [f"Tandem is ready at {configuration.public_url} (after {seconds:.0f} s)"]
    if people:
        passwords = set(people.values())
        lines += [
            f"  Demo sign-ins, all with the password {' '.join(passwords)}",
            *(f"    {email}" for email in people),
        ]
    else:
        lines.append("  No demo company here. The first administrator is made with: cli.py user create-admin --help")
    return "\n".join([*lines, f"  Logs: {configuration.home / 'logs'}", "  Stop with Ctrl-C"])
