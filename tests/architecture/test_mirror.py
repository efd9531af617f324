"""One name finds all of a feature: page, callbacks and tests stand at the same place of their trees."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from sources import PROJECT, Source, dotted, sample, sources, violations

TESTS = PROJECT / "tests"
# Tests of a rule that no single module keeps.
ACROSS = {
    "unit": {"corpus", "methods", "truth"},
    "integration": {"row_level_security", "partner_isolation", "deploy", "import_killed", "demand_month"},
    "web": {"gate", "matrix", "closed_doors", "api_gate", "api_description", "api_portals", "api_suppliers"}
    | {"api_supplier_walls"},
}


def below(package: str) -> set[str]:
    """Files of a package by their path in it, those at its top left out."""
    paths = {source.path.partition("/")[2] for source in sources(package)}
    return {path for path in paths if "/" in path and not path.endswith("__init__.py")}


def test_every_page_has_its_callbacks_and_the_other_way_round() -> None:
    assert below("pages") == below("callbacks")


def incomplete_page(source: Source) -> Iterator[str]:
    """A page registers itself and takes whatever stands in the query."""
    layouts = [node for node in source.tree.body if isinstance(node, ast.FunctionDef) and node.name == "layout"]
    if not any(dotted(call.func) == "register_page" for call in source.calls()):
        yield f"{source.path}: no register_page"
    if not layouts or layouts[0].args.kwarg is None:
        yield f"{source.path}: no layout(**query)"


def test_every_page_file_registers_its_page_and_takes_any_query() -> None:
    assert violations(incomplete_page, "pages") == []


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


def undocumented(source: Source) -> Iterator[str]:
    """Five labelled lines: what (the first), Inputs, Returns, Raises, Source."""
    for node in source.tree.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            text = ast.get_docstring(node) or ""
            missing = [label for label in ("Inputs:", "Returns:", "Raises:", "Source:") if label not in text]
            if missing:
                yield source.at(node, f"{node.name} lacks {', '.join(missing)}")


def test_public_functions_of_services_and_analytics_say_what_they_take_and_give() -> None:
    assert violations(undocumented, "services", "analytics") == []


def test_guards_notice() -> None:
    assert list(undocumented(sample('def plan(viewer):\n    """Makes a plan.\n\n    Inputs: the viewer.\n    """')))
    assert list(incomplete_page(sample("register_page(__name__)\ndef layout(family=''): ...")))
    assert list(incomplete_page(sample("def layout(**query): ...")))
