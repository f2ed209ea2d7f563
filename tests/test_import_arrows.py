"""The packages import one another in one direction only, and the domain nothing but the standard library."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "ctfront"

ARROWS = {
    "cli": {
        "app",
        "data",
        "demo",
        "domain",
        "mail",
        "online",
        "screens",
        "server",
        "services",
        "settings",
        "terminal",
        "widgets",
    },
    "app": {"left_forms", "locking", "screens", "widgets", "terminal", "theme", "services", "domain"},
    "locking": {"left_forms", "screens", "widgets", "services", "domain"},
    "left_forms": {"ways", "screens", "widgets", "terminal", "services", "domain"},
    "ways": {"waiting_forms", "screens", "services", "domain"},
    "waiting_forms": {"screens", "widgets", "terminal"},
    "screens": {"services", "widgets", "domain"},
    "online": {"services", "domain"},
    "demo": {"demo_people", "demo_invitations", "services", "domain"},
    "demo_invitations": {"demo_people", "services", "domain"},
    "demo_people": {"domain"},
    "services": {"data", "mail", "domain"},
    "data": {"domain"},
    "mail": {"domain"},
    "widgets": {"domain"},
    "server": {"terminal"},
    "terminal": set(),
    "theme": set(),
    "settings": set(),
    "domain": set(),
    "__main__": {"cli", "server"},
}
"""Who may import whom; there are no other arrows."""

FILES = sorted(ROOT.rglob("*.py"))


def package_of(path: Path) -> str:
    relative = path.relative_to(ROOT)
    return relative.parts[0] if len(relative.parts) > 1 else relative.stem


def imported(path: Path) -> set[str]:
    """Return the modules that a file imports, those named for type checking only left out."""
    names: set[str] = set()

    def visit(node: ast.AST) -> None:
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            return
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module == "ctfront":
            names.update(f"ctfront.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            names.add(node.module or "")
        for child in ast.iter_child_nodes(node):
            visit(child)

    visit(ast.parse(path.read_text(encoding="utf-8")))
    return names


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_follow_the_arrows(path):
    package = package_of(path)
    inner = {name.split(".")[1] for name in imported(path) if name.startswith("ctfront.")}
    inner.discard("__version__")
    if package == "__init__":
        assert inner == set()
    else:
        assert inner - {package} <= ARROWS[package]


@pytest.mark.parametrize("path", sorted((ROOT / "domain").rglob("*.py")), ids=lambda path: path.name)
def test_the_domain_needs_the_standard_library_only(path):
    outer = {name.split(".")[0] for name in imported(path)} - {"ctfront"}
    assert outer <= sys.stdlib_module_names


def test_what_is_seen_never_knows_the_database_library():
    knowing = {package_of(path) for path in FILES if any(n.startswith("sqlalchemy") for n in imported(path))}
    assert knowing & {"domain", "screens", "widgets", "terminal", "app", "settings"} == set()
