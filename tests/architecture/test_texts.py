"""Every text a person reads passes through ``_()``, or it could never be translated."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest
from sources import SCREENS, Source, dotted, literal, sample, violations

LIBRARIES = ("html.", "dcc.", "dbc.")
# Builders of ours that take a text by position, with the places of their texts.
BUILDERS = {
    "text_column": (1,),
    "figure_column": (1,),
    "percent_column": (1,),
    "empty_state": (0,),
    "field": (0,),
    "toast": (0,),
    "status": (0,),
    "InvalidInput": (0,),
    "NotFound": (0,),
    "Conflict": (0,),
}
KEYWORDS = {"title", "lead", "note", "hint", "label", "placeholder", "header", "headerName", "alt", "action_text"}
NAMES = {"Tandem"}
TRANSLATORS = {"_": 1, "counted": 2}  # how many of their arguments are texts


def bare_texts(source: Source) -> Iterator[str]:
    for call in source.calls():
        for value in _shown(call):
            for part in value.elts if isinstance(value, (ast.List, ast.Tuple)) else [value]:
                text = literal(part)
                if text is not None and _words(text):
                    yield source.at(part, f"text {text!r}")


def _shown(call: ast.Call) -> Iterator[ast.expr]:
    """The arguments of a call that end up before the reader's eyes."""
    name = dotted(call.func)
    if name == "register_page":  # its name and description are shown by the shell, through _()
        return
    if name.startswith(LIBRARIES):
        yield from call.args[:1]
        yield from (keyword.value for keyword in call.keywords if keyword.arg == "children")
    for place in BUILDERS.get(name.rpartition(".")[2], ()):
        yield from call.args[place : place + 1]
    yield from (keyword.value for keyword in call.keywords if keyword.arg in KEYWORDS)


def _words(text: str) -> bool:
    return bool(re.search(r"[A-Za-z]{2}", text)) and text not in NAMES


def computed_texts(source: Source) -> Iterator[str]:
    """A translation is looked up by its whole text: values are filled in afterwards."""
    for call in source.calls():
        texts = call.args[: TRANSLATORS.get(dotted(call.func), 0)]
        for text in texts:
            if isinstance(text, (ast.JoinedStr, ast.BinOp)):
                yield source.at(call, f"computed text {ast.unparse(text)}")


def test_every_shown_text_can_be_translated() -> None:
    assert violations(bare_texts, *SCREENS) == []


def test_messages_of_services_can_be_translated() -> None:
    assert violations(bare_texts, "services", "web") == []


def test_translated_texts_are_whole() -> None:
    assert violations(computed_texts) == []


@pytest.mark.parametrize(
    "offence",
    [
        "html.H1('Demand review')",
        "html.P(['Sales of ', name])",
        "html.Span(children='Late')",
        "html.Div(f'{count} rows')",
        "dbc.Button('Save', id=Ids.save)",
        "dbc.Input(placeholder='Search')",
        "html.Button('◐', title='Light or dark')",
        "page_frame(title='Sales')",
        "text_column('name', 'Name')",
        "empty_state('Nothing yet')",
        "raise NotFound('There is no such job.')",
    ],
)
def test_guard_notices(offence: str) -> None:
    assert list(bare_texts(sample(offence)))


@pytest.mark.parametrize(
    "usual", ["html.H1(_('Demand review'))", "html.Span('–')", "html.Div(className='panel')", "html.Span('Tandem')"]
)
def test_guard_lets_the_usual_pass(usual: str) -> None:
    assert not list(bare_texts(sample(usual)))


def test_guard_of_whole_texts_notices() -> None:
    assert list(computed_texts(sample("_(f'{count} rows')")))
    assert list(computed_texts(sample("_('rows: ' + count)")))
