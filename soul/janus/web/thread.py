"""What a thread knows while it answers a web request; the $Web_ functions read and change it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from soul.janus.http.cookies import parse_cookies
from soul.janus.http.forms import FormField, parse_query
from soul.janus.web.credentials import Credentials, credentials_of
from soul.janus.web.page import LINE_ENDS
from soul.language.whole import whole_number
from soul.runtime.slots import Slot

if TYPE_CHECKING:
    from soul.janus.http.message import HttpRequest
    from soul.janus.peer import Peer
    from soul.janus.port import Port
    from soul.janus.web.page import Page, PageOptions
    from soul.runtime.thread import Thread

WEB: Slot[WebThread] = Slot("web")

Pairs = Sequence[tuple[str, str]]


class WebThread:
    """One web request on its thread.

    `prelogin` is True while NEWSESCMD runs: Authorization and $Web_Password are visible only then. `form` is None
    when the body is no form.
    """

    prelogin: bool = False
    close_connection: bool = False  # $Web_End_SSLSes: the browser must connect anew

    def __init__(
        self,
        request: HttpRequest,
        peer: Peer,
        port: Port,
        page: Page,
        form: tuple[FormField, ...] | None = None,
        *,
        raw_body: bool = False,
        end_session: Callable[[], None] | None = None,
    ) -> None:
        self.request = request
        self.peer = peer
        self.port = port
        self.page = page
        self.form = form
        self.raw_body = raw_body
        self.end_session = end_session
        self.log_messages: list[str] = []

    def dissolve(self) -> None:
        """Undo the links that lead in circles, when the request is over: see `Session.dissolve`."""
        self.end_session = None
        self.page.thread = None
        self.page.finished = None

    @cached_property
    def credentials(self) -> Credentials | None:
        """The userid and password that the browser sent, None when it sent none."""
        return credentials_of(self.request, not self.port.definition.flag("NOUPCASE"))

    @property
    def userid_sent(self) -> str:
        """The userid that the browser sent, '' for none."""
        return self.credentials.userid if self.credentials else ""

    @property
    def password_sent(self) -> str:
        """The password that the browser sent, '' for none."""
        return self.credentials.password if self.credentials else ""

    @cached_property
    def cookies(self) -> Pairs:
        """The cookies of the request, in order."""
        return parse_cookies(self.request.header_all("Cookie"))

    @cached_property
    def query(self) -> Pairs:
        """The parameters in the URL, in order."""
        return parse_query(self.request.query)

    @property
    def headers(self) -> Pairs:
        """The header fields a program may see, pseudo fields first; Authorization only while NEWSESCMD runs."""
        request = self.request
        pseudo = [("METHOD", request.method), ("URL", request.path), ("HTTP", request.version)]
        if request.query:
            pseudo.append(("ISINDEX", request.query))
        upper = not self.port.definition.flag("NOUPCASE")
        rest = [
            (name.upper() if upper else name, value)
            for name, value in request.headers
            if self.prelogin or name.lower() not in ("authorization", "proxy-authorization")
        ]
        return pseudo + rest

    @property
    def fields(self) -> tuple[FormField, ...]:
        """The form fields, none when the body is no form."""
        return self.form or ()


def pick(pairs: Pairs, name: str | None, occurrence: int | None) -> str | None:
    """Return the value the documented (name, occurrence) convention selects, None when there is none.

    Name alone: the first of that name. Name and n: its nth. n alone: the nth of all. Neither: None.
    """
    index = index_of([key for key, _ in pairs], name, occurrence)
    return None if index is None else pairs[index][1]


def index_of(names: Sequence[str], name: str | None, occurrence: int | None) -> int | None:
    """Return which of `names` is selected, counted from 0. Case does not matter."""
    if not name:
        if occurrence is None or not 1 <= occurrence <= len(names):
            return None
        return occurrence - 1
    wanted = name.upper()
    number = 1 if occurrence is None else occurrence
    for index, key in enumerate(names):
        if key.upper() == wanted:
            number -= 1
            if number == 0:
                return index
    return None


def portion(value: str | None, start: int | None, length: int | None) -> str:
    """Return the part of `value` from `start` (1) for `length` characters (the rest); '' on any error."""
    if value is None:
        return ""
    first = 1 if start is None else start
    if first < 1 or (length is not None and length < 0):
        return ""
    return value[first - 1 :] if length is None else value[first - 1 : first - 1 + length]


def live(thread: Thread) -> WebThread | None:
    """Return the web request of `thread`, None off a web thread; after the response the user is lost (M204.0564)."""
    state: WebThread | None = thread.slots.peek(WEB)
    if state is not None and state.page.done:
        raise state.page.lost()
    return state


# Keyword of $Web_Set -> the option it shows, and the value it stands for.
_KEYWORDS: dict[str, tuple[str, bool | str]] = {
    **{word: (word.lower(), True) for word in ("AUTODONE", "CLOSEIMMED", "CLOSEREAD", "MSGSEND")},
    **{f"NO{word}": (word.lower(), False) for word in ("AUTODONE", "CLOSEIMMED", "CLOSEREAD", "MSGSEND")},
    **{word: ("line_end", end) for word, end in LINE_ENDS.items()},
}
# Parameter of $Web_Set with a number -> option, least, greatest.
_NUMBERS = {
    "COMPRESS": ("compress", 0, 3),
    "FORMPOSTWAIT": ("form_post_wait", 1, 32767),
    "FORMREDIRWAIT": ("form_redirect_wait", 1, 32767),
}


def option_setting(options: PageOptions, parameter: str, value: str | None) -> str:
    """Read, or with a value change, one setting as $Web_Set does; return the previous value, '' on any error."""
    name = parameter.strip().upper()
    word = (value or "").strip().upper()
    if name in _NUMBERS:
        option, least, most = _NUMBERS[name]
        before = str(getattr(options, option))
        if value is None:
            return before
        number = whole_number(word)
        if number is None or not least <= number <= most:
            return ""
        setattr(options, option, number)
        return before
    keyword = word or name
    if keyword not in _KEYWORDS or (name and word and _KEYWORDS.get(name, ("", ""))[0] != _KEYWORDS[word][0]):
        return ""
    option, new = _KEYWORDS[keyword]
    current = getattr(options, option)
    before = next(known for known, pair in _KEYWORDS.items() if pair == (option, current))
    if word:
        setattr(options, option, new)
    return before
