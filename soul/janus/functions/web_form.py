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
    """Return the value of a posted form field.

    Arguments: name, in any case; occurrence, which one of that name, or of all when the name is omitted, default 1;
    start and length, the part wanted, default the whole value.
    Result: null on any error.
    Request:
        POST /order
        Content-Type: application/x-www-form-urlencoded

        item=Harpoon&count=3&item=Rope
    Example:
        Print $Web_Form_Parm('COUNT')
        Print $Web_Form_Parm('ITEM', 2)
        Print $Web_Form_Parm('ITEM', 1, 1, 4)
    Prints:
        3
        Rope
        Harp
    Page: m204wiki, Janus Web Server $functions
    """
    return portion(_value(thread, name, occurrence), start, length)


@FAMILY.function("$Web_Form_Parm_Lstr", "$Web_Form_Lstr", "$Web_Parm_Lstr", page="Janus Web Server $functions")
def web_form_parm_lstr(thread: Thread, name: str | None = None, occurrence: int | None = None) -> str:
    """Return the value of a posted form field as a longstring.

    Arguments: name and occurrence, as for $Web_Form_Parm.
    Result: null on any error.
    Request:
        POST /
        Content-Type: application/x-www-form-urlencoded

        text=Call+me+Ishmael.
    Example:
        Print $Web_Form_Parm_Lstr('TEXT')
    Prints:
        Call me Ishmael.
    Page: m204wiki, Janus Web Server $functions
    """
    return _value(thread, name, occurrence)


@FAMILY.function("$Web_Form_Len", "$Web_Form_Parm_Len", "$Web_Len", "$Web_Parm_Len", page="Janus Web Server $functions")
def web_form_len(thread: Thread, name: str | None = None, occurrence: int | None = None) -> int:
    """Return the length of a posted form field.

    Arguments: name and occurrence, as for $Web_Form_Parm.
    Result: characters, 0 when there is no such field.
    Request:
        POST /
        Content-Type: application/x-www-form-urlencoded

        item=Harpoon
    Example:
        Print $Web_Form_Len('ITEM')
    Prints:
        7
    Page: m204wiki, Janus Web Server $functions
    """
    return len(_value(thread, name, occurrence))


@FAMILY.function("$Web_Form_Name", "$Web_Form_Parm_Name", "$Web_Parm_Name", page="Janus Web Server $functions")
def web_form_name(thread: Thread, occurrence: int = 1) -> str:
    """Return the name of the nth posted form field.

    Arguments: occurrence, counted from 1, default 1.
    Result: null when there are fewer.
    Request:
        POST /
        Content-Type: application/x-www-form-urlencoded

        item=Harpoon&count=3
    Example:
        %i is float
        For %i From 1 To $Web_Num_Form
          Print $Web_Form_Name(%i) '=' $Web_Form_Parm(, %i)
        End For
    Prints:
        item=Harpoon
        count=3
    Page: m204wiki, Janus Web Server $functions
    """
    fields = _fields(thread)
    return fields[occurrence - 1].name if 1 <= occurrence <= len(fields) else ""


@FAMILY.function("$Web_Num_Form", "$Web_Num_Form_Parm", "$Web_Num_Parm", page="Janus Web Server $functions")
def web_num_form(thread: Thread, name: str | None = None) -> int:
    """Return how many form fields were posted.

    Arguments: name, to count those of that name; default all.
    Result: 0 or more.
    Request:
        POST /
        Content-Type: application/x-www-form-urlencoded

        item=Harpoon&count=3&item=Rope
    Example:
        Print $Web_Num_Form
        Print $Web_Num_Form('ITEM')
    Prints:
        3
        2
    Page: m204wiki, Janus Web Server $functions
    """
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

    Arguments: type in any case, `Binary` (default) leaves the bytes unchanged, `Text` translates from ASCII, `TextUtf8`
    from UTF-8.
    Result: a longstring; null off a web thread, for other bodies, and for another type.
    Request:
        PUT /crew
        Content-Type: application/json

        {"name": "Ahab"}
    Example:
        Print $Web_Input_Content('Text')
    Prints:
        {"name": "Ahab"}
    Page: m204wiki, $Web_Input_Content
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

    Arguments: name and occurrence: that occurrence of the name, the first of the name, or the nth field of all, neither
    the first field; type, as for $Web_Input_Content, default Binary.
    Result: a longstring; null when the field holds no file, and off a web thread.
    Request:
        POST /upload
        Content-Type: multipart/form-data; boundary=sea

        --sea
        Content-Disposition: form-data; name="log"; filename="log.txt"

        A whale in sight
        --sea--
    Example:
        Print $Web_File_Content('LOG', , 'Text')
    Prints:
        A whale in sight
    Page: m204wiki, $Web_File_Content
    """
    fields = _fields(thread)
    if not name and occurrence is None:
        occurrence = 1
    index = index_of([field.name for field in fields], name, occurrence)
    content = None if index is None else fields[index].content
    return "" if content is None else as_string(content, type_) or ""
