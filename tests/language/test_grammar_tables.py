"""The grammar is free of conflicts; the cache of its tables can be missing, broken or unwritable."""

from __future__ import annotations

import io
import logging
import marshal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from soul.language import expression_actions, statement_actions, tables


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("SOUL_CACHE_DIR", str(folder))
    monkeypatch.setattr(tables, "ready_path", lambda: folder / "none")
    return folder


def fresh() -> tables.Tables:
    return tables.tables.__wrapped__()


def test_no_conflicts() -> None:
    # Lark settles shift/reduce conflicts silently; only its debug log tells.
    from lark import Lark, logger
    from lark.lexer import Lexer

    class NoLexer(Lexer):
        __future_interface__ = 1

        def __init__(self, _conf: object) -> None:
            pass

        def lex(self, _lexer_state: object, _parser_state: object) -> object:
            return iter(())

    log = io.StringIO()
    handler = logging.StreamHandler(log)
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    try:
        grammar = tables.grammar_path().read_text(encoding="utf-8")
        Lark(grammar, parser="lalr", lexer=NoLexer, start=list(tables.START_SYMBOLS), debug=True)
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
    assert "conflict" not in log.getvalue().lower()


def test_every_rule_has_an_action() -> None:
    known = {*expression_actions.ACTIONS, *statement_actions.ACTIONS}
    assert {rule.action for rule in fresh().rules if not rule.single} <= known


def test_tables_come_back_from_the_cache(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built = fresh()
    assert len(list(cache.glob("grammar-*.tables"))) == 1
    assert stat.S_IMODE(cache.stat().st_mode) == 0o700
    monkeypatch.setattr(tables, "build", lambda grammar: pytest.fail("built again"))
    again = fresh()
    assert again.rows == built.rows
    assert again.rules == built.rules


@pytest.mark.parametrize("content", [b"", b"x" * 100, None, marshal.dumps({"rows": []})])
def test_broken_cache_is_built_again(cache: Path, content: bytes | None) -> None:
    built = fresh()
    (path,) = cache.glob("grammar-*.tables")
    path.write_bytes(path.read_bytes()[:-7] if content is None else content)
    assert len(fresh().rows) == len(built.rows)


def test_valid_digest_over_wrong_data_is_built_again(cache: Path) -> None:
    import hashlib

    built = fresh()
    (path,) = cache.glob("grammar-*.tables")
    body = marshal.dumps({"rows": [{"NAME": 99999}], "gotos": [{}], "rules": [], "starts": {}, "ends": {}})
    path.write_bytes(hashlib.sha256(body).digest() + body)
    assert len(fresh().rows) == len(built.rows)


def test_unwritable_cache_does_not_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("no directory")
    monkeypatch.setenv("SOUL_CACHE_DIR", str(tmp_path / "file" / "below"))
    assert fresh().rows


def test_the_tables_that_lie_ready_are_those_of_the_grammar() -> None:
    grammar = tables.grammar_path().read_bytes()
    hint = "the grammar changed: run `make docs`"
    assert tables.ready_path().read_text(encoding="ascii") == tables.ready_text(grammar), hint


def test_ready_tables_need_neither_cache_nor_lark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "cache"
    monkeypatch.setenv("SOUL_CACHE_DIR", str(folder))
    monkeypatch.setattr(tables, "build", lambda grammar: pytest.fail("built"))
    assert fresh().rows
    assert not folder.exists()


def test_ready_tables_of_another_grammar_are_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    grammar = tmp_path / "soul.lark"
    grammar.write_bytes(tables.grammar_path().read_bytes() + b"// a change\n")
    (tmp_path / "soul.tables").write_bytes(tables.ready_path().read_bytes())
    monkeypatch.setattr(tables, "grammar_path", lambda: grammar)
    monkeypatch.setenv("SOUL_CACHE_DIR", str(tmp_path / "cache"))
    built = fresh()
    assert len(list((tmp_path / "cache").glob("grammar-*.tables"))) == 1
    monkeypatch.undo()
    assert built.rows == fresh().rows


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"made_from": 1}', "x"])
def test_broken_ready_tables_are_built_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str) -> None:
    (tmp_path / "soul.tables").write_text(content)
    monkeypatch.setattr(tables, "ready_path", lambda: tmp_path / "soul.tables")
    monkeypatch.setenv("SOUL_CACHE_DIR", str(tmp_path / "cache"))
    assert fresh().rows


def test_lark_is_not_imported_when_the_tables_lie_ready(cache: Path) -> None:
    program = (
        "import sys\n"
        "from soul.language.parser import parse_request\n"
        "from soul.language.source import SourceLine\n"
        "assert not parse_request([SourceLine('Print 1', 'P', 1)]).diagnostics\n"
        "assert 'lark' not in sys.modules\n"
    )
    root = Path(tables.__file__).parents[2]
    subprocess.run([sys.executable, "-c", program], check=True, cwd=root)
