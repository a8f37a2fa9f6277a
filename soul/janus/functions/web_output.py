"""$Web_ functions that build and send the page.

Source: m204wiki, Janus Web Server $functions. Off a web thread they return -1; once the response is sent, any of them
but $Web and $Web_Api ends the user with M204.0564.
"""

from __future__ import annotations

from dataclasses import replace

from soul.janus.http.response import HeaderError
from soul.janus.web.dates import to_text
from soul.janus.web.messages import WEB_MESSAGES
from soul.janus.web.thread import WEB, WebThread, live, option_setting
from soul.runtime.collation import to_ebcdic
from soul.runtime.functions.registry import Family
from soul.runtime.thread import Thread
from soul.runtime.values import Value

FAMILY = Family("web output")

NOT_WEB = -1
INVALID = -4
NAME_MISSING = -5


@FAMILY.function("$Web", page="$Web")
def web(thread: Thread) -> int:
    """Return 1 when the request runs for a web browser, else 0; also after $Web_Done."""
    return int(thread.slots.get(WEB) is not None)


@FAMILY.function("$Web_Api", page="$Web_Api")
def web_api(thread: Thread) -> int:
    """Return 1 when the $Web_ functions can be used, else 0."""
    return int(thread.slots.get(WEB) is not None)


@FAMILY.function("$Web_On", page="$Web_On")
def web_on(thread: Thread) -> int:
    """Send terminal output to the browser from now on. Return 0, or -1 off a web thread."""
    return _collect(thread, True)


@FAMILY.function("$Web_Off", page="$Web_On")
def web_off(thread: Thread) -> int:
    """Keep terminal output from the browser from now on; AUDTERM ports write it to the audit trail. 0 or -1."""
    return _collect(thread, False)


def _collect(thread: Thread, on: bool) -> int:
    state = live(thread)
    if state is None:
        return NOT_WEB
    state.page.on = on
    return 0


@FAMILY.function("$Web_Flush", page="Janus Web Server $functions")
def web_flush(thread: Thread) -> int:
    """Forget the output collected so far; headers and cookies stay. Return 0, or -1 off a web thread."""
    state = live(thread)
    if state is None:
        return NOT_WEB
    state.page.flush()
    return 0


@FAMILY.function("$Web_Done", page="$Web_Done")
def web_done(thread: Thread, status: int | None = None, message: str | None = None) -> int:
    """Send the response and end it.

    status: the HTTP status, 200 to 999, default 200. 401 also ends the login session. message: further text, shown
    when nothing else was collected. Result: 0; -1 off a web thread; -4 for another status (our choice).
    """
    state = live(thread)
    if state is None:
        return NOT_WEB
    code = 200 if status is None else status
    if not 200 <= code <= 999:
        return INVALID
    if code == 401 and state.end_session is not None:
        state.end_session()
    state.page.finish(code, message or "")
    return 0


@FAMILY.function("$Web_Put_Text", page="Janus Web Server $functions")
def web_put_text(thread: Thread, string: str) -> int:
    """Add a line to the page, whether or not $Web_On is in effect. Return 0, or -1 off a web thread."""
    state = live(thread)
    if state is None:
        return NOT_WEB
    state.page.put_text(string)
    return 0


@FAMILY.function("$Web_Put_Bin", "$Web_Put_Binary", page="Janus Web Server $functions")
def web_put_bin(thread: Thread, string: str) -> int:
    """Add the bytes of a string to the page, untranslated and without a line end. Return 0, or -1 off a web thread."""
    state = live(thread)
    if state is None:
        return NOT_WEB
    state.page.put_bytes(to_ebcdic(string))
    return 0


@FAMILY.function("$Web_Type", page="$Web_Type")
def web_type(thread: Thread, type_: str | None = None) -> int:
    """Set the content type of the response, overriding TYPE rules; it is not checked for meaning.

    Result: 0; -1 off a web thread; -4 when the type is missing, or cannot stand in a header (our choice).
    """
    state = live(thread)
    if state is None:
        return NOT_WEB
    if not type_ or not type_.strip():
        return INVALID
    try:
        state.page.set_header("Content-Type", type_.strip())
    except HeaderError as error:
        thread.message(WEB_MESSAGES["SOUL.2409"], reason=error)
        return INVALID
    return 0


@FAMILY.function("$Web_Output_Type", page="$Web_Output_Type")
def web_output_type(thread: Thread) -> str:
    """Return the content type that the response has so far: of $Web_Type, the TYPE rule, or the default."""
    state = live(thread)
    return "" if state is None else state.page.type_now


@FAMILY.function("$Web_Output_Content", page="Janus Web Server $functions")
def web_output_content(thread: Thread, type_: str | None = None) -> str:
    """Return what has been collected for the browser so far.

    type: Binary (default), Text or TextUtf8 as for $Web_Input_Content; text comes back as it was printed, whichever of
    the two is asked for. Null off a web thread.
    """
    from soul.runtime.collation import from_ebcdic

    state = live(thread)
    if state is None:
        return ""
    if (type_ or "binary").strip().lower() == "binary":
        return from_ebcdic(state.page.data)
    return state.page.text


@FAMILY.function("$Web_Response", page="$Web_Response")
def web_response(thread: Thread, name: str | None = None, value: str | None = None) -> int:
    """Set a response header; a later call for the same name replaces the value.

    Result: 0; -1 off a web thread; -5 when the name is missing. A name or value that would break the response (a line
    end in it) is refused with -4 (our choice); headers that frame the response, such as Content-Length, have no effect.
    """
    state = live(thread)
    if state is None:
        return NOT_WEB
    if not name or not name.strip():
        return NAME_MISSING
    return _header(thread, state, name.strip(), value or "")


@FAMILY.function("$Web_Header", page="Janus Web Server $functions")
def web_header(thread: Thread, name: str, value: str | None = None) -> Value:
    """Return a request header (one argument), or set a response header (two arguments).

    The function is listed without its description; both readings are ours. The result of setting is that of
    $Web_Response. Reading gives null off a web thread, setting -1.
    """
    from soul.janus.web.thread import pick

    state = live(thread)
    if value is None:
        return "" if state is None else pick(state.headers, name, None) or ""
    if state is None:
        return float(NOT_WEB)
    return float(_header(thread, state, name.strip(), value) if name.strip() else NAME_MISSING)


def _header(thread: Thread, state: WebThread, name: str, value: str) -> int:
    try:
        state.page.set_header(name, value)
    except HeaderError as error:
        thread.message(WEB_MESSAGES["SOUL.2409"], reason=error)
        return INVALID
    return 0


def _moment(time: Value | None) -> str:
    """Return seconds since 1900 as an HTTP date, '' when they are none."""
    try:
        return to_text(float(time)) if time is not None else ""
    except ValueError:
        return ""


@FAMILY.function("$Web_Expire", page="$Web_Expire")
def web_expire(thread: Thread, time: Value | None = None) -> int:
    """Set when the response expires, in seconds since 1900-01-01 00:00 GMT; a later call replaces an earlier one.

    Result: 0; -1 off a web thread; -4 for an invalid time.
    """
    state = live(thread)
    if state is None:
        return NOT_WEB
    text = _moment(time)
    if not text:
        return INVALID
    state.page.expires = text
    return 0


@FAMILY.function("$Web_Last_Modified", page="Janus Web Server $functions")
def web_last_modified(thread: Thread, time: Value | None = None) -> int:
    """Set when the page last changed, in seconds since 1900-01-01 00:00 GMT. Result: 0; -1; -4 for an invalid time."""
    state = live(thread)
    if state is None:
        return NOT_WEB
    text = _moment(time)
    if not text:
        return INVALID
    state.page.last_modified = text
    return 0


@FAMILY.function("$Web_Sub", page="$Web_Sub")
def web_sub(thread: Thread, delimiter: str | None = None) -> int:
    """Substitute globals in procedures sent: after $Web_Sub('@'), `@NAME!` becomes the value of global NAME.

    delimiter: 1 to 3 characters; null turns the substitution off. Result: 0; -1 off a web thread; -4 when longer.
    """
    state = live(thread)
    if state is None:
        return NOT_WEB
    if delimiter and len(delimiter) > 3:
        return INVALID
    state.page.sub = delimiter or ""
    return 0


@FAMILY.function("$Web_Set", page="$Web_Set")
def web_set(thread: Thread, parameter: str | None = None, value: str | None = None) -> str:
    """Read or change a setting of this web request; return the previous value, null on any error.

    Valueless settings are changed with the new keyword alone: $Web_Set(, 'NOAUTODONE'), and read with any keyword of
    the set: $Web_Set('CR'). Settings: AUTODONE, CLOSEIMMED, CLOSEREAD and MSGSEND with their NO forms, CR, LF, CRLF,
    COMPRESS, FORMPOSTWAIT, FORMREDIRWAIT.
    """
    state = live(thread)
    if state is None:
        return ""
    state.page.options = replace(state.page.options)  # shared by all requests of the rule until now
    return option_setting(state.page.options, parameter or "", value)


@FAMILY.function("$Web_Screen", page="Janus Web Server $functions", available=False)
def web_screen(thread: Thread, *arguments: str | None) -> int:
    """Change Janus Web Legacy settings. There are no 3270 pages here: -1."""
    return NOT_WEB


@FAMILY.function("$Web_Form_Done", page="$Web_Form_Done")
def web_form_done(
    thread: Thread,
    redir_timeout: int | None = None,
    post_timeout: int | None = None,
    options: str | None = None,
    check_field: str | None = None,
    check_val: str | None = None,
) -> int:
    """Send the page, and wait for the form in it to be posted.

    post_timeout: -1 (default) does not wait. Other values would keep this thread waiting for a further request, which
    this system does not do yet: the request is cancelled. The redirection before the page is left out (our choice).
    Result: 0, -1 off a web thread.
    """
    from soul.runtime.errors import RequestCancelled

    state = live(thread)
    if state is None:
        return NOT_WEB
    if post_timeout is not None and post_timeout != -1:
        raise RequestCancelled(
            WEB_MESSAGES["SOUL.2408"], reason="waiting for the POST (post_timeout) is not available here; use -1"
        )
    state.page.finish()
    return 0
