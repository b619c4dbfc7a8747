"""The stubs: names, signatures and docstrings are those of the extension."""

import ast
import inspect
from pathlib import Path

import cartrial

STUBS = ast.parse(Path(cartrial.__file__).with_name("_cartrial.pyi").read_text())


def declared() -> dict[str, ast.ClassDef | ast.FunctionDef]:
    """Everything public that the stubs declare, by its path."""
    found: dict[str, ast.ClassDef | ast.FunctionDef] = {}
    for node in STUBS.body:
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)) and not node.name.startswith("_"):
            found[node.name] = node
            members = node.body if isinstance(node, ast.ClassDef) else []
            found |= {f"{node.name}.{m.name}": m for m in members if isinstance(m, ast.FunctionDef)}
    return found


def at(path: str) -> object:
    found: object = cartrial
    for name in path.split("."):
        found = inspect.getattr_static(found, name)
    return found.__func__ if isinstance(found, classmethod) else found


def test_every_docstring_is_that_of_the_stubs() -> None:
    documented = {path: node for path, node in declared().items() if ast.get_docstring(node)}
    assert len(documented) > 30
    for path, node in documented.items():
        doc = inspect.getdoc(at(path))
        assert doc and " ".join(doc.split()).startswith(" ".join(ast.get_docstring(node).split())), path


def test_every_signature_is_that_of_the_stubs() -> None:
    checked = 0
    for path, node in declared().items():
        found = at(path)
        if not isinstance(node, ast.FunctionDef) or node.name.startswith("__") or not callable(found):
            continue
        names = [a.arg for a in node.args.args + node.args.kwonlyargs if a.arg not in ("self", "cls")]
        parameters = inspect.signature(found).parameters.values()
        assert [p.name for p in parameters if p.name not in ("self", "cls")] == names, path
        keywords = [p.name for p in parameters if p.kind is p.KEYWORD_ONLY]
        assert keywords == [a.arg for a in node.args.kwonlyargs], path
        checked += 1
    assert checked >= 15


def test_every_public_name_is_declared() -> None:
    assert {path.split(".")[0] for path in declared()} | {"__version__"} == set(cartrial.__all__)
    for name in ["Study", "Results", "Frame"]:
        public = {n for n in vars(getattr(cartrial, name)) if not n.startswith("_")}
        assert public == {p.split(".")[1] for p in declared() if p.startswith(f"{name}.") and "._" not in p}
