"""File and record $functions: what they say about open files, fields and the current record.

Records are another layer's work: it puts a `FileFacts` under `FILES`. A thread without one has no files and no record.
Source: m204wiki, SOUL $functions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from soul.runtime.functions.lists import add_lines
from soul.runtime.functions.registry import Family
from soul.runtime.slots import Slot
from soul.runtime.thread import Thread

FAMILY = Family("files")

NO_RECORD = -1


@dataclass(frozen=True)
class Violation:
    """The last constraint violation of a thread; the defaults mean that there was none."""

    file: str = ""
    field: str = ""
    record: int = NO_RECORD
    status: int = 0
    statement: str = ""
    original_value: str = ""
    value: str = ""
    duplicate_record: int = NO_RECORD


@dataclass(frozen=True)
class FieldFacts:
    """A field of the current file."""

    attributes: str
    length: int
    occurs: int


class FileFacts(Protocol):
    """Open files and the current record, as $functions see them."""

    def is_open(self, name: str) -> bool:
        """Whether a file or group is open."""

    def close(self, name: str) -> bool:
        """Close a file or group; False when that is not possible."""

    def field(self, name: str) -> FieldFacts | None:
        """Return a field of the current file, or None."""

    def values(self, field: str) -> Sequence[str]:
        """Return the values of a field in the current record."""

    @property
    def file(self) -> str:
        """The file of the current record, or null."""

    @property
    def record(self) -> int:
        """The number of the current record, -1 for none."""

    @property
    def fieldgroup(self) -> tuple[int, int]:
        """Id and occurrence of the current field group, 0 and 0 for none."""

    @property
    def violation(self) -> Violation:
        """The last constraint violation."""


FILES: Slot[FileFacts] = Slot("files")


def _violation(thread: Thread) -> Violation:
    facts = thread.slots.get(FILES)
    return Violation() if facts is None else facts.violation


@FAMILY.function("$Context", page="$Context")
def context(thread: Thread, name: str = "") -> int:
    """Say whether a name is that of an open file or group.

    Arguments: name.
    Result: 1 or 0.
    Example: $Context('NOFILE') -> 0
    Page: m204wiki, $Context
    """
    facts = thread.slots.get(FILES)
    return int(facts is not None and facts.is_open(name.strip().upper()))


@FAMILY.function("$ItsOpen", page="$ItsOpen")
def itsopen(thread: Thread, name: str = "") -> int:
    """Say whether a file is open.

    Arguments: name.
    Result: 1 or 0.
    Example: $ItsOpen('NOFILE') -> 0
    Page: m204wiki, $ItsOpen
    """
    return context(thread, name)


@FAMILY.function("$Close", page="$Close")
def close(thread: Thread, name: str = "") -> int:
    """Close a file or group.

    Arguments: name.
    Result: 0 closed, 1 not open or not possible.
    Example: $Close('NOFILE') -> 1
    Page: m204wiki, $Close
    """
    facts = thread.slots.get(FILES)
    return int(facts is None or not facts.close(name.strip().upper()))


def _field(thread: Thread, name: str) -> FieldFacts | None:
    facts = thread.slots.get(FILES)
    return None if facts is None else facts.field(name)


@FAMILY.function("$FDef", page="$FDef")
def fdef(thread: Thread, field: str = "") -> str:
    """Return the attributes of a field.

    Arguments: field name.
    Result: the attributes separated by blanks; null when there is no such field.
    Example: $FDef('NOFIELD') -> (null)
    Page: m204wiki, $FDef
    """
    found = _field(thread, field)
    return "" if found is None else found.attributes


@FAMILY.function("$FldLen", page="$FldLen")
def fldlen(thread: Thread, field: str = "") -> int:
    """Return the length of a field.

    Arguments: field name.
    Result: 0 when it has no fixed length or there is no such field.
    Example: $FldLen('NOFIELD') -> 0
    Page: m204wiki, $FldLen
    """
    found = _field(thread, field)
    return 0 if found is None else found.length


@FAMILY.function("$Occurs", page="$Occurs")
def occurs(thread: Thread, field: str = "") -> int:
    """Return the occurrences a field has by its OCCURS attribute.

    Arguments: field name.
    Result: 0 without that attribute, or when there is no such field.
    Example: $Occurs('NOFIELD') -> 0
    Page: m204wiki, $Occurs
    """
    found = _field(thread, field)
    return 0 if found is None else found.occurs


@FAMILY.function("$Field_List", page="$Field_List")
def field_list(thread: Thread, list_: int | None = None, field: str = "") -> int:
    """Put the values of a field of the current record into a $list.

    Arguments: list; field name.
    Result: number of values; -5 argument missing, -6 invalid $list.
    Example: $Field_List($ListNew,'NOFIELD') -> 0
    Page: m204wiki, $Field_List
    """
    facts = thread.slots.get(FILES)
    return add_lines(thread, list_, () if facts is None else facts.values(field))


@FAMILY.function("$Curfile", page="$Curfile")
def curfile(thread: Thread) -> str:
    """Return the file of the current record.

    Arguments: none.
    Result: null when there is no current record.
    Example: $Curfile -> (null)
    Page: m204wiki, $Curfile
    """
    facts = thread.slots.get(FILES)
    return "" if facts is None else facts.file


@FAMILY.function("$Currec", page="$Currec")
def currec(thread: Thread) -> int:
    """Return the number of the current record.

    Arguments: none.
    Result: -1 when there is no current record.
    Example: $Currec -> -1
    Page: m204wiki, $Currec
    """
    facts = thread.slots.get(FILES)
    return NO_RECORD if facts is None else facts.record


@FAMILY.function("$FieldgroupId", page="$FieldgroupId")
def fieldgroupid(thread: Thread) -> int:
    """Return the id of the current field group.

    Arguments: none.
    Result: 0 when there is none.
    Example: $FieldgroupId -> 0
    Page: m204wiki, $FieldgroupId
    """
    facts = thread.slots.get(FILES)
    return 0 if facts is None else facts.fieldgroup[0]


@FAMILY.function("$FieldgroupOccurrence", page="$FieldgroupOccurrence")
def fieldgroupoccurrence(thread: Thread) -> int:
    """Return the occurrence of the current field group.

    Arguments: none.
    Result: 0 when there is none.
    Example: $FieldgroupOccurrence -> 0
    Page: m204wiki, $FieldgroupOccurrence
    """
    facts = thread.slots.get(FILES)
    return 0 if facts is None else facts.fieldgroup[1]


@FAMILY.function("$UnqRec", page="$UnqRec")
def unqrec(thread: Thread) -> int:
    """Return the record that holds a duplicate unique value.

    Arguments: none.
    Result: -1 when there was no such violation.
    Example: $UnqRec -> -1
    Page: m204wiki, $UnqRec
    """
    return _violation(thread).duplicate_record


@FAMILY.function("$UpdFile", page="$UpdFile")
def updfile(thread: Thread) -> str:
    """Return the file of the last constraint violation.

    Arguments: none.
    Result: null when there was none.
    Example: $UpdFile -> (null)
    Page: m204wiki, $UpdFile
    """
    return _violation(thread).file


@FAMILY.function("$UpdFld", page="$UpdFld")
def updfld(thread: Thread) -> str:
    """Return the field of the last constraint violation.

    Arguments: none.
    Result: null when there was none.
    Example: $UpdFld -> (null)
    Page: m204wiki, $UpdFld
    """
    return _violation(thread).field


@FAMILY.function("$UpdOval", page="$UpdOval")
def updoval(thread: Thread) -> str:
    """Return the original value of the field of the last constraint violation.

    Arguments: none.
    Result: null when there was none.
    Example: $UpdOval -> (null)
    Page: m204wiki, $UpdOval
    """
    return _violation(thread).original_value


@FAMILY.function("$UpdRec", page="$UpdRec")
def updrec(thread: Thread) -> int:
    """Return the record of the last constraint violation.

    Arguments: none.
    Result: -1 when there was none.
    Example: $UpdRec -> -1
    Page: m204wiki, $UpdRec
    """
    return _violation(thread).record


@FAMILY.function("$UpdStat", page="$UpdStat")
def updstat(thread: Thread) -> int:
    """Return the code of the last constraint violation.

    Arguments: none.
    Result: 0 when there was none.
    Example: $UpdStat -> 0
    Page: m204wiki, $UpdStat
    """
    return _violation(thread).status


@FAMILY.function("$UpdStmt", page="$UpdStmt")
def updstmt(thread: Thread) -> str:
    """Return the statement of the last constraint violation.

    Arguments: none.
    Result: null when there was none.
    Example: $UpdStmt -> (null)
    Page: m204wiki, $UpdStmt
    """
    return _violation(thread).statement


@FAMILY.function("$UpdVal", page="$UpdVal")
def updval(thread: Thread) -> str:
    """Return the value of the last constraint violation.

    Arguments: none.
    Result: null when there was none.
    Example: $UpdVal -> (null)
    Page: m204wiki, $UpdVal
    """
    return _violation(thread).value
