"""The parameters that RESET, VIEW and UTABLE know, with their documented defaults and ranges.

Sources: m204wiki, the page of each parameter; RESET command; VIEW command; UTABLE command.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from soul.runtime.centuries import base_century
from soul.runtime.thread import Thread


class Scope(Enum):
    """Who owns a parameter: the user (RESET), the user's server tables (UTABLE), the system (settings only)."""

    USER = "user"
    TABLE = "table"
    SYSTEM = "system"
    VIEW = "view"  # shown, never set


@dataclass(frozen=True, slots=True)
class ParameterRow:
    """One parameter. Numbers have a range; a text parameter has `low` above `high`."""

    name: str
    default: int | str
    low: int
    high: int
    scope: Scope
    description: str
    mask: bool = False  # shown as X'..'
    excludes: tuple[str, ...] = ()  # the parameters that setting this one unsets
    unset: str = ""  # what VIEW shows while the value is UNSET

    def parse(self, text: str, present: int | str) -> int | str:
        """Return the new value that `text` asks for; relative forms `n+`, `n-`, `n%` change a table's size.

        Raises ValueError with a text fit for users.
        """
        if isinstance(self.default, str):
            return text
        value = _number(text, present if isinstance(present, int) else 0, relative=self.scope is Scope.TABLE)
        if value is None:
            raise ValueError(f"{self.name}={text} IS NOT A NUMBER")
        if not self.low <= value <= self.high:
            raise ValueError(f"{self.name}={text} IS OUT OF RANGE {self.low} TO {self.high}")
        return value

    def changes(self, value: int | str) -> dict[str, int | str]:
        """Return what setting this parameter changes: itself, and those it excludes."""
        return {self.name: value, **dict.fromkeys(self.excludes, UNSET)}

    def show(self, value: int | str) -> str:
        """Return a value as VIEW displays it."""
        if value == UNSET and self.unset:
            return self.unset
        return f"X'{value:02X}'" if self.mask and isinstance(value, int) else str(value)


def _number(text: str, present: int, *, relative: bool) -> int | None:
    upper = text.upper()
    try:
        if upper.startswith("X'") and upper.endswith("'"):
            return int(upper[2:-1], 16)
        if relative and upper.endswith("+"):
            return present + int(upper[:-1])
        if relative and upper.endswith("-"):
            return present - int(upper[:-1])
        if relative and upper.endswith("%"):
            return present * int(upper[:-1]) // 100
        return int(upper)
    except ValueError:
        return None


_HUGE = 2_147_483_647
COMPOPT = 0x05  # documented 0: mixed case unless a request asks for Sirius Case Leave (our choice)
UNSET = -1  # the value of a parameter that has none yet


def _user(name: str, default: int, low: int, high: int, description: str, mask: bool = False) -> ParameterRow:
    return ParameterRow(name, default, low, high, Scope.USER, description, mask)


def _system(name: str, default: int, low: int, high: int, description: str, mask: bool = False) -> ParameterRow:
    return ParameterRow(name, default, low, high, Scope.SYSTEM, description, mask)


def _table(name: str, default: int, description: str, high: int = _HUGE) -> ParameterRow:
    return ParameterRow(name, default, 0, high, Scope.TABLE, description)


_ROWS = (
    _user("DEBUGUL", 0, 0, 255, "SOUL DEBUGGING OPTIONS", True),
    _user("ERMX", 30, -1, 65535, "MAXIMUM NUMBER OF ERRORS"),
    _user("ERRMSGL", 80, 80, 256, "MAXIMUM LENGTH OF ERROR MESSAGE SAVED"),
    _user("EVALOPT", 0, 0, 7, "EVALUATION OPTIONS", True),
    _user("HDRCTL", 0, 0, 15, "HEADER CONTROL", True),
    _user("INCCC", 0, 0, 255, "INPUT CONTINUATION COLUMN"),  # documented 72; 0 for text files (our choice)
    _user("MSGCTL", 0, 0, 7, "MESSAGE CONTROL", True),
    _user("OUTCCC", 0, 0, 32767, "OUTPUT CONTINUATION COLUMN"),
    _user("OUTLPP", 0, -1, 32767, "OUTPUT LINES PER PAGE"),  # documented 56; 0 for text streams (our choice)
    _user("OUTMRL", 0, 0, 32767, "OUTPUT MAXIMUM RECORD LENGTH"),  # 0: lines are unlimited (our choice)
    _user("SUB", 5, 0, 5, "DUMMY STRING SUBSTITUTION"),
    _user("VDP", 0, 0, 15, "DEFAULT DECIMAL PLACES OF VARIABLES"),
    _user("VLEN", 20, 1, 255, "DEFAULT LENGTH OF STRING VARIABLES"),
    ParameterRow("VTYPE", "STRING", 1, 0, Scope.USER, "DEFAULT TYPE OF VARIABLES"),
    ParameterRow("ERCNT", 0, 0, _HUGE, Scope.VIEW, "ERROR COUNT"),
    ParameterRow("USERID", "", 1, 0, Scope.VIEW, "USER ID"),
    ParameterRow("ACCOUNT", "", 1, 0, Scope.VIEW, "ACCOUNT"),
    ParameterRow("USRNUM", 0, 0, _HUGE, Scope.VIEW, "USER NUMBER"),
    ParameterRow("CENTSPLT", UNSET, 0, 99, Scope.USER, "CENTURY YEAR SPLIT", excludes=("DEFCENT",), unset="NONE"),
    ParameterRow("DEFCENT", UNSET, 0, 99, Scope.USER, "DEFAULT CENTURY", excludes=("CENTSPLT",), unset="NONE"),
    ParameterRow("BASECENT", UNSET, 0, 99, Scope.VIEW, "CENTSPLT BASE CENTURY", unset="NONE"),
    _system("COMPOPT", COMPOPT, 0, 15, "COMPILER OPTIONS", True),
    ParameterRow("CUSTOM", "", 1, 0, Scope.SYSTEM, "SPECIAL MODIFICATIONS, 1 AND 3 HAVE EFFECT"),
    _system("LIBUFF", 255, 80, 32767, "LENGTH OF INPUT BUFFER"),
    _system("LOBUFF", 255, 80, 32767, "LENGTH OF OUTPUT BUFFER"),
    _system("MAXINCL", 5, 5, 40, "MAXIMUM NESTED INCLUDES"),
    # Documented 0: pages are not compressed until it is set; $Deflate fails only when it was set to 0 (our choice).
    ParameterRow("NCMPBUF", UNSET, 0, 32767, Scope.SYSTEM, "COMPRESSION BUFFERS, 0 FOR NO COMPRESSION", unset="0"),
    _system("NORQS", 5, 0, 32767, "NUMBER OF SAVED REQUESTS"),
    _system("SIRFACT", 0, 0, 255, "SIRFACT OPTIONS", True),
    _system("SOCKMAX", 10, 2, 88, "MAXIMUM NUMBER OF SOCKETS OF A USER"),
    _system("WEBDFLT", 0, 0, 1, "DEFAULT RULES OF WEB PORTS WITHOUT SSL", True),
    _table("HTLEN", 132, "MAXIMUM LENGTH OF HEADER OR TRAILER", 32767),
    _table("LECHO", 500, "LENGTH OF ECHO TABLE"),
    _table("LFSCB", 0, "LENGTH OF FULL SCREEN BUFFER TABLE"),
    _table("LFTBL", 1000, "LENGTH OF FILE GROUP TABLE"),
    _table("LGTBL", 288, "LENGTH OF GLOBAL VARIABLE TABLE"),
    _table("LHEAP", 0, "LENGTH OF HEAP"),
    _table("LITBL", 0, "LENGTH OF DUMMY STRING TABLE"),
    _table("LNTBL", 50, "ENTRIES IN NAME TABLE"),
    _table("LPDLST", 2600, "LENGTH OF PUSH DOWN LIST"),
    _table("LQTBL", 400, "ENTRIES IN QUAD TABLE"),
    _table("LSTBL", 600, "LENGTH OF CHARACTER STRING TABLE"),
    _table("LTTBL", 50, "ENTRIES IN TEMPORARY WORK PAGE LIST"),
    _table("LVTBL", 50, "ENTRIES IN VARIABLE TABLE"),
    _table("LXTBL", 1000, "LENGTH OF RECORD SECURITY TABLE"),
    _table("MAXHDR", 5, "MAXIMUM NUMBER OF HEADER LINES", 32767),  # default and range not readable (our choice)
    _table("MAXTRL", 5, "MAXIMUM NUMBER OF TRAILER LINES", 32767),
)


class ParameterTable:
    """The rows by name."""

    def __init__(self, rows: tuple[ParameterRow, ...]) -> None:
        self._rows = {row.name: row for row in rows}

    def get(self, name: str) -> ParameterRow | None:
        """Return the parameter called `name` (any case), or None."""
        return self._rows.get(name.upper())

    def __iter__(self) -> Iterator[ParameterRow]:
        return iter(self._rows.values())

    def defaults(self) -> dict[str, int | str]:
        """Return the default of every parameter that is not view-only."""
        return {row.name: row.default for row in self if row.scope is not Scope.VIEW}


PARAMETERS = ParameterTable(_ROWS)


def _centuries(thread: Thread) -> dict[str, int | str]:
    """Return BASECENT, and DEFCENT where neither it nor CENTSPLT was set: the present century."""
    today = thread.clock().date()
    split = thread.parameters.number("CENTSPLT", UNSET)
    if split != UNSET:
        return {"BASECENT": base_century(today, split)}
    return {} if thread.parameters.number("DEFCENT", UNSET) != UNSET else {"DEFCENT": today.year // 100}


def view_parameter(thread: Thread, name: str) -> str | None:
    """Return a parameter as VIEW shows it, or None for an unknown one."""
    row = PARAMETERS.get(name)
    if row is None:
        return None
    special: dict[str, int | str] = {
        "ERCNT": thread.error_count,
        "USERID": thread.userid,
        "ACCOUNT": thread.account,
        "USRNUM": thread.number,
        **_centuries(thread),
    }
    value = special.get(row.name)
    return row.show(thread.parameters.get(row.name, row.default) if value is None else value)
