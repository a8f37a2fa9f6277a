"""Imports point one way, the foundation never loads what is heavy, and files stay small enough to read."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "soul"
LAYERS = ("language", "runtime", "online", "janus", "testing", "cli")
COMPOSITION = {"soul", "soul.assembly", "soul.__main__"}
LONGEST_FILE = 650


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def layer(module: str) -> int | None:
    parts = module.split(".")
    if module in COMPOSITION or len(parts) < 2 or parts[1] not in LAYERS:
        return None
    return LAYERS.index(parts[1])


def imports(path: Path) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            found += [(node.lineno, node.module)]
            if node.module == "soul":
                found += [(node.lineno, f"soul.{alias.name}") for alias in node.names]
    return [(line, name) for line, name in found if name.split(".")[0] == "soul"]


SOURCES = sorted(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("path", SOURCES, ids=module_name)
def test_imports_point_down(path: Path) -> None:
    own = layer(module_name(path))
    if own is None:
        return
    for line, name in imports(path):
        target = layer(name)
        if name in COMPOSITION:
            assert LAYERS[own] in {"testing", "cli"}, f"{path}:{line} imports the composition root"
        elif target is not None:
            assert target <= own, f"{path}:{line}: {LAYERS[own]} imports {name}"


@pytest.mark.parametrize("path", SOURCES, ids=module_name)
def test_files_stay_readable(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= LONGEST_FILE, f"{path} has {lines} lines"
    assert path.stem not in {"utils", "util", "helpers", "common", "misc", "manager"}


def loaded_by(code: str) -> set[str]:
    program = f"import sys\n{code}\nprint(' '.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    return set(done.stdout.splitlines()[-1].split())


def test_running_a_text_loads_nothing_heavy() -> None:
    code = "import soul\nprint(soul.run('Begin\\nPrint 1\\nEnd').output)"
    loaded_by(code)  # fills the compile cache
    modules = loaded_by(code)
    needless = ("decimal", "json", "logging", "tempfile", "soul.language.library", "soul.language.nodes")
    for heavy in ("OpenSSL", "cryptography", "argon2", "httptools", "lark", "selectors", "select", *needless):
        assert heavy not in modules, f"soul.run loads {heavy}"
