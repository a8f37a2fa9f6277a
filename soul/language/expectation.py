"""What a user should have written: the acceptable terminals of a stuck parser, in words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from soul.language.complaints import SyntaxRefusal
from soul.language.lexer import END, Token
from soul.language.nearest import nearest_names
from soul.language.tables import Tables

_OPERANDS = frozenset(
    [
        "VAR",
        "FIELDVAR",
        "FUNC",
        "QUOTED",
        "NUMBER",
        "SELF",
        "CLASSOPEN",
        "LPAR",
        "NAME",
        "RCALL",
        "COUNT",
        "VALUE",
        "OCCURRENCE",
        "PLUS",
        "MINUS",
        "NOT",
        "LIST",
        "NAMED",
    ]
)
_TYPES = frozenset(
    [
        "FLOAT",
        "FIXED",
        "STRING",
        "LONGSTRING",
        "UNICODE",
        "BOOLEAN",
        "ENUMERATION",
        "OBJECT",
        "STRUCTURE",
        "COLLECTION",
        "BINARY",
        "PACKED",
        "ZONED",
        "EXPONENTIAL",
        "NAME",
        "RWORD",
    ]
)
_CLAUSES = frozenset(
    [
        "LEN",
        "DP",
        "ARRAY",
        "INITIAL",
        "DEFAULT",
        "NO",
        "AUTO",
        "GLOBAL",
        "SESSION",
        "STATIC",
        "COMMON",
        "READONLY",
        "INPUT",
        "OUTPUT",
        "INPUTOUTPUT",
        "INOUT",
        "COPY",
        "NOCOPY",
        "OPTIONAL",
        "NAMEREQUIRED",
        "NAMEALLOWED",
        "ALLOWNULL",
        "OCCURS",
        "DEPENDING",
        "AFTER",
        "JUSTIFY",
        "PAD",
        "STRIP",
        "NOSTRIP",
        "SIGNED",
        "UNSIGNED",
        "BITS",
    ]
)
# (words, terminals that must all be acceptable, terminals these words stand for); the first fitting ones win.
_GROUPS: tuple[tuple[str, frozenset[str], frozenset[str]], ...] = (
    ("an operand", frozenset({"VAR", "QUOTED", "LPAR", "NAME"}), _OPERANDS),
    ("a %variable", frozenset({"VAR", "FIELDVAR", "CLASSOPEN"}), _OPERANDS),
    ("a type", frozenset({"FLOAT", "STRING"}), _TYPES),
    ("a name", frozenset({"NAME", "RWORD"}), frozenset({"NAME", "RWORD"})),
)
_TAIL_GROUPS: tuple[tuple[str, frozenset[str], frozenset[str]], ...] = (
    ("a clause", frozenset({"LEN", "DP"}), _CLAUSES),
    ("a comparison", frozenset({"REL"}), frozenset({"REL", "EQUAL", "IS", "LIKE", "NOT"})),
    ("an operator", frozenset({"PLUS", "STAR"}), frozenset({"PLUS", "MINUS", "STAR", "SLASH"})),
    # Where With may stand, an operand may follow without it; naming both would say the same twice.
    (
        "With",
        frozenset({"WITH"}),
        frozenset({"WITH", "VAR", "FIELDVAR", "FUNC", "QUOTED", "NUMBER", "SELF", "CLASSOPEN"}),
    ),
)
_WORDS: Mapping[str, str] = MappingProxyType(
    {
        END: "the end of the line",
        "LPAR": "`(`",
        "RPAR": "`)`",
        "COMMA": "`,`",
        "COLON": "`:`",
        "EQUAL": "`=`",
        "PLUS": "`+`",
        "MINUS": "`-`",
        "STAR": "`*`",
        "SLASH": "`/`",
        "SELF": "`@`",
        "ELLIPSIS": "`...`",
        "CLASSOPEN": "`%(`",
        "VAR": "a %variable",
        "FIELDVAR": "a %%variable",
        "FUNC": "a $function",
        "QUOTED": "quoted text",
        "NUMBER": "a number",
        "NAME": "a name",
        "RWORD": "a name",
        "REST": "text",
        "FS": "FS",
        "DP": "Dp",
        "ELSEIF": "ElseIf",
        "TOUPPER": "ToUpper",
        "FIELDSAVE": "FieldSave",
    }
)
_MOST = 5
_COMPARING = re.compile("EQ|NE|LT|LE|GT|GE|IS|LIKE|AND|OR|NOR|[=<>^¬]+", re.I)  # m204wiki, Implicit concatenation
# Named last, as they are possible nearly everywhere.
_FAINT = ("ALL", "EACH", "COLON", "LPAR", "ELLIPSIS", "AND", "OR", "NOR", "AT")


def expected_words(terminals: Iterable[str]) -> str:
    """Return at most five descriptions of what may come next, joined by commas and "or"."""
    left = list(terminals)
    words: list[str] = []
    tail: list[str] = []
    for groups, target in ((_GROUPS, words), (_TAIL_GROUPS, tail)):
        for text, needed, covered in groups:
            if needed <= set(left) and not (text == "a %variable" and "WITH" in left):
                target.append(text)
                left = [terminal for terminal in left if terminal not in covered]
    faint = [terminal for terminal in _FAINT if terminal in left]
    plain = [terminal for terminal in left if terminal not in faint]
    words += [_word(terminal) for terminal in sorted(plain, key=lambda terminal: terminal == END)]
    words += tail + [_word(terminal) for terminal in faint]
    unique = list(dict.fromkeys(words))[:_MOST]
    if len(unique) > 1:
        return ", ".join(unique[:-1]) + " or " + unique[-1]
    return unique[0] if unique else "nothing more"


def found_word(token: Token) -> str:
    """Return how a message names the token."""
    if token.type != END:
        return f"`{token.text}`"
    rest = token.line.text[token.end :].strip()  # of a brace expression
    return f"`{rest[0]}`" if rest else "the end of the line"


def nearest(word: str, candidates: Iterable[str]) -> str:
    """Return "did you mean" with the candidate nearest to `word`, or an empty text when none is near."""
    close = nearest_names(word, candidates, cutoff=0.65)
    return f"did you mean {_word(close[0].upper())}?" if close else ""


def unexpected(table: Tables, states: list[int], values: list[Any], token: Token) -> SyntaxRefusal:
    """Return the refusal for `token`, which the parser with these stacks cannot take."""
    row = table.rows[states[-1]]
    if "IF" in row and "STOP" in row and token.type not in (END, "VAR"):
        return _unknown_statement(table, states, token)
    acceptable = table.acceptable(states)
    opening = values[0] if values else None
    if "THEN" in acceptable and isinstance(opening, Token) and opening.type in ("IF", "ELSEIF"):
        return SyntaxRefusal("SOUL.1004", token.at, _hint(token, ["THEN"]))
    if acceptable == ["OF"] and not (len(values) > 1 and getattr(values[-2], "type", "") == "COLLECTION"):
        name: Token = values[-1]
        types = [word for word in _TYPES if word in table.keywords]
        return SyntaxRefusal("SOUL.1025", name.at, _hint(name, types), found=name.text)
    expected = expected_words(acceptable)
    if token.type == END and not token.line.text[token.end :].strip():
        return SyntaxRefusal("SOUL.1005", token.at, expected=expected)
    hint = _hint(token, [terminal for terminal in acceptable if terminal in table.keywords])
    if "WITH" in acceptable and "REL" not in acceptable and _COMPARING.fullmatch(token.text):
        hint = "a comparison that gives a value stands in parentheses"
    elif "WITH" in acceptable and token.type == "LPAR":
        hint = "With joins texts with what stands in parentheses"
    if (
        not hint
        and token.type == "NAME"
        and "VAR" in acceptable
        and "NAME" not in acceptable
        and "WITH" not in acceptable
    ):
        hint = f"a %variable begins with a percent sign: %{token.text}"
    return SyntaxRefusal("SOUL.1002", token.at, hint, expected=expected, found=found_word(token))


def _unknown_statement(table: Tables, states: list[int], token: Token) -> SyntaxRefusal:
    text = token.line.text
    if token.type in ("NAME", "RWORD") and text[token.end :].lstrip().startswith("="):
        hint = f"a %variable begins with a percent sign: %{token.text}"
    else:
        row = table.rows[states[-1]]
        verbs = [word for word, terminal in table.keywords.items() if terminal in row]
        hint = _hint(token, [*verbs, "END"])
    return SyntaxRefusal("SOUL.1001", token.at, hint, found=token.text)


def _hint(token: Token, candidates: Iterable[str]) -> str:
    if token.type not in ("NAME", "RWORD"):
        return ""
    return nearest(token.text, [word for word in candidates if word.isalpha()])


_SPELLING = (
    "PrintText",
    "AuditText",
    "TraceText",
    "SetText",
    "ReturnText",
    "ElseIf",
    "SirFact",
    "FieldSave",
    "ToUpper",
)
_SPELLINGS: Mapping[str, str] = MappingProxyType({word.upper(): word for word in _SPELLING})


def _word(terminal: str) -> str:
    return _WORDS.get(terminal) or _SPELLINGS.get(terminal) or terminal.capitalize()
