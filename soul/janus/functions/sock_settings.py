"""$Sock_Set: one table of keywords, each with its reader and writer.

Source: m204wiki, $Sock_Set; Set (Socket function); $Sock_Info.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from soul.janus.sockets.separators import Separators, parse_line_end
from soul.janus.sockets.table import RESET_TEXT, sockets_of
from soul.janus.sockets.usersocket import OnReset, UserSocket
from soul.language.whole import whole_number
from soul.runtime.errors import cancelled
from soul.runtime.functions.registry import Family
from soul.runtime.thread import Thread

FAMILY = Family("socket settings")
MOST_BYTES = 2**31 - 1
ALL_SOCKETS = -1


@dataclass(frozen=True, slots=True)
class Setting:
    """One keyword: how its value is read and set, whether it needs an OPEN socket or the server socket."""

    read: Callable[[UserSocket], str]
    write: Callable[[UserSocket, str], None] | None  # raises ValueError with the reason
    needs_open: bool = True
    server_only: bool = False


def _pair(attribute: str, on: str, off: str, **needs: bool) -> dict[str, Setting]:
    """Return the two self-defining keywords of a switch: each sets it, and reads as the word in effect.

    The value may be the word to set instead, as in `$Sock_Set(%s,'BINARY',%old)`.
    """

    def read(socket: UserSocket) -> str:
        return on if getattr(socket.settings, attribute) else off

    def writer(keyword: str) -> Callable[[UserSocket, str], None]:
        def write(socket: UserSocket, value: str) -> None:
            word = value.strip().upper() or keyword
            if word not in (on, off):
                raise ValueError(f"'{value}' is neither {on} nor {off}")
            setattr(socket.settings, attribute, word == on)

        return write

    return {word: Setting(read, writer(word), **needs) for word in (on, off)}


def _read_line_end(socket: UserSocket) -> str:
    end = socket.settings.line_end
    return "NONE" if end is None else end.hex().upper()


def _line_end(socket: UserSocket, value: str) -> None:
    socket.settings.line_end = parse_line_end(value.strip())


def _read_separators(socket: UserSocket) -> str:
    separators = socket.settings.separators
    return "NONE" if separators is None else separators.text


def _separators(socket: UserSocket, value: str) -> None:
    socket.settings.separators = Separators.parse(value.strip())


def _on_reset(socket: UserSocket, value: str) -> None:
    try:
        socket.settings.on_reset = OnReset(value.strip().upper())
    except ValueError:
        raise ValueError(f"'{value}' is not one of {', '.join(OnReset)}") from None


def _limit(socket: UserSocket, value: str) -> None:
    text = value.strip() or "0"
    number = whole_number(text)
    if number is None or number > MOST_BYTES:
        raise ValueError(f"'{value}' is not a number from 0 to {MOST_BYTES}")
    socket.set_limit(number)


def _table(socket: UserSocket, value: str) -> None:
    if value.strip().upper() != "STANDARD":
        raise ValueError(f"translate table '{value}' is not loaded: only STANDARD is")


_SETTINGS: dict[str, Setting] = {
    **_pair("audit_terminal", "AUDTERM", "NOAUDTERM", server_only=True),
    **_pair("char", "CHAR", "BINARY"),
    **_pair("close_at_request_end", "CLOSE", "NOCLOSE", needs_open=False),
    "LINEND": Setting(_read_line_end, _line_end),
    "ONRESET": Setting(lambda s: str(s.settings.on_reset), _on_reset, needs_open=False),
    "PRSTOK": Setting(_read_separators, _separators),
    "RECVLIM": Setting(lambda s: str(s.limit if s.window is None else s.window), _limit),
    "XTAB": Setting(lambda s: s.settings.table, _table),
    "CAPTURE": Setting(lambda s: "ON" if s.settings.capture else "OFF", None, needs_open=False),
    "REMOTE": Setting(lambda s: f"{s.peer.address.host} {s.peer.address.port}", None),
    "STAT": Setting(lambda s: str(s.state), None, needs_open=False),
    "STATUS": Setting(lambda s: str(s.state), None, needs_open=False),
}

INFO_WITHOUT_OPEN = frozenset(name for name, setting in _SETTINGS.items() if not setting.needs_open)


def describe_setting(socket: UserSocket, keyword: str) -> str | None:
    """Return the $Sock_Info text of `keyword` (upper case), None for an unknown keyword."""
    setting = _SETTINGS.get(keyword)
    return None if setting is None else setting.read(socket)


@FAMILY.function("$Sock_Set", page="$Sock_Set")
def sock_set(thread: Thread, socket_number: int, keyword: str, value: str = "") -> str:
    """Change a setting of a socket, or of all sockets it applies to.

    Arguments: socket number, -1 for all; keyword, AUDTERM, NOAUDTERM (server socket only), BINARY, CHAR, CLOSE,
    NOCLOSE, LINEND, ONRESET, PRSTOK, RECVLIM or XTAB; value, as the keyword wants, BINARY and CHAR also take the word
    to set.
    Result: the previous value; with -1 the number of sockets changed; RESET when the socket must be open and is not.
    Errors: an unknown keyword or a bad value cancels the request.
    Example:
        %s is float
        %s = $Sock_Conn('OUT')
        Print $Sock_Set(%s, 'LINEND', '0A')
        Print $Sock_Info(%s, 'LINEND')
        Print $Sock_Set(%s, 'BINARY') ' ' $Sock_Info(%s, 'CHAR')
    Prints:
        0D0A
        0A
        CHAR BINARY
    Page: m204wiki, $Sock_Set
    """
    word = keyword.strip().upper()
    setting = _SETTINGS.get(word)
    if setting is None or setting.write is None:
        known = ", ".join(name for name, each in _SETTINGS.items() if each.write)
        raise cancelled(f"$Sock_Set: '{keyword}' is not one of {known}")
    table = sockets_of(thread)
    everyone = socket_number == ALL_SOCKETS
    chosen = list(table) if everyone else [table.used(socket_number, "$Sock_Set")]
    changed, before = 0, ""
    for socket in chosen:
        if setting.server_only and not socket.is_server:
            if everyone:
                continue
            raise cancelled(f"$Sock_Set: {word} is for the server socket only")
        if setting.needs_open and socket.broken:
            before = RESET_TEXT
            continue
        before = setting.read(socket)
        try:
            setting.write(socket, value)
        except ValueError as error:
            raise cancelled(f"$Sock_Set: {word}: {error}") from error
        changed += 1
    return str(changed) if everyone else before
