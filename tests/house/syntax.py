"""The application's syntax trees, read once."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import app

ROOT = Path(app.__file__).parent
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """A file of the application: `savings/actions.py`."""

    name: str
    text: str
    tree: ast.Module

    def at(self, node: ast.AST) -> str:
        """`savings/actions.py:12`."""
        return f"{self.name}:{getattr(node, 'lineno', 0)}"

    def strings(self) -> Iterator[tuple[ast.Constant, str]]:
        """Every string that is not a docstring, pieces of f-strings included."""
        docs = {id(doc) for doc in docstrings(self.tree)}
        for node in ast.walk(self.tree):
            said = isinstance(node, ast.Constant) and isinstance(node.value, str)
            if said and id(node) not in docs:
                yield node, node.value

    def calls(self) -> Iterator[tuple[ast.Call, str]]:
        """Every call with the last word of what is called."""
        yield from calls(self.tree)

    def functions(self) -> Iterator[Function]:
        """Every function and method, nested ones too."""
        for node in ast.walk(self.tree):
            if isinstance(node, Function):
                yield node


def calls(tree: ast.AST) -> Iterator[tuple[ast.Call, str]]:
    """Every call below a node with the last word of what is called, as it stands in the text."""
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    for node in sorted(found, key=lambda call: (call.lineno, call.col_offset)):
        of = node.func
        yield node, of.attr if isinstance(of, ast.Attribute) else getattr(of, "id", "")


def docstrings(tree: ast.Module) -> Iterator[ast.Constant]:
    """The docstring of the module, and of each class and function."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | Function) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                yield first.value


def read(file: Path, root: Path = ROOT) -> Module:
    """One file."""
    text = file.read_text()
    return Module(file.relative_to(root).as_posix(), text, ast.parse(text))


MODULES = [read(file) for file in sorted(ROOT.rglob("*.py"))]


def named(word: str) -> list[Module]:
    """The rooms' files of one name: all `actions.py`."""
    return [module for module in MODULES if module.name.endswith(f"/{word}.py")]
