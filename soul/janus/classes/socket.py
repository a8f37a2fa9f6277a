"""Socket: a socket in use as an object. Numbers and objects may be mixed in one program.

Except for the socket number the arguments are those of the $Sock_ functions, which do the work; their messages name
them. Source: m204wiki, List of Socket methods, and the page of each method.
"""

from __future__ import annotations

from urllib.parse import quote

from soul.janus.certificates.info import certificate_der
from soul.janus.functions import sock
from soul.janus.functions.sock_settings import sock_set
from soul.janus.sockets.table import SERVER_SOCKET, sockets_of
from soul.janus.sockets.usersocket import SocketReset, UserSocket
from soul.runtime.classes.registry import constructor, method, shared, system_class
from soul.runtime.collation import from_ebcdic
from soul.runtime.errors import cancelled
from soul.runtime.thread import Thread
from soul.runtime.values import Reference

NO_LIMIT = -1


@system_class("Socket")
class SocketObject:
    """A socket in use as an object; numbers and objects may be mixed in one program.

    After Close or GetSocketNumber every use of the object cancels the request. In the example a CLSOCK port named OUT
    leads to a port that answers with what it was sent.
    Example:
        %socket is object Socket
        %line is longstring
        %socket = new('OUT')
        %socket:sendWithLineEnd('hello')
        %socket:receiveAndParse(%line)
        Print %line
        %socket:close
    Prints:
        hello
    Page: m204wiki, Socket class
    """

    def __init__(self, number: int) -> None:
        self._number: int | None = number

    @property
    def number(self) -> int:
        """The socket's number. Cancels the request when the object was discarded."""
        if self._number is None:
            raise cancelled("the Socket object is null: it was closed or given back as a number")
        return self._number

    @constructor("New", page="New (Socket constructor)")
    @staticmethod
    def new(
        thread: Thread, client_port: str = "", host: str = "", port: int = -1, ssl: str = ""
    ) -> SocketObject | None:
        """Connect through a CLSOCK port.

        Arguments: ClientPort, the port's name, default the MASTER port; Host and Port, where to, when REMOTE leaves it
        open; SSL, SSL or NOSSL.
        Result: the socket, Null when there is no connection (our choice; MSIR.0667 says why).
        """
        number = sock.sock_conn(thread, client_port, host, port, ssl)
        return SocketObject(number) if number > 0 else None

    @shared("ServerSocket", page="List of Socket methods")
    @staticmethod
    def server_socket(thread: Thread) -> SocketObject | None:
        """Return the server socket, which has number 1.

        Arguments: none.
        Result: the socket of a SRVSOCK thread, Null elsewhere (our choice).
        """
        return SocketObject(SERVER_SOCKET) if sockets_of(thread).get(SERVER_SOCKET) else None

    @shared("GetSocketObject", page="List of Socket methods")
    @staticmethod
    def get_socket_object(thread: Thread, number: int) -> SocketObject:
        """Return an object for a socket number.

        Arguments: number of a socket in use.
        Result: the socket.
        Errors: a number not in use cancels the request.
        """
        return SocketObject(sockets_of(thread).used(number, "GetSocketObject").number)

    @shared("Num", page="$Sock_Num")
    @staticmethod
    def num(thread: Thread, selection: str = "ANY") -> str:
        """Return the numbers of the sockets in use.

        Arguments: selection, as for $Sock_Num, default ANY.
        Result: ascending, separated by blanks.
        """
        return sock.sock_num(thread, selection)

    @shared("ErrInfo", page="$Sock_ErrInfo")
    @staticmethod
    def err_info(thread: Thread, info_type: str) -> str:
        """Return what is remembered of the last socket error.

        Arguments: information, CODE, SOCKNUM or FUN.
        Result: as of $Sock_ErrInfo.
        """
        return sock.sock_errinfo(thread, info_type)

    @shared("OnReset", page="OnReset (Socket function)")
    @staticmethod
    def on_reset(thread: Thread, label: str = "") -> int:
        """Clear the label to jump to when a RESET socket is met.

        Arguments: label, null; another one is refused as by $Sock_OnReset.
        Result: -1.
        """
        return sock.sock_onreset(thread, label)

    @shared("URLEncode", page="List of Socket methods")
    @staticmethod
    def url_encode(string: str) -> str:
        """Percent-encode a string.

        Arguments: string.
        Result: everything but letters, digits and `-._~` is encoded, as Latin-1 (our choice).
        """
        return quote(string, safe="", encoding="latin-1", errors="replace")

    @method("GetSocketNumber", page="GetSocketNumber (Socket function)")
    def get_socket_number(self) -> int:
        """Return the socket's number and discard the object: the socket is reachable by number only.

        Arguments: none.
        Result: the number.
        """
        number, self._number = self.number, None
        return number

    @method("Close", page="Close (Socket function)")
    def close(self, thread: Thread) -> int:
        """Close the socket and discard the object.

        Arguments: none.
        Result: 1.
        """
        number, self._number = self.number, None
        return sock.sock_close(thread, number)

    @method("Send", page="Send (Socket function)")
    def send(self, thread: Thread, string: str, options: str = "") -> int:
        """Send a string.

        Arguments: string; Options, as for $Sock_Send.
        Result: 0; -1 when the socket is RESET and ONRESET is CONTINUE.
        Errors: as of $Sock_Send.
        """
        return sock.sock_send(thread, self.number, string, options)

    @method("SendWithLineEnd", page="List of Socket methods")
    def send_with_line_end(self, thread: Thread, string: str, options: str = "") -> int:
        """Send a string and the socket's LINEND.

        Arguments: string, at most 255 characters; Options, as for $Sock_SendLn.
        Result: 0; -1 when the socket is RESET and ONRESET is CONTINUE.
        Errors: as of $Sock_SendLn.
        """
        return sock.sock_sendln(thread, self.number, string, options)

    @method("Receive", page="Receive (Socket function)")
    def receive(
        self, thread: Thread, target: Reference, max_bytes: int = 0, min_bytes: int = 0, options: str = ""
    ) -> int:
        """Receive bytes into a variable.

        Arguments: Target, a variable; MaxBytes and MinBytes, 0 to 2147483647, and Options, as for $Sock_Recv.
        Result: bytes received, as of $Sock_Recv.
        Errors: as of $Sock_Recv.
        """
        return sock.sock_recv(thread, self.number, target, max_bytes, min_bytes, options)

    @method("ReceiveAndParse", page="ReceiveAndParse (Socket function)")
    def receive_and_parse(
        self,
        thread: Thread,
        target: Reference,
        max_bytes: int = 0,
        parse_token_index: Reference | None = None,
        options: str = "",
    ) -> int:
        """Receive up to the next separator.

        Arguments: Target, a variable; MaxBytes, -1 to 2147483647; ParseTokenIndex, a variable that gets the number of
        the separator; Options; as for $Sock_RecvPrs.
        Result: bytes taken, as of $Sock_RecvPrs.
        Errors: as of $Sock_RecvPrs.
        """
        return sock.sock_recvprs(thread, self.number, target, max_bytes, parse_token_index, options)

    @method("ReceiveAsynchronous", page="List of Socket methods")
    def receive_asynchronous(
        self, thread: Thread, target: Reference, max_bytes: int = 0, options: str = "", *, wait: bool = False
    ) -> int:
        """Receive what is there, perhaps nothing.

        Arguments: Target, a variable; MaxBytes, 0 (default) the declared length of the target, -1 no limit; Options,
        BINARY or CHAR for this call; Wait, True to wait for something, at most the port's TIMEOUT, default False.
        Result: bytes received, 0 for none, -1 when the socket is RESET and ONRESET is CONTINUE.
        """
        function = "ReceiveAsynchronous"
        mode = sock.receive_mode(options, function)
        table, socket = sock.open_socket(thread, self.number, function)
        if socket is None:
            return -1
        capacity = target.capacity
        maximum = max_bytes if max_bytes > 0 else (capacity if max_bytes == 0 and capacity else sock.MOST_BYTES)
        try:
            data = socket.available(maximum, socket.timeout if wait else 0.0)
        except SocketReset as error:
            table.broke(socket, function, error)
            return -1
        target.set(socket.decode(data[:capacity], mode))
        return len(data)

    @method("ReceivedFin", page="List of Socket methods")
    def received_fin(self, thread: Thread) -> bool:
        """Say whether the other side has said that it sends no more.

        Arguments: none.
        Result: True or False.
        """
        return self._used(thread, "ReceivedFin").fin_received

    @method("Capture", page="Capture (Socket function)")
    def capture(self, thread: Thread, value: str) -> str:
        """Turn print capture on or off.

        Arguments: ON or OFF.
        Result: the previous setting, as of $Sock_Capture.
        """
        return sock.sock_capture(thread, self.number, value)

    @method("Set", page="Set (Socket function)")
    def set(self, thread: Thread, keyword: str, value: str = "") -> str:
        """Change a setting of the socket.

        Arguments: keyword; value; as for $Sock_Set.
        Result: the previous value.
        Errors: as of $Sock_Set.
        """
        return sock_set(thread, self.number, keyword, value)

    @method("Info", page="Info (Socket function)")
    def info(self, thread: Thread, info_type: str) -> str:
        """Return a fact about the socket.

        Arguments: information, as for $Sock_Info.
        Result: the fact, as of $Sock_Info.
        """
        return sock.sock_info(thread, self.number, info_type)

    @method("TranIn", page="TranOut (Socket function)")
    def tran_in(self, thread: Thread, string: str) -> str:
        """Translate a string from the partner's character set.

        Arguments: string.
        Result: the translated string.
        """
        return sock.sock_tran_in(thread, string, self.number)

    @method("TranOut", page="TranOut (Socket function)")
    def tran_out(self, thread: Thread, string: str) -> str:
        """Translate a string to the partner's character set.

        Arguments: string.
        Result: the translated string.
        """
        return sock.sock_tran_out(thread, string, self.number)

    @method("CertLevels", page="CertLevels (Socket function)")
    def cert_levels(self, thread: Thread) -> int:
        """Return the number of levels of the partner's certificate.

        Arguments: none.
        Result: 0 for none, else 2 or more, as of $Sock_Cert_Levels.
        """
        return sock.sock_cert_levels(thread, self.number)

    @method("CertInfo", page="CertInfo (Socket function)")
    def cert_info(self, thread: Thread, entity: str, level: int = 1) -> str:
        """Return an item of the partner's certificate.

        Arguments: item, as for $Sock_Cert_Info; level, default 1, the signer.
        Result: null when there is none.
        """
        return sock.sock_cert_info(thread, self.number, entity, level)

    @method("Certificate", page="List of Socket methods")
    def certificate(self, thread: Thread) -> str:
        """Return the partner's certificate.

        Arguments: none.
        Result: DER, one character for each byte; null when there is none.
        """
        return from_ebcdic(certificate_der(self._used(thread, "Certificate").peer.chain))

    def _used(self, thread: Thread, function: str) -> UserSocket:
        return sockets_of(thread).used(self.number, function)
