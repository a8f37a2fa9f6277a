"""$Web_ functions that send procedures to the browser and store uploads.

Source: m204wiki, $Web_Proc_Send or $Web_ProcSend; $Web_Proc_Receive or $Web_Proc_Recv.
"""

from __future__ import annotations

from soul.janus.web.messages import WEB_MESSAGES
from soul.janus.web.thread import WebThread, index_of, live
from soul.runtime.functions.registry import Family
from soul.runtime.thread import Thread

FAMILY = Family("web procedures")

NOT_WEB = -1
# The codes below 0 but -1 are our choice: the pages list none that we could read.
NO_PROCEDURE = -2
INVALID = -4
NO_UPLOAD = -5

_SEND_FLAGS = frozenset(("BINARY", "BASE64", "TEXT", "CR", "LF", "CRLF", "MORE"))
_RECEIVE_FLAGS = frozenset(("BINARY", "BASE64", "TEXT"))


def _flags(text: str | None, known: frozenset[str]) -> frozenset[str] | None:
    """Return the flag words, None when one is unknown or two exclude each other."""
    words = frozenset((text or "").upper().split())
    clash = len(words & {"CR", "LF", "CRLF"}) > 1 or len(words & {"BINARY", "BASE64", "TEXT"}) > 1
    return None if words - known or clash else words


def _refused(thread: Thread, function: str, reason: object) -> int:
    thread.message(WEB_MESSAGES["SOUL.2412"], function=function, reason=reason)
    return NO_PROCEDURE


@FAMILY.function("$Web_Proc_Send", "$Web_ProcSend", page="$Web_Proc_Send or $Web_ProcSend")
def web_proc_send(
    thread: Thread, file: str | None = None, procname: str | None = None, flags: str | None = None
) -> int:
    """Send a procedure to the browser.

    Arguments: file, the name of an open group or file (a group is tried first), `FILE name` or `GROUP name`, default
    the default file; name of the procedure; flags, separated by blanks: one of BINARY, BASE64 and TEXT, one of CR, LF
    and CRLF, and MORE. Without MORE the response is complete.
    Result: 0 sent; -1 off a web thread; -2 no such procedure, -4 bad flags or no name (our choice).
    Request:
        GET /
    Example:
        PROCEDURE -1
        <h1>Crew</h1>
        END PROCEDURE
        Begin
        $Web_Proc_Send(, -1, 'MORE')
        Print '<p>Ahab</p>'
        End
    Prints:
        <h1>Crew</h1>
        <p>Ahab</p>
    Page: m204wiki, $Web_Proc_Send or $Web_ProcSend
    """
    state = live(thread)
    if state is None:
        return NOT_WEB
    from soul.janus.web.procedures import format_of, send
    from soul.online.command import CommandError
    from soul.online.session import session_of

    words = _flags(flags, _SEND_FLAGS)
    if words is None or not procname:
        return INVALID
    line_end = next(iter(words & {"CR", "LF", "CRLF"}), "")
    try:
        send(session_of(thread), state, procname, file or "", format_of(words), line_end)
    except CommandError as error:
        return _refused(thread, "$Web_Proc_Send", error)
    if "MORE" not in words:
        state.page.finish()
    return 0


@FAMILY.function("$Web_Proc_Receive", "$Web_Proc_Recv", page="$Web_Proc_Receive or $Web_Proc_Recv")
def web_proc_receive(
    thread: Thread,
    file: str | None = None,
    procname: str | None = None,
    field: str | None = None,
    occurrence: int | None = None,
    flags: str | None = None,
) -> int:
    """Store an upload in a procedure, created or replaced.

    Arguments: file and name of the procedure, as for $Web_Proc_Send; field and occurrence, which file of a form,
    default the first, a PUT has none; flags, BINARY, BASE64 or TEXT, default by content.
    Result: 0 stored; -1 off a web thread; -2 cannot be stored, -4 bad flags or no name, -5 no such upload (our choice).
    Request:
        PUT /log
        Content-Type: text/plain

        A whale in sight
    Example:
        Print $Web_Proc_Receive(, 'LOG', , , 'TEXT')
        $ProcOpn('LOG')
        Print $ProcGet
    Prints:
        0
        A whale in sight
    Page: m204wiki, $Web_Proc_Receive or $Web_Proc_Recv
    """
    state = live(thread)
    if state is None:
        return NOT_WEB
    from soul.janus.web.procedures import format_of, receive
    from soul.online.command import CommandError
    from soul.online.session import session_of

    words = _flags(flags, _RECEIVE_FLAGS)
    if words is None or not procname:
        return INVALID
    content = _upload(state, field, occurrence)
    if content is None:
        return NO_UPLOAD
    try:
        receive(session_of(thread), content, procname, file or "", format_of(words))
    except CommandError as error:
        return _refused(thread, "$Web_Proc_Receive", error)
    return 0


def _upload(state: WebThread, field: str | None, occurrence: int | None) -> bytes | None:
    """Return the uploaded bytes that are meant: the body of a PUT, or a file of a form."""
    if state.request.method == "PUT":
        return None if field or occurrence not in (None, 1) else state.request.body
    files = [one for one in state.fields if one.content is not None]
    if not field and occurrence is None:
        occurrence = 1
    index = index_of([one.name for one in files], field, occurrence)
    return None if index is None else files[index].content
