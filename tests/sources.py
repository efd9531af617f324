"""The project's own Python files as syntax trees, for tests that hold its architecture."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
PACKAGES = (
    "analytics",
    "api",
    "callbacks",
    "commands",
    "components",
    "core",
    "data",
    "models",
    "pages",
    "services",
    "web",
)
SCREENS = ("pages", "callbacks", "components")


@dataclass(frozen=True)
class Source:
    """One file: its path below the project and its tree."""

    path: str
    tree: ast.Module

    @property
    def package(self) -> str:
        return self.path.partition("/")[0]

    def nodes(self) -> Iterator[ast.AST]:
        return ast.walk(self.tree)

    def calls(self) -> Iterator[ast.Call]:
        return (node for node in self.nodes() if isinstance(node, ast.Call))

    def imports(self) -> Iterator[tuple[int, str, tuple[str, ...]]]:
        """Line, module and imported names; no names for ``import module``."""
        for node in self.nodes():
            if isinstance(node, ast.Import):
                yield from ((node.lineno, alias.name, ()) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield node.lineno, node.module or "", tuple(alias.name for alias in node.names)

    def at(self, node: ast.AST, found: str) -> str:
        return f"{self.path}:{getattr(node, 'lineno', 0)}: {found}"


Guard = Callable[[Source], Iterator[str]]


@lru_cache(maxsize=1)
def _all() -> tuple[Source, ...]:
    files = [path for package in PACKAGES for path in sorted((PROJECT / package).rglob("*.py"))]
    files += [PROJECT / "app.py", PROJECT / "cli.py", PROJECT / "gunicorn.conf.py"]
    return tuple(Source(path.relative_to(PROJECT).as_posix(), ast.parse(path.read_text())) for path in files)


def sources(*packages: str) -> list[Source]:
    """The files of these packages; of all, and the roots, when none is named."""
    return [source for source in _all() if not packages or source.package in packages]


def sample(code: str, path: str = "pages/planner/sample.py") -> Source:
    """A file that does not exist, to see whether a guard would notice it."""
    return Source(path, ast.parse(code))


def violations(guard: Guard, *packages: str) -> list[str]:
    return [found for source in sources(*packages) for found in guard(source)]


def dotted(node: ast.AST) -> str:
    """``html.Div`` of the expression html.Div; "" for anything that is no plain name."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}".lstrip(".")
    return ""


def literal(node: ast.AST | None) -> str | None:
    """The text of a string literal; for an f-string its fixed parts."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(literal(part) or "" for part in node.values)
    return None
