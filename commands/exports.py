"""``cli.py export``: the same files as on the page, unattended."""

from __future__ import annotations

import json
import os
from pathlib import Path
from tempfile import NamedTemporaryFile

import click

from commands.connection import connected
from core.viewer import Viewer
from data.entities import ENTITIES
from services import accounts, exports
from services.outgoing import Format, Outgoing

ALL = "all"


@click.command("export")
@click.argument("entity", type=click.Choice([*sorted(name for name in ENTITIES if ENTITIES[name].table), ALL]))
@click.option("--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The file to write.")
@click.option(
    "--format",
    "kind",
    type=click.Choice([Format.CSV.value, Format.XLSX.value]),
    default=Format.CSV.value,
    show_default=True,
    help="“all” is a zip archive of CSV files.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@connected
def export(entity: str, *, output: Path, kind: str, as_json: bool) -> None:
    """Write all rows of ENTITY, or of all entities, as files that the import takes back."""
    if entity == ALL and kind != Format.CSV:
        raise click.BadParameter("“all” is a zip archive of CSV files.", param_hint="--format")
    with _export(accounts.operator(), entity, kind) as found:
        _write(found, output)
    result = {"file": str(output), "bytes": output.stat().st_size, "rows": dict(found.rows)}
    click.echo(json.dumps(result) if as_json else _account(found))


def _export(viewer: Viewer, entity: str, kind: str) -> Outgoing:
    if entity == ALL:
        return exports.everything(viewer)
    return exports.export_csv(viewer, entity) if kind == Format.CSV else exports.export_workbook(viewer, entity)


def _write(found: Outgoing, output: Path) -> None:
    """A file stands there whole or not at all; one that was there stays until then."""
    try:
        with NamedTemporaryFile(dir=output.parent, prefix=f".{output.name}.", delete=False) as file:
            unfinished = Path(file.name)
            try:
                file.writelines(found.chunks)
                file.flush()
                os.replace(unfinished, output)
            finally:
                unfinished.unlink(missing_ok=True)
    except OSError as error:
        raise click.FileError(str(output), error.strerror or str(error)) from error


def _account(found: Outgoing) -> str:
    return "\n".join(f"{name:24}{count:>12,}" for name, count in found.rows.items())
