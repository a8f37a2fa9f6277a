"""The parse tables: made by Lark from `grammar/soul.lark`, kept on disk, driven by `soul.language.machine`.

Lark takes 30 ms to import and 130 ms to build the tables, so `grammar/soul.tables` holds them ready (`make docs` writes
it). Whoever works on the grammar has a file that no longer fits: then the tables are built once and go to the user's
cache directory with `marshal` (which, unlike a pickle, cannot run anything when it is read back). A file that is
missing, broken, foreign or cannot be written only costs that time.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import marshal
import os
import stat
import sys
import tempfile
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from soul.language.places import cache_directory
from soul.language.words import RECORD_VERBS, RELATIONS, SCREEN_VERBS

START_SYMBOLS = ("statement", "expression", "image_line")
_FORMAT = 4

_NOT_WORDS = frozenset(
    [
        "NAME",
        "RWORD",
        "RCALL",
        "NAMED",
        "VAR",
        "FIELDVAR",
        "FUNC",
        "QUOTED",
        "NUMBER",
        "REL",
        "REST",
        "SELF",
        "CLASSOPEN",
        "ELLIPSIS",
        "LPAR",
        "RPAR",
        "COMMA",
        "COLON",
        "EQUAL",
        "PLUS",
        "MINUS",
        "STAR",
        "SLASH",
        "RECORD_VERB",
        "COUNT_VERB",
        "SCREEN_VERB",
        "$END",
    ]
)


class Rule(NamedTuple):
    """One production: the nonterminal it makes, how many symbols it takes, and the action that builds the node.

    `blanks` has an entry for each symbol place of the rule as written: True where an optional part is absent.
    """

    origin: str
    size: int
    action: str
    blanks: tuple[bool, ...]
    single: bool  # one child and no action of its own: the child is the value


class Tables:
    """What the parser runs on: an action row and a goto row for each state, the rules, the keywords."""

    __slots__ = ("ends", "gotos", "keywords", "rows", "rules", "starts")

    def __init__(
        self,
        rows: list[dict[str, int]],
        gotos: list[dict[str, int]],
        rules: list[Rule],
        starts: Mapping[str, int],
        ends: Mapping[str, int],
    ) -> None:
        """`rows[state][terminal]` is the next state for a shift, or -1 - rule for a reduction."""
        self.rows = rows
        self.gotos = gotos
        self.rules = rules
        self.starts = starts
        self.ends = ends
        words = {terminal: terminal for row in rows for terminal in row if terminal not in _NOT_WORDS}
        words.update({word: "REL" for word in RELATIONS if word.isalpha()})
        words.update(dict.fromkeys(RECORD_VERBS, "RECORD_VERB"))
        words.update(dict.fromkeys(SCREEN_VERBS, "SCREEN_VERB"))
        self.keywords: Mapping[str, str] = MappingProxyType(words)

    def accepts(self, states: list[int], terminal: str) -> bool:
        """Say whether a parser with this stack of states can really shift `terminal` (or end, for `$END`)."""
        rows = self.rows
        action = rows[states[-1]].get(terminal)
        if action is None:
            return False
        if action >= 0:
            return True
        stack = states.copy()
        while action is not None and action < 0:
            rule = self.rules[-1 - action]
            if rule.size:
                del stack[-rule.size :]
            goto = self.gotos[stack[-1]][rule.origin]
            stack.append(goto)
            if terminal == "$END" and len(stack) == 2 and goto in self.ends.values():
                return True
            action = rows[goto].get(terminal)
        return action is not None

    def acceptable(self, states: list[int]) -> list[str]:
        """Return every terminal that a parser with this stack can really take next."""
        return [terminal for terminal in self.rows[states[-1]] if self.accepts(states, terminal)]


@lru_cache(maxsize=1)
def tables() -> Tables:
    """Return the tables: those that lie ready, else those in the cache, else built from the grammar."""
    grammar = grammar_path().read_bytes()
    # A damaged file can hold anything at all: whatever it is, building again cures it.
    with contextlib.suppress(Exception):
        if (data := _ready(grammar)) is not None:
            return _tables(data)
    path = _cache_path(grammar)
    with contextlib.suppress(Exception):
        if (data := _load(path)) is not None:
            return _tables(data)
    data = build(grammar.decode("utf-8"))
    _save(path, data)
    return _tables(data)


def ready_path() -> Path:
    """Return where the tables lie ready: beside the grammar."""
    return grammar_path().with_suffix(".tables")


def ready_text(grammar: bytes) -> str:
    """Return the text of the file at `ready_path` for this grammar: what it was made from, then one line a state."""
    data = build(grammar.decode("utf-8"))
    data["rules"] = [
        (origin, size, action, "".join("1" if blank else "0" for blank in blanks), int(single))
        for origin, size, action, blanks, single in data["rules"]
    ]
    data["made_from"] = _key(grammar)
    parts = []
    for name in sorted(data):
        value = data[name]
        if isinstance(value, list):
            lines = ",\n".join(json.dumps(each, separators=(",", ":")) for each in value)
            parts.append(f'"{name}":[\n{lines}]')
        else:
            parts.append(f'"{name}":{json.dumps(value)}')
    return "{" + ",\n".join(parts) + "}\n"


def _ready(grammar: bytes) -> dict[str, Any] | None:
    data: dict[str, Any] = json.loads(ready_path().read_text(encoding="ascii"))
    if data["made_from"] != _key(grammar):
        return None
    data["rules"] = [
        (origin, size, action, tuple(blank == "1" for blank in blanks), bool(single))
        for origin, size, action, blanks, single in data["rules"]
    ]
    return data


def _key(grammar: bytes) -> str:
    """Return what tables made from `grammar` are known by. Which Lark makes them does not matter: a test compares."""
    key = hashlib.sha256(grammar.replace(b"\r\n", b"\n"))
    key.update(f"{_FORMAT}".encode())
    return key.hexdigest()[:32]


def grammar_path() -> Path:
    """Return where the grammar text is: beside the package in a checkout, inside it in a wheel."""
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "grammar", package.parent / "grammar"):
        if (folder / "soul.lark").is_file():
            return folder / "soul.lark"
    raise FileNotFoundError("grammar/soul.lark belongs to this package and is missing: install it again")


def build(grammar: str) -> dict[str, Any]:
    """Build the tables from grammar text. Returns plain dictionaries, lists, numbers and strings."""
    from lark import Lark
    from lark.lexer import Lexer as LarkLexer
    from lark.parsers.lalr_analysis import Shift

    class NoLexer(LarkLexer):
        """Keeps Lark from making a lexer of its own; ours feeds the tables directly."""

        __future_interface__ = 1

        def __init__(self, _conf: object) -> None:
            pass

        def lex(self, _lexer_state: object, _parser_state: object) -> Any:
            return iter(())

    lark = Lark(grammar, parser="lalr", lexer=NoLexer, start=list(START_SYMBOLS), maybe_placeholders=True)
    table: Any = lark.parser.parser._parse_table
    nonterminals = {str(rule.origin.name) for rule in lark.rules}
    states = _in_order(table)
    numbers = {state: number for number, state in enumerate(states)}
    rules: dict[Any, int] = {}
    rows: list[dict[str, int]] = []
    gotos: list[dict[str, int]] = []
    for state in states:
        row: dict[str, int] = {}
        goto: dict[str, int] = {}
        for symbol, (action, argument) in _symbols(table, state):
            if symbol in nonterminals:
                goto[symbol] = numbers[argument]
            elif action is Shift:
                row[symbol] = numbers[argument]
            else:
                row[symbol] = -1 - rules.setdefault(argument, len(rules))
        rows.append(row)
        gotos.append(goto)
    plain = [
        (
            str(rule.origin.name),
            len(rule.expansion),
            str(rule.alias or rule.origin.name),
            tuple(bool(blank) for blank in rule.options.empty_indices),
            rule.alias is None and rule.options.expand1 and len(rule.expansion) == 1,
        )
        for rule in rules
    ]
    return {
        "rows": rows,
        "gotos": gotos,
        "rules": plain,
        "starts": {name: numbers[table.start_states[name]] for name in START_SYMBOLS},
        "ends": {name: numbers[table.end_states[name]] for name in START_SYMBOLS},
    }


def _symbols(table: Any, state: int) -> list[tuple[str, tuple[Any, Any]]]:
    """Return the symbols of a state of Lark's, sorted: Lark's own order changes from run to run."""
    return sorted((str(symbol), move) for symbol, move in table.states[state].items())


def _in_order(table: Any) -> list[int]:
    """Return Lark's states in the order they are met from the start symbols on: its own numbers change too."""
    from lark.parsers.lalr_analysis import Reduce

    found = dict.fromkeys(table.start_states[name] for name in START_SYMBOLS)
    waiting = list(found)
    for state in waiting:
        for _, (action, argument) in _symbols(table, state):
            if action is not Reduce and argument not in found:
                found[argument] = None
                waiting.append(argument)
    return waiting


def _tables(data: dict[str, Any]) -> Tables:
    rules = [Rule(*rule) for rule in data["rules"]]
    rows, gotos = data["rows"], data["gotos"]
    for row in rows:  # every number must point somewhere, or a damaged file would fail in the middle of a parse
        if not all(-len(rules) <= action < len(rows) for action in row.values()):
            raise ValueError("damaged tables")
    if set(data["starts"]) != set(START_SYMBOLS) or len(gotos) != len(rows):
        raise ValueError("damaged tables")
    return Tables(rows, gotos, rules, data["starts"], data["ends"])


def _cache_path(grammar: bytes) -> Path | None:
    key = hashlib.sha256(f"{_key(grammar)} {sys.implementation.cache_tag} {sys.version}".encode())
    try:
        return cache_directory() / f"grammar-{key.hexdigest()[:32]}.tables"
    except OSError:  # no home directory
        return None


def _load(path: Path | None) -> dict[str, Any] | None:
    if path is None:
        return None
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            if hasattr(os, "getuid") and (status.st_uid != os.getuid() or status.st_mode & stat.S_IWOTH):
                return None  # somebody else's file
            content = file.read()
    except OSError:
        return None
    digest, body = content[:32], content[32:]
    if hashlib.sha256(body).digest() != digest:
        return None
    try:
        data = marshal.loads(body)
    except (ValueError, TypeError, EOFError):
        return None
    return data if isinstance(data, dict) else None


def _save(path: Path | None, data: dict[str, Any]) -> None:
    """Write the tables so that a reader never sees half a file; give up silently when that is impossible."""
    if path is None:
        return
    body = marshal.dumps(data)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".grammar-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(hashlib.sha256(body).digest() + body)
            os.replace(temporary, path)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
            raise
    except OSError:
        return


if __name__ == "__main__":
    ready_path().write_text(ready_text(grammar_path().read_bytes()), encoding="ascii", newline="\n")
