"""The compile cache: what it saves, and that nothing it holds can hurt."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from evaluating import Journal, Terminal, source

from soul.language import cache
from soul.language.compile import CompiledRequest, CompileOptions, compile_request
from soul.language.source import SourceLine, Span
from soul.runtime.library import BuiltinLibrary
from soul.runtime.request import evaluate
from soul.runtime.thread import Thread

LIBRARY = BuiltinLibrary()
TEXT = "%x is float\n%x = 2 + $len('abc')\nprint %x"


@pytest.fixture(autouse=True)
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SOUL_CACHE_DIR", str(tmp_path / "cache"))
    cache.memory().clear()
    return tmp_path / "cache"


def files(directory: Path) -> list[Path]:
    return sorted(directory.glob("requests/*"))


def printed(compiled: CompiledRequest) -> list[str]:
    terminal = Terminal()
    evaluate(compiled, Thread(terminal, Journal()))
    return terminal.lines


def no_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("parsed again")

    monkeypatch.setattr("soul.language.parser.parse_request", refuse)


def test_memory_and_disk_keep_a_request(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = compile_request(source(TEXT), LIBRARY)
    assert len(files(directory)) == 1
    no_parser(monkeypatch)
    assert compile_request(source(TEXT), LIBRARY) is first
    cache.memory().clear()
    again = compile_request(source(TEXT), LIBRARY)
    assert again is not first
    assert printed(again) == ["5"]


def test_text_place_and_options_are_part_of_the_key(directory: Path) -> None:
    compile_request(source(TEXT), LIBRARY)
    compile_request(source(TEXT + " "), LIBRARY)
    compile_request(source(TEXT, "OTHER"), LIBRARY)
    compile_request(source(TEXT), LIBRARY, CompileOptions(variable_length=7))
    compile_request([SourceLine(each.text, each.procedure, each.line + 1) for each in source(TEXT)], LIBRARY)
    assert len(files(directory)) == 5


@pytest.mark.parametrize("damage", [b"", b"x", b"\0" * 100, None])
def test_a_damaged_file_is_compiled_again(directory: Path, damage: bytes | None) -> None:
    compile_request(source(TEXT), LIBRARY)
    path = files(directory)[0]
    content = path.read_bytes()
    path.write_bytes(content[:-3] if damage is None else damage)
    cache.memory().clear()
    assert printed(compile_request(source(TEXT), LIBRARY)) == ["5"]


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="file owners are a POSIX notion")
def test_a_directory_others_may_write_is_not_trusted(directory: Path) -> None:
    compile_request(source(TEXT), LIBRARY)
    assert (directory / "requests").stat().st_mode & 0o777 == 0o700
    (directory / "requests").chmod(0o777)
    marker = cache._read(files(directory)[0].stem, LIBRARY)
    assert marker is None


def test_a_cache_that_cannot_be_made_does_not_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocker = tmp_path / "file"
    blocker.write_text("")
    monkeypatch.setenv("SOUL_CACHE_DIR", str(blocker / "below"))
    assert printed(compile_request(source(TEXT), LIBRARY)) == ["5"]


def test_a_changed_include_is_compiled_again() -> None:
    texts = {"P": "print 'one'"}

    def include(name: str, responses: list[str], at: Span) -> list[SourceLine]:
        return source(texts[name], name)

    for expected in ("one", "one", "two"):
        texts["P"] = f"print '{expected}'"
        assert printed(compile_request(source("include P"), LIBRARY, CompileOptions(), include)) == [expected]


def test_warnings_survive_the_cache() -> None:
    text = "a: print 1\na: print 2"
    first = compile_request(source(text), LIBRARY).diagnostics
    cache.memory().clear()
    assert compile_request(source(text), LIBRARY).diagnostics == first
    assert [each.number for each in first] == ["M204.0223"]


def test_from_the_cache_neither_lark_nor_a_family_is_imported() -> None:
    program = (
        "import sys\n"
        "from soul.language.compile import compile_request\n"
        "from soul.language.source import SourceLine\n"
        "from soul.runtime.library import BuiltinLibrary\n"
        "from soul.runtime.request import evaluate\n"
        "compiled = compile_request([SourceLine('print 1', 'P', 1)], BuiltinLibrary())\n"
        "compiled.functions()\n"
        "print([m for m in sys.modules if m == 'lark' or m.startswith(('soul.runtime.functions.', 'cryptography'))])\n"
        "print('soul.language.parser' in sys.modules)\n"
    )
    results = [
        subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split("\n")
        for _ in range(2)
    ]
    assert results[1][:2] == ["[]", "False"]


def test_a_user_without_a_home_compiles_every_time(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SOUL_CACHE_DIR", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)

    def no_home(kind: type[Path]) -> Path:
        raise RuntimeError("could not determine home directory")

    monkeypatch.setattr(Path, "home", classmethod(no_home))
    compiled = compile_request(source(TEXT), LIBRARY)
    cache.store("key", compiled)
    cache.memory().clear()
    assert cache.load("key", LIBRARY, None) is None
    assert printed(compiled) == ["5"]
