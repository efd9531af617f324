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
from services import accounts, import_proposals, import_work, imports
from services.import_file import Reading
from services.imports import MODES, Batch, Options

REJECTED = 2
EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)
COUNTED = (
    *("rows", "new", "changed", "same", "removed", "set_aside", "rejected"),
    *("new_products", "new_customers"),
)


class Misused(click.UsageError):
    """A misspelt option ends with 1, as every other error: exit code 2 is for rejected rows."""

    exit_code = 1


class ImportCommand(click.Command):
    """Tells misuse by its own exit code."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            raise Misused(error.format_message(), ctx) from error


@click.command("import", cls=ImportCommand)
@click.argument("entity")
@click.argument("file", type=EXISTING)
@click.option("--mode", type=click.Choice(MODES), default="upsert", show_default=True, help="What may happen to rows.")
@click.option("--good-rows", is_flag=True, help="Import the good rows and leave the rejected ones out.")
@click.option("--mapping", type=EXISTING, help='Fields and their columns as JSON: {"code": "Site", …}.')
@click.option("--map", "columns", multiple=True, metavar="FIELD=COLUMN", help="A field and its column; repeatable.")
@click.option("--set", "values", multiple=True, metavar="FIELD=VALUE", help="For rows that give none; repeatable.")
@click.option("--location", default="", metavar="CODE", help="Short for --set location=CODE.")
@click.option("--channel", default="", metavar="CODE", help="Short for --set channel=CODE.")
@click.option("--period", nargs=2, metavar="FROM TO", help="Days that --mode replace replaces; else those of the file.")
@click.option("--sheet", default="", help="The sheet of a workbook, when it has several.")
@click.option("--date-format", default="", help='For example "DD/MM/YYYY", when the file leaves it open.')
@click.option("--delimiter", default="", help="Column separator, when the file leaves it open.")
@click.option("--numbers", default="", help='For example "1.234,5", when the file leaves it open.')
@click.option("--encoding", default="", help="When the file leaves it open.")
@click.option("--service-codes", default=None, help="Codes that are no products, separated by commas.")
@click.option("--dry-run", is_flag=True, help="Check only.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@connected
def import_file(entity: str, file: Path, *, good_rows: bool, dry_run: bool, as_json: bool, **given: Any) -> None:
    """Bring the rows of FILE in as ENTITY, for example locations or transactions.

    Exit code 2 when rows are rejected and nothing was imported, 1 for any other error.
    """
    viewer = accounts.operator()
    found = _settled(viewer, entity, file, given)
    args = {"batch_id": str(found.id), "good_rows": good_rows}
    counts = import_work.check_import(viewer, args, _progress)
    stopped = bool(counts["rejected"]) and not good_rows
    committed = not dry_run and not stopped
    if committed:
        counts = import_work.commit_import(viewer, args, _progress)
    result = {"import": str(found.id), "entity": entity, "mode": found.options.mode, "committed": committed}
    click.echo(json.dumps(result | {"counts": counts}) if as_json else _account(counts))
    if stopped:
        click.echo("Nothing was imported: correct the rejected rows, or leave them out with --good-rows.", err=True)
        sys.exit(REJECTED)


def _settled(viewer: Viewer, entity: str, file: Path, given: dict[str, Any]) -> Batch:
    """Upload the file and settle how it is read.

    Columns and constants that are not given are found in the file, or those of the last file of its shape. The mode
    and the period are only what the command says: nothing is replaced because it was the last time.
    """
    known = import_proposals.importable(viewer)
    if entity not in known:
        raise InvalidInput(f"“{entity}” can't be imported. ENTITY is one of {', '.join(known)}.")
    if given["period"] and given["mode"] != "replace":
        raise InvalidInput("--period goes with --mode replace.")
    columns = _mapping(given["mapping"]) | _pairs("--map", "COLUMN", given["columns"])
    places = {name: given[name] for name in ("location", "channel") if given[name]}
    constants = _pairs("--set", "VALUE", given["values"]) | places
    with file.open("rb") as stream:
        found = imports.upload(viewer, stream, file_name=file.name, entity=entity, came_by="command")
    options: dict[str, Any] = {
        "mode": given["mode"],
        "period": given["period"],
        "constants": {**found.options.constants, **constants},
    }
    if given["service_codes"] is not None:
        options["service_codes"] = given["service_codes"]
    reading = Reading.of(given)
    return imports.settle(
        viewer,
        found.id,
        reading=reading,
        mapping={**_found_columns(viewer, found, reading), **columns},
        options=Options.of({**found.options.as_json(), **options}),
    )


def _found_columns(viewer: Viewer, found: Batch, reading: Reading) -> dict[str, str]:
    """The columns found at the upload; another sheet or delimiter gives the file other columns."""
    at_upload = imports.file_preview(viewer, found.id, found.reading)
    seen = imports.file_preview(viewer, found.id, reading)
    return found.mapping if seen.header == at_upload.header else seen.proposal.mapping


def _mapping(file: Path | None) -> dict[str, str]:
    """Fields and columns of a JSON file; an empty column leaves a field out."""
    if file is None:
        return {}
    try:
        found = json.loads(file.read_bytes())
    except ValueError as error:
        raise InvalidInput(f"--mapping {file.name} is not JSON: {error}.") from error
    if not isinstance(found, dict) or not all(isinstance(column, str) for column in found.values()):
        raise InvalidInput(f'--mapping {file.name}: write one object of texts, {{"field": "column", …}}.')
    return found


def _pairs(option: str, value: str, texts: tuple[str, ...]) -> dict[str, str]:
    named = {}
    for pair in texts:
        field, separator, given = pair.partition("=")
        if not separator:
            raise InvalidInput(f"{option} {pair}: write FIELD={value}.")
        named[field.strip()] = given.strip()
    return named


def _progress(fraction: float, message: str) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r{fraction:4.0%} {message:60}", nl=False, err=True)


def _account(counts: dict[str, Any]) -> str:
    lines = [f"{name.replace('_', ' '):14}{counts[name]:>12,}" for name in COUNTED if name in counts]
    unused = ", ".join(f"“{name}”" for name in counts["unused_columns"])
    return "\n".join([*lines, *([f"Columns that are not brought in: {unused}."] if unused else [])])
