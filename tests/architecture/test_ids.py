"""Component ids come from ``Ids`` classes only: none is written twice, none can clash, and each names its page."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest
from sources import SCREENS, Source, dotted, literal, sample, violations

DEPENDENCIES = {"Input", "Output", "State", "set_props"}
# The target of the skip link: a place in the document, no component of a callback.
PLACES = {"main"}


def id_literals(source: Source) -> Iterator[str]:
    """An id written as text where a callback or a component takes one."""
    for call in source.calls():
        given = [keyword.value for keyword in call.keywords if keyword.arg in ("id", "component_id")]
        if dotted(call.func).rpartition(".")[2] in DEPENDENCIES and call.args:
            given.append(call.args[0])
        for value in given:
            if _written(value) - PLACES:
                yield source.at(value, f"id {ast.unparse(value)}")
    for node in source.nodes():
        if isinstance(node, ast.Constant) and re.fullmatch(r"[a-z][a-z-]*--[a-z-]+", str(node.value)):
            yield source.at(node, f"id {node.value!r}")


def _written(value: ast.expr) -> set[str]:
    """The texts in an id: itself, or the ``type`` of a pattern-matching one."""
    if isinstance(value, ast.Dict):
        keys = [literal(key) for key in value.keys]
        value = value.values[keys.index("type")] if "type" in keys else value
    text = literal(value)
    return set() if text is None else {text}


def foreign_prefix(source: Source) -> Iterator[str]:
    """A page takes its ids from its own twin, so that its permission covers them."""
    twin = source.path.replace("pages/", "callbacks/", 1).removesuffix(".py").replace("/", ".")
    for line, module, names in source.imports():
        if "Ids" in names and module != twin:
            yield f"{source.path}:{line}: takes Ids from {module}"


def test_no_id_is_written_by_hand() -> None:
    assert violations(id_literals, *SCREENS) == []


def test_pages_take_their_ids_from_their_twin() -> None:
    assert violations(foreign_prefix, "pages") == []


@pytest.mark.parametrize(
    "offence",
    [
        "html.Div(id='accuracy')",
        "html.Div(id=f'accuracy-{name}')",
        "dcc.Store(id={'type': 'rows', 'index': 1})",
        "callback(Output('accuracy', 'figure'), Input(Ids.family, 'value'))",
        "callback(Output(Ids.accuracy, 'figure'), Input({'type': 'family', 'index': ALL}, 'value'))",
        "set_props('shell--toasts', {})",
        "target = 'planner-home--cards'",
    ],
)
def test_guard_notices(offence: str) -> None:
    assert list(id_literals(sample(offence)))


def test_guard_of_twins_notices() -> None:
    assert list(foreign_prefix(sample("from callbacks.planner.other import Ids")))
    assert not list(foreign_prefix(sample("from callbacks.planner.sample import Ids, show")))
