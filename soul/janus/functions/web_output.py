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
    """Say whether the request runs for a web browser.

    Arguments: none.
    Result: 1 or 0; still 1 after $Web_Done.
    Request:
        GET /
    Example:
        Print $Web
    Prints:
        1
    Page: m204wiki, $Web
    """
    return int(thread.slots.get(WEB) is not None)


@FAMILY.function("$Web_Api", page="$Web_Api")
def web_api(thread: Thread) -> int:
    """Say whether the $Web_ functions can be used.

    Arguments: none.
    Result: 1 or 0.
    Example:
        If $Web_Api = 0 Then
          Print 'NOT FOR A BROWSER'
        End If
    Prints:
        NOT FOR A BROWSER
    Page: m204wiki, $Web_Api
    """
    return int(thread.slots.get(WEB) is not None)


@FAMILY.function("$Web_On", page="$Web_On")
def web_on(thread: Thread) -> int:
    """Send terminal output to the browser from now on.

    Arguments: none. It is on when a request begins, unless the port or the rule has NOAUTOON.
    Result: 0; -1 off a web thread.
    Request:
        GET /
    Example:
        Print 'seen'
        $Web_Off
        Print 'not seen'
        $Web_On
        Print 'seen again'
    Prints:
        seen
        seen again
    Page: m204wiki, $Web_On
    """
    return _collect(thread, True)


@FAMILY.function("$Web_Off", page="$Web_On")
def web_off(thread: Thread) -> int:
    """Keep terminal output from the browser from now on; ports with AUDTERM write it to the audit trail.

    Arguments: none.
    Result: 0; -1 off a web thread.
    Request:
        GET /
    Example:
        $Web_Off
        Print 'not for the browser'
        $Web_Put_Text('for the browser')
    Prints:
        for the browser
    Page: m204wiki, $Web_On
    """
    return _collect(thread, False)


def _collect(thread: Thread, on: bool) -> int:
    state = live(thread)
    if state is None:
        return NOT_WEB
    state.page.on = on
    return 0


@FAMILY.function("$Web_Flush", page="Janus Web Server $functions")
def web_flush(thread: Thread) -> int:
    """Forget the output collected so far; headers and cookies stay.

    Arguments: none.
    Result: 0; -1 off a web thread.
    Request:
        GET /
    Example:
        Print 'half a page'
        $Web_Flush
        Print 'a better one'
    Prints:
        a better one
    Page: m204wiki, Janus Web Server $functions
    """
    state = live(thread)
    if state is None:
        return NOT_WEB
    state.page.flush()
    return 0


@FAMILY.function("$Web_Done", page="$Web_Done")
def web_done(thread: Thread, status: int | None = None, message: str | None = None) -> int:
    """Send the response and end it. The program may go on, but sends nothing more.

    Arguments: HTTP status, 200 to 999, default 200, 401 also ends the login session; message, further text, shown when
    nothing else was collected.
    Result: 0; -1 off a web thread; -4 for another status (our choice).
    Request:
        GET /old
    Example:
        $Web_Response('Location', '/new')
        $Web_Done(302)
    Response:
        302 Moved Temporarily
        Location: /new
    Page: m204wiki, $Web_Done
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
    """Add a line to the page, whether or not $Web_On is in effect.

    Arguments: string.
    Result: 0; -1 off a web thread.
    Request:
        GET /
    Example:
        $Web_Put_Text('Call me Ishmael.')
    Prints:
        Call me Ishmael.
    Page: m204wiki, Janus Web Server $functions
    """
    state = live(thread)
    if state is None:
        return NOT_WEB
    state.page.put_text(string)
    return 0


@FAMILY.function("$Web_Put_Bin", "$Web_Put_Binary", page="Janus Web Server $functions")
def web_put_bin(thread: Thread, string: str) -> int:
    """Add the bytes of a string to the page, untranslated and without a line end.

    Arguments: string, whose bytes are those of EBCDIC.
    Result: 0; -1 off a web thread.
    Request:
        GET /
    Example:
        $Web_Put_Bin($X2C('576861'))
        $Web_Put_Bin($X2C('6C65'))
    Prints:
        Whale
    Page: m204wiki, Janus Web Server $functions
    """
    state = live(thread)
    if state is None:
        return NOT_WEB
    state.page.put_bytes(to_ebcdic(string))
    return 0


@FAMILY.function("$Web_Type", page="$Web_Type")
def web_type(thread: Thread, type_: str | None = None) -> int:
    """Set the content type of the response, overriding TYPE rules; it is not checked for meaning.

    Arguments: type, as it is to stand in the header.
    Result: 0; -1 off a web thread; -4 when the type is missing, or cannot stand in a header (our choice).
    Request:
        GET /
    Example:
        $Web_Type('text/plain')
        Print 'no HTML'
    Prints:
        no HTML
    Response:
        Content-Type: text/plain
    Page: m204wiki, $Web_Type
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
    """Return the content type that the response has so far.

    Arguments: none.
    Result: that of $Web_Type, else of the TYPE rule, else text/html; null off a web thread.
    Request:
        GET /
    Example:
        Print $Web_Output_Type
    Prints:
        text/html
    Page: m204wiki, $Web_Output_Type
    """
    state = live(thread)
    return "" if state is None else state.page.type_now


@FAMILY.function("$Web_Output_Content", page="Janus Web Server $functions")
def web_output_content(thread: Thread, type_: str | None = None) -> str:
    """Return what has been collected for the browser so far.

    Arguments: type, Binary (default), Text or TextUtf8 as for $Web_Input_Content; text comes back as it was printed,
    whichever of the two is asked for.
    Result: a longstring, with the line ends; null off a web thread.
    Request:
        GET /
    Example:
        Print 'Ahab'
        Print $Len($Web_Output_Content('Text'))
    Prints:
        Ahab
        6
    Page: m204wiki, Janus Web Server $functions
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

    Arguments: name; value, default null. Headers that frame the response, such as Content-Length, have no effect.
    Result: 0; -1 off a web thread; -5 when the name is missing; -4 for a name or value that would break the response,
    such as one with a line end (our choice).
    Request:
        GET /
    Example:
        $Web_Response('Cache-Control', 'no-store')
        Print $Web_Response
    Prints:
        -5
    Response:
        200 OK
        Cache-Control: no-store
    Page: m204wiki, $Web_Response
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

    Arguments: name; value of the response header. The function is listed without its description: both readings are
    ours.
    Result: of reading, the value, null when there is none or off a web thread; of setting, that of $Web_Response.
    Request:
        GET /
        Accept-Language: en
    Example:
        Print $Web_Header('ACCEPT-LANGUAGE')
        $Web_Header('X-Ship', 'Pequod')
    Prints:
        en
    Response:
        X-Ship: Pequod
    Page: m204wiki, Janus Web Server $functions
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
    """Set when the response expires; a later call replaces an earlier one.

    Arguments: time, in seconds since 1900-01-01 00:00 GMT, as $Web_DateNS gives.
    Result: 0; -1 off a web thread; -4 for an invalid time.
    Request:
        GET /
    Example:
        $Web_Expire($Web_Date2NS('Thu, 26 Nov 2026 12:00:00 GMT'))
        Print 'fresh for a day'
    Prints:
        fresh for a day
    Response:
        Expires: Thu, 26 Nov 2026 12:00:00 GMT
    Page: m204wiki, $Web_Expire
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
    """Set when the page last changed.

    Arguments: time, in seconds since 1900-01-01 00:00 GMT, as $Web_DateNS gives.
    Result: 0; -1 off a web thread; -4 for an invalid time.
    Request:
        GET /
    Example:
        $Web_Last_Modified($Web_Date2NS('Wed, 25 Nov 2026 12:00:00 GMT'))
        Print 'written at noon'
    Prints:
        written at noon
    Response:
        Last-Modified: Wed, 25 Nov 2026 12:00:00 GMT
    Page: m204wiki, Janus Web Server $functions
    """
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
    """Substitute globals in procedures that are sent: after $Web_Sub('@'), `@NAME!` becomes the value of global NAME.

    Arguments: delimiter, 1 to 3 characters; null turns the substitution off.
    Result: 0; -1 off a web thread; -4 when it is longer.
    Request:
        GET /
    Example:
        PROCEDURE -1
        Greetings from @PLACE!.
        END PROCEDURE
        Begin
        $Setg('PLACE', 'Nantucket')
        $Web_Sub('@')
        $Web_Proc_Send(, -1)
        End
    Prints:
        Greetings from Nantucket.
    Page: m204wiki, $Web_Sub
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
    """Read or change a setting of this web request.

    Arguments: parameter; value. Settings without a value are changed with the new keyword alone, $Web_Set(,
    'NOAUTODONE'), and read with any keyword of the set, $Web_Set('CR'). Settings: AUTODONE, CLOSEIMMED, CLOSEREAD and
    MSGSEND with their NO forms; CR, LF, CRLF; COMPRESS, 0 to 3; FORMPOSTWAIT and FORMREDIRWAIT, 1 to 32767 seconds.
    Result: the previous value, null on any error.
    Request:
        GET /
    Example:
        Print $Web_Set(, 'LF')
        Print $Web_Set('CR')
    Prints:
        CRLF
        LF
    Page: m204wiki, $Web_Set
    """
    state = live(thread)
    if state is None:
        return ""
    state.page.options = replace(state.page.options)  # shared by all requests of the rule until now
    return option_setting(state.page.options, parameter or "", value)


@FAMILY.function("$Web_Screen", page="Janus Web Server $functions", available=False)
def web_screen(thread: Thread, *arguments: str | None) -> int:
    """Change Janus Web Legacy settings. There are no 3270 pages here.

    Arguments: any.
    Result: -1.
    Page: m204wiki, Janus Web Server $functions
    """
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
    """Send the page. Waiting for the form in it to be posted is not available here.

    Arguments: redirection timeout in seconds, accepted without effect: the redirection before the page is left out (our
    choice); post timeout in seconds, -1 (default) does not wait; options, field and value to check, accepted without
    effect.
    Result: 0; -1 off a web thread.
    Errors: a post timeout other than -1 cancels the request, since it would keep this thread waiting for a further
    request.
    Request:
        GET /
    Example:
        Print '<form method="post">...</form>'
        $Web_Form_Done(-1)
    Prints:
        <form method="post">...</form>
    Page: m204wiki, $Web_Form_Done
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
