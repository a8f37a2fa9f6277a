"""$Web_ functions that read what was posted or uploaded.

Source: m204wiki, Janus Web Server $functions; $Web_File_Content; $Web_Input_Content. The page of $Web_Form_Parm was not
available: its arguments are those of $Web_Hdr_Parm. Off a web thread they return null or 0.
"""

from __future__ import annotations

from soul.janus.http.forms import FormField
from soul.janus.web.thread import index_of, live, pick, portion
from soul.runtime.collation import from_ebcdic
from soul.runtime.functions.registry import Family
from soul.runtime.thread import Thread

FAMILY = Family("web forms")


def _fields(thread: Thread) -> tuple[FormField, ...]:
    state = live(thread)
    return () if state is None else state.fields


def _value(thread: Thread, name: str | None, occurrence: int | None) -> str:
    return pick([(field.name, field.value) for field in _fields(thread)], name, occurrence) or ""


@FAMILY.function("$Web_Form_Parm", "$Web_Parm", page="Janus Web Server $functions")
def web_form_parm(
    thread: Thread,
    name: str | None = None,
    occurrence: int | None = None,
    start: int | None = None,
    length: int | None = None,
) -> str:
    """Return the value of a posted form field, null on any error. Arguments as for $Web_Hdr_Parm."""
    return portion(_value(thread, name, occurrence), start, length)


@FAMILY.function("$Web_Form_Parm_Lstr", "$Web_Form_Lstr", "$Web_Parm_Lstr", page="Janus Web Server $functions")
def web_form_parm_lstr(thread: Thread, name: str | None = None, occurrence: int | None = None) -> str:
    """Return the value of a posted form field as a Longstring, null on any error."""
    return _value(thread, name, occurrence)


@FAMILY.function("$Web_Form_Len", "$Web_Form_Parm_Len", "$Web_Len", "$Web_Parm_Len", page="Janus Web Server $functions")
def web_form_len(thread: Thread, name: str | None = None, occurrence: int | None = None) -> int:
    """Return the length in characters of a posted form field, 0 when there is none."""
    return len(_value(thread, name, occurrence))


@FAMILY.function("$Web_Form_Name", "$Web_Form_Parm_Name", "$Web_Parm_Name", page="Janus Web Server $functions")
def web_form_name(thread: Thread, occurrence: int = 1) -> str:
    """Return the name of the nth posted form field, null when there are fewer."""
    fields = _fields(thread)
    return fields[occurrence - 1].name if 1 <= occurrence <= len(fields) else ""


@FAMILY.function("$Web_Num_Form", "$Web_Num_Form_Parm", "$Web_Num_Parm", page="Janus Web Server $functions")
def web_num_form(thread: Thread, name: str | None = None) -> int:
    """Return how many form fields were posted, of that name when one is given."""
    fields = _fields(thread)
    return len(fields) if not name else sum(1 for field in fields if field.name.upper() == name.upper())


def as_string(data: bytes, type_: str | None) -> str | None:
    """Return bytes as a string: Binary (default) unchanged, Text from ASCII, TextUtf8 from UTF-8; None for others."""
    kind = (type_ or "binary").strip().lower()
    if kind == "binary":
        return from_ebcdic(data)
    if kind == "text":
        return data.decode("latin-1")
    return data.decode("utf-8", "replace") if kind == "textutf8" else None


@FAMILY.function("$Web_Input_Content", page="$Web_Input_Content")
def web_input_content(thread: Thread, type_: str | None = None) -> str:
    """Return the body of the request: of a PUT, of a POST that is no form, of any POST with RAWINPUT.

    type: `Binary` (default) leaves the bytes unchanged, `Text` translates from ASCII, `TextUtf8` from UTF-8; in any
    case. Null off a web thread, for other bodies, and for another type.
    """
    state = live(thread)
    if state is None or not state.raw_body:
        return ""
    return as_string(state.request.body, type_) or ""


@FAMILY.function("$Web_File_Content", page="$Web_File_Content")
def web_file_content(
    thread: Thread, name: str | None = None, occurrence: int | None = None, type_: str | None = None
) -> str:
    """Return the content of an uploaded file.

    name, occurrence: that occurrence of the name; the first of the name; the nth field of all; neither, the first
    field. type: as for $Web_Input_Content. Null when the field holds no file, and off a web thread.
    """
    fields = _fields(thread)
    if not name and occurrence is None:
        occurrence = 1
    index = index_of([field.name for field in fields], name, occurrence)
    content = None if index is None else fields[index].content
    return "" if content is None else as_string(content, type_) or ""
