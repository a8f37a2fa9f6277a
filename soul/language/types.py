"""The types of variables, as the compiler sees them.

Source: m204wiki, Using variables and values in computation; Longstrings; Enumerations; Object variables.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["float", "fixed", "string", "longstring", "unicode", "boolean", "object", "exception", "image"]

MAX_STRING = 255  # m204wiki, Longstrings
MAX_DECIMALS = 9  # digits a 4-byte integer holds
MAX_ARRAY = 16_000_000  # elements of one array (our choice)
NUMBER_TEXT = 25  # no number prints longer

EXCEPTIONS: dict[str, str] = {
    name.upper(): name
    for name in (
        "CharacterTranslationException",
        "InvalidHexData",
        "InvalidBase64Data",
        "InvalidRegex",
        "InvalidSortSpecification",
        "InvalidValue",
        "ItemNotFound",
        "ItemNotPresent",
        "InvalidJsonType",
        "JsonParseError",
        "JsonCircularReference",
        "XmlParseError",
        "XPathError",
        "FormFieldNotFound",
        "InvalidPemData",
        "RecordLockingConflict",
        "UnknownStatement",
        "DaemonLost",
        "NotJanusConnection",
    )
}
"""The documented exception classes: m204wiki, Exceptions."""

UNKNOWN_CLASS = "?"
"""The class name of a variable whose declaration was refused: nothing more is said about it."""

DOCUMENTED_CLASSES = frozenset(
    [
        "ARRAYLIST",
        "DAEMON",
        "DATASET",
        "DATETIME",
        "EMAIL",
        "FLOATNAMEDARRAYLIST",
        "FTPSERVER",
        "HTTPREQUEST",
        "HTTPRESPONSE",
        "JSON",
        "LDAP",
        "NAMEDARRAYLIST",
        "OBJECT",
        "RANDOMNUMBERGENERATOR",
        "RECORD",
        "RECORDLIST",
        "RECORDSET",
        "RECORDSETCURSOR",
        "REGEX",
        "SCREEN",
        "SCREENFIELD",
        "SELECTIONCRITERION",
        "SOCKET",
        "SORTEDRECORDSET",
        "SORTORDER",
        "STRINGLIST",
        "STRINGTOKENIZER",
        "SUBSYSTEM",
        "SYSTEM",
        "UNICODENAMEDARRAYLIST",
        "USER",
        "XMLDOC",
        "XMLNODE",
        "XMLNODELIST",
    ]
)
"""Classes of the documentation: one that the library lacks is refused as not supported, not as unknown."""


@dataclass(frozen=True, slots=True)
class SoulType:
    """A declared type; `class_name` is the documented spelling for objects, upper case for the rest."""

    kind: Kind
    length: int = 0
    decimals: int = 0
    class_name: str = ""
    places: int | None = None  # of a String declared with Dp n: numbers assigned to it are rounded to n places

    @property
    def is_text(self) -> bool:
        """Say whether values are strings."""
        return self.kind in ("string", "longstring", "unicode")

    @property
    def is_number(self) -> bool:
        """Say whether values are floats."""
        return self.kind in ("float", "fixed")

    def default(self) -> str | float | None:
        """Return the starting value."""
        if self.is_text:
            return ""
        return 0.0 if self.is_number else None

    def __str__(self) -> str:
        if self.kind == "string":
            return f"String Len {self.length}" + (f" Dp {self.places}" if self.places is not None else "")
        if self.kind == "fixed":
            return f"Fixed Dp {self.decimals}"
        if self.kind in ("object", "exception"):
            return f"Object {self.class_name}"
        return self.kind.capitalize()


FLOAT = SoulType("float")
LONGSTRING = SoulType("longstring")
UNICODE = SoulType("unicode")
BOOLEAN = SoulType("boolean")
