"""``cli.py import``: the same import as on the page, unattended."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from commands.connection import connected
from core.errors import InvalidInput
from core.viewer import Viewer
from services import accounts, import_work, imports
from services.import_file import Reading
from services.imports import MODES, Batch, Options

REJECTED = 2


@click.command("import")
@click.argument("entity", type=click.Choice(sorted(imports.ENTITIES)))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--map", "columns", multiple=True, metavar="FIELD=COLUMN", help="A field and its column; repeatable.")
@click.option("--location", default=None, help="Code of the location of rows that name none.")
@click.option("--channel", default=None, help="Code of the channel of rows that name none.")
@click.option("--date-format", default="", help='For example "DD/MM/YYYY", when the file leaves it open.')
@click.option("--delimiter", default="", help="Column separator, when the file leaves it open.")
@click.option("--numbers", default="", help='For example "1.234,5", when the file leaves it open.')
@click.option("--encoding", default="", help="When the file leaves it open.")
@click.option("--service-codes", default=None, help="Codes that are no products, separated by commas.")
@click.option("--mode", type=click.Choice(MODES), default="all_or_nothing", show_default=True)
@click.option("--dry-run", is_flag=True, help="Check only.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@connected
def import_file(entity: str, file: Path, *, mode: str, dry_run: bool, as_json: bool, **given: Any) -> None:
    """Bring FILE into the plan. Exit code 2 when rows are rejected and nothing was imported."""
    viewer = accounts.operator()
    found = _settled(viewer, entity, file, given)
    args = {"batch_id": str(found.id), "mode": mode}
    counts = import_work.check_import(viewer, args, _progress)
    stopped = bool(counts["rejected"]) and mode != "good_rows"
    committed = not dry_run and not stopped
    if committed:
        counts = import_work.commit_import(viewer, args, _progress)
    result = {"import": str(found.id), "committed": committed, **counts}
    click.echo(json.dumps(result) if as_json else _account(counts))
    if stopped:
        click.echo("Nothing was imported: correct the rejected rows, or use --mode good_rows.", err=True)
        sys.exit(REJECTED)


def _settled(viewer: Viewer, entity: str, file: Path, given: dict[str, Any]) -> Batch:
    """Upload the file and settle how it is read; what was not given on the command line is found in the file."""
    with file.open("rb") as stream:
        found = imports.upload(viewer, stream, file_name=file.name, entity=entity)
    options = {name: given[name] for name in ("location", "channel", "service_codes") if given[name] is not None}
    return imports.settle(
        viewer,
        found.id,
        reading=Reading.of(given),
        mapping={**found.mapping, **_columns(given["columns"])},
        options=Options.of({**found.options.as_json(), **options}),
    )


def _columns(pairs: tuple[str, ...]) -> dict[str, str]:
    named = {}
    for pair in pairs:
        field, separator, column = pair.partition("=")
        if not separator:
            raise InvalidInput(f"--map {pair}: write FIELD=COLUMN.")
        named[field.strip()] = column.strip()
    return named


def _progress(fraction: float, message: str) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r{fraction:4.0%} {message:60}", nl=False, err=True)


def _account(counts: dict[str, object]) -> str:
    names = ("rows", "new", "changed", "same", "set_aside", "rejected", "new_products", "new_customers")
    return "\n".join(f"{name.replace('_', ' '):14}{counts[name]:>12,}" for name in names)
