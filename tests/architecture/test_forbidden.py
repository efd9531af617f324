"""What must not be written anywhere, because it opens a hole (security.md F03, F13, A27, M10–M13)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sources import PROJECT, Source, dotted, literal, sample, violations

UNPICKLES = {"pickle", "cPickle", "dill", "shelve", "marshal", "joblib", "cloudpickle"}
CALLS = {"eval", "exec", "compile", "__import__", "read_pickle", "to_pickle", "setattr_all", "exempt"}
COMPONENTS = {"html.Iframe", "html.Script", "html.Embed", "html.ObjectEl", "html.Area", "html.Base", "html.Meta"}
# The renderer or Flask would do with them what we do not want at all.
KEYWORDS = {"mathjax", "background", "api_endpoint", "srcDoc", "cache_by"}
ENVIRONMENT = {"core/settings.py", "core/clock.py"}
# Programs of the operator hand their environment on to the processes they start.
HANDS_ON_ENVIRONMENT = ("commands/", "data/embedded/", "gunicorn.conf.py")
OWN_SCRIPTS = sorted(path for path in (PROJECT / "assets").glob("*.js"))


def dangerous(source: Source) -> Iterator[str]:
    """Code from data, scripts from data, doors without a guard."""
    for line, module, names in source.imports():
        if {module.partition(".")[0], *names} & UNPICKLES:
            yield f"{source.path}:{line}: imports {module}"
    for call in source.calls():
        name = dotted(call.func)
        if (name.rpartition(".")[2] in CALLS and name != "re.compile") or name in COMPONENTS:
            yield source.at(call, f"calls {name}")
        for keyword in call.keywords:
            if keyword.arg in KEYWORDS or str(keyword.arg).startswith("dangerously_"):
                yield source.at(call, f"gives {keyword.arg}=")
    for node in source.nodes():
        if isinstance(node, ast.Attribute) and node.attr in ("_exempt_views", "_exempt_blueprints"):
            yield source.at(node, "exempts from CSRF")
        if re.match(r"dangerously_|\s*javascript:", literal(node) or "", re.IGNORECASE):
            yield source.at(node, f"says {literal(node)!r}")


def leads_away(source: Source) -> Iterator[str]:
    """dcc.Location loads whatever it is given, javascript: too, unless told not to (security.md M11)."""
    for call in source.calls():
        if dotted(call.func) == "dcc.Location":
            refresh = {keyword.arg: keyword.value for keyword in call.keywords}.get("refresh")
            if not isinstance(refresh, ast.Constant) or refresh.value not in (False, "callback-nav"):
                yield source.at(call, "makes a dcc.Location that loads addresses")


def reads_environment(source: Source) -> Iterator[str]:
    if source.path in ENVIRONMENT or source.path.startswith(HANDS_ON_ENVIRONMENT):
        return
    for node in source.nodes():
        if dotted(node) in ("os.environ", "os.getenv"):
            yield source.at(node, f"reads {dotted(node)}")


def holes_of_script(text: str) -> list[str]:
    """Ways in which a script would make code of text or fetch from elsewhere."""
    return re.findall(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|https?://(?!www\.w3\.org)", text
    )


def test_nothing_dangerous() -> None:
    assert violations(dangerous) == []


def test_no_component_loads_any_address() -> None:
    assert violations(leads_away) == []


def test_only_settings_read_the_environment() -> None:
    assert violations(reads_environment) == []


@pytest.mark.parametrize("script", OWN_SCRIPTS, ids=lambda path: path.name)
def test_scripts_make_no_code_of_text_and_fetch_from_here(script: Path) -> None:
    assert holes_of_script(script.read_text()) == []


def test_styles_and_templates_load_nothing_from_elsewhere() -> None:
    files = [*(PROJECT / "assets").glob("*.css"), *(PROJECT / "web" / "templates").glob("*.html")]
    remote = re.compile(r"(?:url\(|src=|href=|@import)\s*[\"']?(?:https?:)?//")
    assert [path.name for path in files if remote.search(path.read_text())] == []


def test_templates_escape_everything() -> None:
    for path in (PROJECT / "web" / "templates").glob("*.html"):
        assert not re.search(r"\|\s*safe|autoescape|<script(?![^>]*\bsrc=)|\son\w+=", path.read_text()), path.name


@pytest.mark.parametrize(
    ("guard", "offence"),
    [
        (dangerous, "import pickle"),
        (dangerous, "from joblib import load"),
        (dangerous, "eval(rule)"),
        (dangerous, "frame = pd.read_pickle(path)"),
        (dangerous, "csrf.exempt(view)"),
        (dangerous, "csrf._exempt_views.add('dash.dash.dispatch')"),
        (dangerous, "html.Iframe(src=address)"),
        (dangerous, "dcc.Markdown(text, dangerously_allow_html=True)"),
        (dangerous, "grid(options={'dangerously_allow_code': True})"),
        (dangerous, "dcc.Graph(figure=found, mathjax=True)"),
        (dangerous, "callback(Output(Ids.x, 'children'), background=True)"),
        (dangerous, "html.A('x', href='JavaScript:alert(1)')"),
        (leads_away, "dcc.Location(id=Ids.place, refresh=True)"),
        (leads_away, "dcc.Location(id=Ids.place)"),
        (reads_environment, "key = os.environ['KEY']"),
    ],
)
def test_guards_notice(guard: object, offence: str) -> None:
    assert list(guard(sample(offence)))  # type: ignore[operator]


@pytest.mark.parametrize("offence", ["box.innerHTML = text", "import('https://cdn.example/x.js')", "eval(text)"])
def test_guard_of_scripts_notices(offence: str) -> None:
    assert holes_of_script(offence)
