"""The $Sock_ functions that work on sockets in use.

Common rules: a number that is no socket in use cancels the request; what happens on a RESET socket is its ONRESET
setting (see soul.janus.sockets.table). Source: m204wiki, Janus Sockets $functions, and the page of each function.
"""

from __future__ import annotations

from soul.janus.functions.sock_connect import connect_socket
from soul.janus.functions.sock_settings import INFO_WITHOUT_OPEN, describe_setting
from soul.janus.sockets.table import RESET_CODE, RESET_TEXT, SocketTable, sockets_of
from soul.janus.sockets.usersocket import SocketReset, UserSocket
from soul.runtime.errors import cancelled
from soul.runtime.functions.registry import Family
from soul.runtime.thread import Thread
from soul.runtime.values import Reference

FAMILY = Family("sockets")
MOST_BYTES = 2**31 - 1
ALL_SOCKETS = -1
SENDLN_LIMIT = 255


class SendOptions:
    """The option words of a send: BINARY, CHAR, FIN, PUSH and, for $Sock_SendLn, LINEND hexstr."""

    def __init__(self, text: str, function: str, *, line: bool) -> None:
        from soul.janus.sockets.separators import parse_line_end

        self.char: bool | None = None
        self.fin = self.push = False
        self.line_end: bytes | None = None
        words = iter(text.upper().split())
        for word in words:
            if word in ("BINARY", "CHAR"):
                self.char = word == "CHAR"
            elif word == "FIN":
                self.fin = True
            elif word == "PUSH":
                self.push = True
            elif word == "LINEND" and line:
                try:
                    self.line_end = parse_line_end(next(words, ""))
                except ValueError as error:
                    raise cancelled(f"{function}: LINEND: {error}") from error
            else:
                raise cancelled(f"{function}: '{word}' is not one of BINARY, CHAR, FIN, PUSH{', LINEND' * line}")


def receive_mode(text: str, function: str) -> bool | None:
    """Return the CHAR/BINARY override of a receive's options, None when there is none."""
    word = text.strip().upper()
    if word not in ("", "BINARY", "CHAR"):
        raise cancelled(f"{function}: '{word}' is not one of BINARY, CHAR")
    return None if not word else word == "CHAR"


def open_socket(thread: Thread, number: int, function: str) -> tuple[SocketTable, UserSocket | None]:
    """Return the table and the open socket `number`; None when it is RESET and the program goes on."""
    table = sockets_of(thread)
    socket = table.used(number, function)
    if socket.broken:
        table.met_reset(socket, function, needs_open=True)
        return table, None
    return table, socket


def send_bytes(thread: Thread, number: int, function: str, text: str, options: SendOptions, *, line: bool) -> int:
    """Do the work of $Sock_Send and $Sock_SendLn."""
    table, socket = open_socket(thread, number, function)
    if socket is None:
        return RESET_CODE
    if socket.fin_sent:
        raise cancelled(f"{function}: socket {number} has sent FIN and may send no more")
    data = socket.encode(text, options.char)
    if line:
        end = options.line_end or socket.settings.line_end
        if end is None:
            raise cancelled(f"{function}: socket {number} has LINEND NONE: set it with $Sock_Set first")
        data += end
    try:
        socket.send(data, push=options.push, fin=options.fin)
    except SocketReset as error:
        table.broke(socket, function, error)
        return RESET_CODE
    return 0


@FAMILY.function("$Sock_Conn", page="$Sock_Conn")
def sock_conn(
    thread: Thread, port_name: str = "", remote_host: str = "", remote_port: int = -1, options: str = ""
) -> int:
    """Connect through a CLSOCK port.

    Arguments: port name, a started CLSOCK port, default the MASTER one; remote host and remote port, where to, omitted
    (-1) when the port's REMOTE says it; options, FINCLOSE or NOFINCLOSE, and SSL or NOSSL, default those of the port.
    Result: the socket's number, 2 or more, or a negative code (-109: SOCKPMAX sockets are open; the others are our
    choice).
    Errors: an unknown option, or no port named and no MASTER port, cancels the request. In the example a port answers
    with what it was sent.
    Example:
        %s is float
        %line is longstring
        %s = $Sock_Conn('OUT')
        $Sock_SendLn(%s, 'hello')
        $Sock_RecvPrs(%s, %line)
        Print %s ' ' %line
    Prints:
        2 hello
    Page: m204wiki, $Sock_Conn
    """
    return connect_socket(thread, port_name, remote_host, remote_port, options)


@FAMILY.function("$Sock_Send", page="$Sock_Send")
def sock_send(thread: Thread, socket_number: int, string: str, options: str = "") -> int:
    """Send a string on a socket.

    Arguments: socket number; string, translated unless the socket is BINARY; options, words of BINARY or CHAR (for this
    call), FIN (nothing more will be sent), PUSH (send buffered data now).
    Result: 0; -1 when the socket is RESET and ONRESET is CONTINUE.
    Errors: an unknown option or a socket that has sent FIN cancels the request.
    Example:
        $Sock_Send(1, 'Call me ')
        $Sock_Send(1, 'Ishmael.', 'FIN')
    Partner receives:
        Call me Ishmael.
    Page: m204wiki, $Sock_Send
    """
    wanted = SendOptions(options, "$Sock_Send", line=False)
    return send_bytes(thread, socket_number, "$Sock_Send", string, wanted, line=False)


@FAMILY.function("$Sock_SendLn", page="$Sock_SendLn")
def sock_sendln(thread: Thread, socket_number: int, string: str, options: str = "") -> int:
    """Send a string and the socket's LINEND.

    Arguments: socket number; string, at most 255 characters; options, as for $Sock_Send, and LINEND hexstr for this
    call.
    Result: 0; -1 when the socket is RESET and ONRESET is CONTINUE.
    Errors: LINEND NONE, a longer string or a socket that has sent FIN cancels the request.
    Example:
        $Sock_SendLn(1, 'one')
        $Sock_SendLn(1, 'two', 'LINEND 0A')
    Partner receives:
        one
        two
    Page: m204wiki, $Sock_SendLn
    """
    if len(string) > SENDLN_LIMIT:
        raise cancelled(f"$Sock_SendLn: the string is longer than {SENDLN_LIMIT} bytes: use $Sock_Send")
    wanted = SendOptions(options, "$Sock_SendLn", line=True)
    return send_bytes(thread, socket_number, "$Sock_SendLn", string, wanted, line=True)


@FAMILY.function("$Sock_Recv", page="$Sock_Recv")
def sock_recv(
    thread: Thread, socket_number: int, target: Reference, maxbytes: int = 0, minbytes: int = 0, options: str = ""
) -> int:
    """Receive bytes into a variable.

    Arguments: socket number; variable; most bytes, 0 to 2147483647, 0 (default) the larger of the least and the
    declared length of the variable; least bytes, 0 to the most, 0 (default) as many as the most, a receive of fixed
    length; options, BINARY or CHAR for this call.
    Result: bytes received, those that did not fit the variable included; 0 at the end of the stream or of the RECVLIM
    window; -1 when the socket is RESET and ONRESET is CONTINUE.
    Errors: numbers out of range cancel the request.
    Partner sends:
        Moby Dick
    Example:
        %part is string len 4
        %n is float
        %n = $Sock_Recv(1, %part)
        $Sock_SendLn(1, %n ' ' %part)
        %n = $Sock_Recv(1, %part, 100, 1)
        $Sock_SendLn(1, %n ' ' %part)
    Partner receives:
        4 Moby
        7  Dic
    Page: m204wiki, $Sock_Recv
    """
    function = "$Sock_Recv"
    mode = receive_mode(options, function)
    if not 0 <= maxbytes <= MOST_BYTES or not 0 <= minbytes <= MOST_BYTES:
        raise cancelled(f"{function}: maxbytes and minbytes are 0 to {MOST_BYTES}")
    capacity = target.capacity
    maximum = maxbytes or (MOST_BYTES if capacity is None else max(minbytes, capacity))
    if minbytes > maximum:
        raise cancelled(f"{function}: minbytes {minbytes} is more than maxbytes {maximum}")
    table, socket = open_socket(thread, socket_number, function)
    if socket is None:
        return RESET_CODE
    try:
        data = socket.receive(maximum, minbytes or maximum)
    except SocketReset as error:
        table.broke(socket, function, error)
        return RESET_CODE
    target.set(socket.decode(data[:capacity], mode))
    return len(data)


@FAMILY.function("$Sock_RecvPrs", page="$Sock_RecvPrs")
def sock_recvprs(
    thread: Thread,
    socket_number: int,
    target: Reference,
    maxrecvp: int = 0,
    prsindx: Reference | None = None,
    options: str = "",
) -> int:
    """Receive up to the next separator of the socket's PRSTOK list.

    Arguments: socket number; variable; most bytes of data without the separator, 0 to 2147483647, -1 no limit, 0
    (default) the declared length of the variable; a variable that gets the number of the separator found, 0 for none;
    options, BINARY or CHAR for this call.
    Result: bytes taken, the separator included (our choice); 0 at the end of the stream or of the RECVLIM window; -1
    when the socket is RESET and ONRESET is CONTINUE.
    Errors: PRSTOK NONE cancels the request.
    Partner sends:
        Ahab,Starbuck
    Example:
        %name is longstring
        %which is float
        $Sock_Set(1, 'PRSTOK', '2C|0D0A')
        Repeat While $Sock_RecvPrs(1, %name, , %which)
          $Sock_SendLn(1, %which ' ' %name)
        End Repeat
    Partner receives:
        1 Ahab
        2 Starbuck
    Page: m204wiki, $Sock_RecvPrs
    """
    function = "$Sock_RecvPrs"
    mode = receive_mode(options, function)
    if not ALL_SOCKETS <= maxrecvp <= MOST_BYTES:
        raise cancelled(f"{function}: maxrecvp is -1 to {MOST_BYTES}")
    table, socket = open_socket(thread, socket_number, function)
    if socket is None:
        return RESET_CODE
    separators = socket.settings.separators
    if separators is None:
        raise cancelled(f"{function}: socket {socket_number} has PRSTOK NONE: set it with $Sock_Set first")
    capacity = target.capacity
    maximum = maxrecvp if maxrecvp > 0 else (capacity if maxrecvp == 0 and capacity is not None else MOST_BYTES)
    try:
        data, index, taken = socket.receive_until(separators, maximum)
    except SocketReset as error:
        table.broke(socket, function, error)
        return RESET_CODE
    target.set(socket.decode(data[:capacity], mode))
    if prsindx is not None:
        prsindx.set(float(index))
    return taken


@FAMILY.function("$Sock_Close", page="Janus Sockets $functions")
def sock_close(thread: Thread, socket_number: int) -> int:
    """Send what is buffered, close a socket and take it out of use.

    Arguments: socket number, -1 for all.
    Result: the number of sockets closed (our choice).
    Errors: a number not in use cancels the request.
    Example:
        %s is float
        %s = $Sock_Conn('OUT')
        Print $Sock_Close(%s) ' [' $Sock_Num ']'
    Prints:
        1 []
    Page: m204wiki, Janus Sockets $functions
    """
    table = sockets_of(thread)
    chosen = list(table) if socket_number == ALL_SOCKETS else [table.used(socket_number, "$Sock_Close")]
    for socket in chosen:
        table.close(socket)
    return len(chosen)


@FAMILY.function("$Sock_Capture", page="$Sock_Capture")
def sock_capture(thread: Thread, socket_number: int, value: str) -> str:
    """Turn print capture of a socket on or off: captured lines are sent with the socket's LINEND.

    Arguments: socket number, -1 for all; ON or OFF.
    Result: the previous setting, ON or OFF; with -1 the number of sockets changed; RESET when the socket is not open
    and ONRESET is CONTINUE.
    Errors: another value cancels the request.
    Example:
        $Sock_Capture(1, 'ON')
        Print 'There she blows!'
    Partner receives:
        There she blows!
    Page: m204wiki, $Sock_Capture
    """
    wanted = value.strip().upper()
    if wanted not in ("ON", "OFF"):
        raise cancelled(f"$Sock_Capture: '{value}' is neither ON nor OFF")
    if socket_number == ALL_SOCKETS:
        able = [s for s in sockets_of(thread) if not s.broken and not s.fin_sent]
        for each in able:
            each.settings.capture = wanted == "ON"
        return str(len(able))
    _, socket = open_socket(thread, socket_number, "$Sock_Capture")
    if socket is None:
        return RESET_TEXT
    before = "ON" if socket.settings.capture else "OFF"
    socket.settings.capture = wanted == "ON" and not socket.fin_sent
    return before


@FAMILY.function("$Sock_Info", page="$Sock_Info")
def sock_info(thread: Thread, socket_number: int, info_type: str) -> str:
    """Return a fact about a socket.

    Arguments: socket number; information, CAPTURE, REMOTE (address, blank, port), STAT or STATUS (CONN, FINR, FINS,
    FINBOTH, RESET), or any keyword of $Sock_Set.
    Result: the fact; RESET when the socket is RESET and ONRESET lets the program go on.
    Errors: other information cancels the request.
    Example:
        %s is float
        %s = $Sock_Conn('OUT')
        Print $Sock_Info(%s, 'STAT') ' ' $Sock_Info(%s, 'REMOTE') ' ' $Sock_Info(%s, 'LINEND')
    Prints:
        CONN 127.0.0.1 3333 0D0A
    Page: m204wiki, $Sock_Info
    """
    function = "$Sock_Info"
    keyword = info_type.strip().upper()
    table = sockets_of(thread)
    socket = table.used(socket_number, function)
    text = describe_setting(socket, keyword)
    if text is None:
        raise cancelled(f"{function}: '{info_type}' is not a known information type")
    if socket.broken and keyword != "ONRESET":
        table.met_reset(socket, function, needs_open=keyword not in INFO_WITHOUT_OPEN)
        return RESET_TEXT
    return text


@FAMILY.function("$Sock_ErrInfo", page="$Sock_ErrInfo")
def sock_errinfo(thread: Thread, info_type: str) -> str:
    """Return what is remembered of the last socket error.

    Arguments: information, CODE, SOCKNUM or FUN.
    Result: the fact, null when there was no error since login.
    Errors: other information cancels the request.
    Example:
        Print '[' $Sock_ErrInfo('CODE') ']'
    Prints:
        []
    Page: m204wiki, $Sock_ErrInfo
    """
    table = sockets_of(thread)
    known = {"CODE": table.error_code, "SOCKNUM": table.error_socket, "FUN": table.error_function}
    try:
        return known[info_type.strip().upper()]
    except KeyError:
        raise cancelled(f"$Sock_ErrInfo: '{info_type}' is not one of CODE, SOCKNUM, FUN") from None


@FAMILY.function("$Sock_Num", page="$Sock_Num")
def sock_num(thread: Thread, selection: str = "ANY") -> str:
    """Return the numbers of the sockets in use.

    Arguments: selection, ANY (default), CONN, FINR, FINS, FINBOTH, RESET, OPEN, CAPTURE or CAPOPEN, each perhaps after
    NOT, joined by OR.
    Result: ascending, separated by blanks; null for none.
    Errors: another selection cancels the request.
    Example:
        %s is float
        %s = $Sock_Conn('OUT')
        %s = $Sock_Conn('OUT')
        $Sock_Capture(%s, 'ON')
        Print $Sock_Num ' / ' $Sock_Num('CAPTURE') ' / ' $Sock_Num('RESET OR NOT CAPTURE')
        $Sock_Close(-1)
    Prints:
        2 3 / 3 / 2
    Page: m204wiki, $Sock_Num
    """
    try:
        return " ".join(str(number) for number in sockets_of(thread).selected(selection))
    except ValueError as error:
        raise cancelled(f"$Sock_Num: {error}") from error


@FAMILY.function("$Sock_OnReset", page="$Sock_OnReset")
def sock_onreset(thread: Thread, label: str = "") -> int:
    """Set the label to jump to when a RESET socket is met.

    Arguments: label, null or blank clears it.
    Result: -1 for a null label.
    Errors: any other label cancels the request, because a jump out of a $function is not offered (our choice): use
    ONRESET CONTINUE and test the result.
    Example:
        Print $Sock_OnReset('')
    Prints:
        -1
    Page: m204wiki, $Sock_OnReset
    """
    sockets_of(thread)
    if label.strip():
        raise cancelled("$Sock_OnReset: jumping to a label is not supported: use ONRESET CONTINUE and test results")
    return -1


@FAMILY.function("$Sock_Tran_In", page="$Sock_Tran_Out")
def sock_tran_in(thread: Thread, string: str, socket_number: int) -> str:
    """Translate a string from the partner's character set, as the socket's table does.

    Arguments: string; socket number.
    Result: the translated string.
    Errors: a RESET socket with ONRESET CANCEL cancels the request.
    Example:
        %s is float
        %s = $Sock_Conn('OUT')
        Print $Sock_Tran_In($X2C('41686162'), %s)
    Prints:
        Ahab
    Page: m204wiki, $Sock_Tran_Out
    """
    socket = _translating(thread, socket_number, "$Sock_Tran_In")
    return socket.decode(socket.encode(string, char=False), char=True)


@FAMILY.function("$Sock_Tran_Out", page="$Sock_Tran_Out")
def sock_tran_out(thread: Thread, string: str, socket_number: int) -> str:
    """Translate a string to the partner's character set, as the socket's table does.

    Arguments: string; socket number.
    Result: the translated string.
    Errors: a RESET socket with ONRESET CANCEL cancels the request.
    Example:
        %s is float
        %s = $Sock_Conn('OUT')
        Print $C2X($Sock_Tran_Out('Ahab', %s))
    Prints:
        41686162
    Page: m204wiki, $Sock_Tran_Out
    """
    socket = _translating(thread, socket_number, "$Sock_Tran_Out")
    return socket.decode(socket.encode(string, char=True), char=False)


def _translating(thread: Thread, number: int, function: str) -> UserSocket:
    table = sockets_of(thread)
    socket = table.used(number, function)
    if socket.broken:
        table.met_reset(socket, function, needs_open=False)
    return socket


@FAMILY.function("$Sock_Cert_Levels", page="$Sock_Cert_Levels")
def sock_cert_levels(thread: Thread, socket_number: int) -> int:
    """Return the number of levels of the partner's certificate.

    Arguments: socket number.
    Result: 0 for none, else 2 or more: level 0 is the partner, 1 its signer, and so on; -1 when the socket is RESET and
    ONRESET is CONTINUE. In the example the partner has a client certificate.
    Example:
        $Sock_SendLn(1, $Sock_Cert_Levels(1))
    Partner receives:
        2
    Page: m204wiki, $Sock_Cert_Levels
    """
    _, socket = open_socket(thread, socket_number, "$Sock_Cert_Levels")
    return RESET_CODE if socket is None else len(socket.peer.chain)


@FAMILY.function("$Sock_Cert_Info", page="$Sock_Cert_Info")
def sock_cert_info(thread: Thread, socket_number: int, entity: str, level: int = 1) -> str:
    """Return an item of the partner's certificate.

    Arguments: socket number; item, COMMONNAME, ORGANIZATION and the other names of $Web_Cert_Info, in any case; level,
    0 the partner, 1 (the documented default here) its signer, negative levels count from the last.
    Result: null when there is none; RESET when the socket is RESET and ONRESET is CONTINUE. In the example the partner
    has a client certificate.
    Example:
        $Sock_SendLn(1, $Sock_Cert_Info(1, 'COMMONNAME', 0))
        $Sock_SendLn(1, $Sock_Cert_Info(1, 'COMMONNAME'))
    Partner receives:
        Alice Archer
        Company Root CA
    Page: m204wiki, $Sock_Cert_Info
    """
    _, socket = open_socket(thread, socket_number, "$Sock_Cert_Info")
    return RESET_TEXT if socket is None else socket.peer.certificate_item(entity, level)
