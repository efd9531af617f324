"""One name finds all of a feature: page, callbacks and tests stand at the same place of their trees."""

from __future__ import annotations

import ast
from pathlib import Path

from sources import PROJECT, dotted, sources

TESTS = PROJECT / "tests"
# Tests of a rule that no single module keeps.
ACROSS = {
    "unit": {"corpus", "methods"},
    "integration": {"row_level_security", "partner_isolation", "deploy", "import_killed"},
    "web": {"gate", "matrix"},
}


def below(package: str) -> set[str]:
    """Files of a package by their path in it, those at its top left out."""
    paths = {source.path.partition("/")[2] for source in sources(package)}
    return {path for path in paths if "/" in path and not path.endswith("__init__.py")}


def test_every_page_has_its_callbacks_and_the_other_way_round() -> None:
    assert below("pages") == below("callbacks")


def test_every_page_file_registers_its_page_and_takes_any_query() -> None:
    for source in sources("pages"):
        layouts = [node for node in source.tree.body if getattr(node, "name", "") == "layout"]
        assert [call for call in source.calls() if dotted(call.func) == "register_page"], source.path
        assert layouts, source.path
        assert layouts[0].args.kwarg is not None, f"{source.path}: layout() must take **query"  # type: ignore[attr-defined]


def test_no_page_is_imported() -> None:
    """Dash runs page files itself; imported as well, a page would be registered twice."""
    imported = [
        f"{source.path}:{line}"
        for source in sources()
        for line, module, _names in source.imports()
        if module.partition(".")[0] == "pages"
    ]
    assert imported == []


def test_no_folder_is_called_utils() -> None:
    vague = {"utils", "util", "helpers", "helper", "common", "misc", "tools"}
    assert not [source.path for source in sources() if vague & set(source.path.removesuffix(".py").split("/"))]


def test_unit_tests_mirror_their_module() -> None:
    for path in (TESTS / "unit").rglob("test_*.py"):
        place = path.relative_to(TESTS / "unit")
        module = PROJECT / place.with_name(place.name.removeprefix("test_"))
        across = module.stem in ACROSS["unit"]
        assert across or module.exists() or module.with_suffix("").is_dir(), path


def test_web_tests_mirror_their_page() -> None:
    for path in (TESTS / "web").rglob("test_*.py"):
        place = path.relative_to(TESTS / "web")
        name = place.name.removeprefix("test_")
        if place.parent == Path("."):
            views = [PROJECT / folder / name for folder in ("web", "services")]
            found = name.removesuffix(".py") in ACROSS["web"] or any(view.exists() for view in views)
        else:
            found = (PROJECT / "pages" / place.parent / name).exists()
        assert found, path


def test_integration_tests_name_a_module() -> None:
    modules = {Path(source.path).stem for source in sources()} | {
        Path(source.path).parent.name for source in sources() if source.path.endswith("__init__.py")
    }
    for path in (TESTS / "integration").rglob("test_*.py"):
        name = path.stem.removeprefix("test_")
        assert name in modules | ACROSS["integration"], path


def test_public_functions_of_services_and_analytics_say_what_they_take_and_give() -> None:
    """Five labelled lines: what, Inputs, Returns, Raises, Source."""
    lacking = []
    for source in sources("services", "analytics"):
        for node in source.tree.body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                text = ast.get_docstring(node) or ""
                missing = [label for label in ("Inputs:", "Returns:", "Raises:", "Source:") if label not in text]
                lacking += [f"{source.path}:{node.lineno} {node.name}: {missing}"] if missing else []
    assert lacking == []
