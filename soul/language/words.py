"""Sets of words that the grammar does not spell out one by one."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

# m204wiki, Request composition rules; COUNT, VALUE and OCCURRENCE stay usable as names, see LOOKAHEAD.
RESERVED = frozenset(
    [
        "AFTER",
        "ALL",
        "AND",
        "AT",
        "BEFORE",
        "BY",
        "EACH",
        "EDIT",
        "EQ",
        "FROM",
        "GE",
        "GT",
        "IN",
        "IS",
        "LE",
        "LIKE",
        "LT",
        "NE",
        "NOR",
        "NOT",
        "OCC",
        "OR",
        "RECORD",
        "RECORDS",
        "TAB",
        "THEN",
        "TO",
        "WHERE",
        "WITH",
    ]
)

# Horizon and External calls.
OTHER_SYSTEM_VERBS = (
    "EXTERNAL",
    "SEND",
    "RECEIVE",
    "CONFIRM",
    "CONFIRMED",
    "FLUSH",
    "QUERY",
    "SIGNAL",
    "INVITE",
    "TEST",
    "TRANSFER",
)

RECORD_VERBS = frozenset(
    [
        "FIND",
        "FD",
        "FDR",
        "FDWOL",
        "FPC",
        "FDV",
        "FR",
        "FRN",
        "FRV",
        "FEO",
        "STORE",
        "ADD",
        "INSERT",
        "CHANGE",
        "DELETE",
        "UPDATE",
        "SORT",
        "NOTE",
        "COMMIT",
        "BACKOUT",
        "PLACE",
        "REMOVE",
        "FILE",
        "PAI",
        "AAI",
        "RESERVE",
        "DEQUEUE",
        "FAO",
        "PAFGI",
        "AAFGI",
        "REMEMBER",
        "OPENC",
        *OTHER_SYSTEM_VERBS,
    ]
)
SCREEN_VERBS = frozenset(["SCREEN", "MENU", "TITLE", "PROMPT", "REREAD", "TAG", "MODIFY"])

# $functions that people look for and that the public list does not have: m204wiki, List of $functions.
OTHER_FUNCTIONS: Mapping[str, str] = MappingProxyType(
    {
        "$SQUEEZE": "$Unblank",
        "$UNPAD": "$Deblank or $Strip",
        "$TRIM": "$Deblank",
        "$TRANSLATE": "$Lstr_Translate",
        "$NUM": "$Vnum",
        "$INT": "$Parse(%x, '.') for the whole part",
        "$RND": "$Random",
        "$SIR_USER": "$User or $Userid",
        "$PAUSE": "the statement Pause",
        "$HASH": "$Hsh",
        "$USERPRV": "$UsrPriv",
        "$LISTPROC": "$Proc_List",
        "$REX_MATCH": "$RegexMatch",
        "$LEFT": "$Substr(%x, 1, n), or %x:left(n)",
        "$RIGHT": "%x:right(n)",
    }
)

RELATIONS: Mapping[str, str] = MappingProxyType(
    {
        "EQ": "=",
        "NE": "!=",
        "GT": ">",
        "GE": ">=",
        "LT": "<",
        "LE": "<=",
        ">": ">",
        "<": "<",
        ">=": ">=",
        "<=": "<=",
        "¬=": "!=",
        "^=": "!=",
        "\\=": "!=",
        "/=": "!=",
        "!=": "!=",
        "<>": "!=",
    }
)
