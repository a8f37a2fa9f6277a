"""What belongs to parts of SOUL that are not there: which part each statement is of, and the names it leaves behind.

A statement of such a part is refused once, by name. What follows from it (a use of its label, a field of its record, an
item of its screen, an object of its class) is not complained about again.

Source: m204wiki, Statement syntax.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from soul.language import nodes as n
from soul.language.tree import bodies
from soul.language.words import OTHER_SYSTEM_VERBS

RECORDS = "record processing"
SCREENS = "screens and menus"
CLASSES = "classes and structures written in SOUL"
COLLECTIONS = "collections"
SYSTEM_CLASSES = "system classes"
ENUMERATIONS = "enumerations"
OTHER_SYSTEMS = "Horizon and External calls"
DATA_SETS = "VSAM data sets"
IMAGES = "image items"
NUMBERS = "statement numbers"

_PLURAL = frozenset((SCREENS, CLASSES, COLLECTIONS, SYSTEM_CLASSES, ENUMERATIONS, OTHER_SYSTEMS, DATA_SETS, NUMBERS))
# Abbreviations, which are written in capitals; FOR RECORDS is `For n Records`.
_ABBREVIATIONS = frozenset(
    ("FD", "FDR", "FDWOL", "FPC", "FDV", "FR", "FRN", "FRV", "FEO", "FAO", "PAI", "AAI", "PAFGI", "AAFGI")
)
# Keywords of which the grammar sees the first words only.
_LONGER: Mapping[str, str] = MappingProxyType(
    {
        "PRINT ALL": "PRINT ALL INFORMATION",
        "AUDIT ALL": "AUDIT ALL INFORMATION",
        "FILE": "FILE RECORDS",
        "FOR ALL": "FOR ALL OCCURRENCES",
        "RELEASE ALL": "RELEASE ALL RECORDS",
        "TEST": "TEST RECEIPT",
        "FLUSH": "FLUSH PQO",
        "QUERY": "QUERY PROCESS",
        "SIGNAL": "SIGNAL PROCESS",
    }
)
_WORD = re.compile(r"[\w.@#$]+")


def title_of(keyword: str) -> str:
    """Return a keyword as messages write it: Find, For Each Record, FD."""
    keyword = "FOR EACH" if keyword.startswith("FOR EACH %") else _LONGER.get(keyword, keyword)
    words = [word if word in _ABBREVIATIONS else word.capitalize() for word in keyword.split()]
    if words[:1] == ["For"] and words[1:] and words[1] in ("Records", "Values"):
        words.insert(1, "n")
    return " ".join(words)


def part_of(keyword: str) -> str:
    """Return the part of SOUL that a record statement's keyword belongs to."""
    first, _, second = keyword.partition(" ")
    if second.startswith("EACH %"):
        return COLLECTIONS
    # The grammar reads the verbs of other systems like those of records.
    return OTHER_SYSTEMS if second == "PROCESS" or first in OTHER_SYSTEM_VERBS else RECORDS


def belongs(what: str, part: str) -> str:
    """Return the sentence that refuses `what`."""
    verb = "are" if part in _PLURAL else "is"
    return f"{what} belongs to {part}, which {verb} not supported"


@dataclass(slots=True)
class RefusedNames:
    """The names that refused statements of a request define.

    `labels` are those of record statements, `screens` screens and menus, `types` classes and structures, `enumerations`
    enumerations; `classes` are system classes that a declaration was refused for. `has_records` says whether the
    request processes records at all: then a word that is nothing else is a field.
    """

    labels: set[str] = field(default_factory=set)
    screens: set[str] = field(default_factory=set)
    types: set[str] = field(default_factory=set)
    enumerations: set[str] = field(default_factory=set)
    classes: set[str] = field(default_factory=set)
    has_records: bool = False

    def collect(self, body: n.Body) -> None:
        """Take in the names that the statements of `body`, and of the blocks in it, define."""
        for statement in body:
            if isinstance(statement, n.RecordStatement):
                self.has_records = True
                self.labels.update(label.name for label in statement.labels)
            elif isinstance(statement, n.ScreenStatement) and statement.keyword in ("SCREEN", "MENU"):
                self._name(self.screens, statement.text)
            elif isinstance(statement, n.ClassBlock):
                self._name(self.enumerations if statement.keyword == "ENUMERATION" else self.types, statement.name)
            for inner in bodies(statement):
                self.collect(inner)

    def _name(self, names: set[str], text: str) -> None:
        found = _WORD.search(text)
        if found is not None:
            names.add(found[0].upper())

    def is_screen(self, target: n.Expr) -> bool:
        """Say whether `target` before a colon is a screen or a menu: `%screen:item`."""
        return isinstance(target, n.Variable) and not target.groups and target.name[1:].upper() in self.screens
