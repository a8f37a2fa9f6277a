"""The LALR machine: runs Lark's tables over the tokens of one logical line and builds the node.

Every rule has one action (a function of the children in `expression_actions`, `statement_actions` or
`declaration_actions`), called at the moment of the reduction, so no intermediate tree is built.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Literal, TypeAlias

from soul.language import expression_actions, statement_actions
from soul.language.complaints import SyntaxRefusal
from soul.language.expectation import expected_words, found_word, nearest, unexpected
from soul.language.lexer import END, Token, tokens
from soul.language.logical import LogicalLine
from soul.language.tables import Tables, tables

StartSymbol: TypeAlias = Literal["statement", "expression", "image_line"]
_Action: TypeAlias = Callable[[list[Any]], Any]

# Parentheses, calls and Not inside each other. A later phase walks the tree by recursion, which needs a bound.
NESTING_LIMIT = 100
_STACK_LIMIT = 1200

__all__ = ["Machine", "expected_words", "found_word", "machine", "nearest"]


class Machine:
    """Parses one line, or a part of one, from one of the start symbols. Stateless: threads may share it."""

    def __init__(self, table: Tables) -> None:
        self._tables = table
        self._actions: list[tuple[int, str, _Action | None, tuple[bool, ...] | None]] = []
        for rule in table.rules:
            action = None if rule.single else _action(rule.action)
            blanks = rule.blanks if any(rule.blanks) else None
            self._actions.append((rule.size, rule.origin, action, blanks))
        self._leaps: list[dict[tuple[str, str], int]] = [{} for _ in table.rows]

    @property
    def keywords(self) -> Mapping[str, str]:
        """Every word that can be a keyword somewhere."""
        return self._tables.keywords

    def parse(
        self, start: StartSymbol, line: LogicalLine, begin: int = 0, end: int | None = None, fold_case: bool = True
    ) -> Any:
        """Return the node for `line.text[begin:end]`. Raises SyntaxRefusal, also for nesting beyond the limit."""
        table = self._tables
        rows, actions, leaps = table.rows, self._actions, self._leaps
        end_state = table.ends[start]
        states = [table.starts[start]]
        values: list[Any] = []
        depth = 0
        for token in tokens(table, states, line, begin, len(line.text) if end is None else end, fold_case):
            kind = token.type
            while True:
                action = rows[states[-1]].get(kind)
                if action is None:
                    raise unexpected(table, states, values, token)
                if action >= 0:
                    states.append(action)
                    values.append(token)
                    break
                size, origin, build, blanks = actions[-1 - action]
                if build is not None:
                    if size:
                        children = values[-size:]
                        del values[-size:]
                        del states[-size:]
                    else:
                        children = []
                    if blanks is not None:
                        children = _with_blanks(children, blanks)
                    values.append(build(children))
                else:
                    states.pop()
                below = states[-1]
                goto = leaps[below].get((origin, kind), -1)
                if goto < 0:
                    goto = self._leap(below, origin, kind)
                states.append(goto)
                if kind == END and goto == end_state and len(states) == 2:
                    return values[0]
            if kind in ("LPAR", "NOT"):
                depth += 1
                if depth > NESTING_LIMIT and _nesting(values) > NESTING_LIMIT:
                    raise _too_deep(token)
            elif len(states) > _STACK_LIMIT:
                raise _too_deep(token)
        raise AssertionError("tokens() ends with $END")  # pragma: no cover

    def _leap(self, below: int, origin: str, kind: str) -> int:
        """Return the state after `origin` was put upon the state `below`, with a token of this kind to come.

        The levels of precedence that only pass a value on are gone through once and remembered: there are eight above
        every operand.
        """
        table = self._tables
        known = (origin, kind)
        while True:
            goto = table.gotos[below][origin]
            action = table.rows[goto].get(kind, 0)
            if action >= 0 or self._actions[-1 - action][2] is not None:
                break
            if kind == END and goto in table.ends.values():
                break
            origin = self._actions[-1 - action][1]
        self._leaps[below][known] = goto
        return goto


def _nesting(values: list[Any]) -> int:
    return sum(1 for value in values if isinstance(value, Token) and value.type in ("LPAR", "NOT"))


def _too_deep(token: Token) -> SyntaxRefusal:
    return SyntaxRefusal(
        "SOUL.1019",
        token.at,
        "assign a part of it to a %variable first",
        limit=NESTING_LIMIT,
        what="parts inside one another",
    )


def _with_blanks(children: list[Any], blanks: tuple[bool, ...]) -> list[Any]:
    """Put None where an optional part is absent: `blanks` marks those among the places of the rule."""
    following = iter(children)
    return [None if blank else next(following) for blank in blanks] + list(following)


def _action(name: str) -> _Action:
    for module in (expression_actions, statement_actions):
        action: _Action | None = module.ACTIONS.get(name)
        if action is not None:
            return action
    raise LookupError(f"grammar/soul.lark names an action that does not exist: {name}")


@lru_cache(maxsize=1)
def machine() -> Machine:
    """Return the machine, made on first use."""
    return Machine(tables())
