"""The user that a web request runs as, for as long as the request lasts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from soul.janus.web.page import Page, PageOptions
from soul.janus.web.thread import WEB, WebThread
from soul.online.command import Privilege
from soul.online.session import NO_ACCOUNT, Session
from soul.online.straight import Straight, StraightRun

if TYPE_CHECKING:
    from soul.janus.http.forms import FormField
    from soul.janus.http.message import HttpRequest
    from soul.janus.peer import Peer
    from soul.janus.port import Port
    from soul.online.online import Online
    from soul.online.problem import Problem
    from soul.runtime.messages import Message


class RequestUser:
    """A thread with its page and what the $Web_ functions know; and a command level, made when it is needed.

    It begins as `userid`. `finished` is called when the page is done, `end_session` by $Web_End_Ses. `stop` is
    the thread's list of reasons to stop.
    """

    made: Session | None = None  # the command level, once there is one
    _behind: Callable[[Session], None] | None = None

    def __init__(
        self,
        online: Online,
        port: Port,
        userid: str,
        request: HttpRequest,
        peer: Peer,
        options: PageOptions,
        stop: list[str],
        *,
        form: tuple[FormField, ...] | None,
        raw_body: bool,
        finished: Callable[[], None],
        end_session: Callable[[], None],
    ) -> None:
        self.online = online
        self.page = page = Page(options, online.audit, finished)
        self.thread = thread = online.new_thread(page, userid=userid, daemon=True)
        thread.stop = stop
        thread.waits = getattr(stop, "begin_wait", None)
        page.thread = thread
        self.web = WebThread(request, peer, port, page, form, raw_body=raw_body, end_session=end_session)
        slots = thread.slots
        slots.put(WEB, self.web)
        slots.fill = self._make_session
        thread.message_filter = self._first_message

    @property
    def session(self) -> Session:
        """The command level of the thread."""
        return self.made or self._make_session()

    def _make_session(self) -> Session:
        self.made = session = Session(self.online, self.thread, Privilege.NONE)
        if self._behind is not None:
            self._behind(session)
        return session

    def _first_message(self, message: Message) -> Message:
        """Make the command level, since a message is about to be issued; from now on it looks at messages itself."""
        return self.session.changed_message(message)

    def become(self, userid: str) -> None:
        """Go on as `userid` without a login and without privileges; what an earlier login had is gone."""
        self.thread.userid, self.thread.account = userid, NO_ACCOUNT
        if self.made is not None:
            self.made.privileges = Privilege.NONE

    def clean_up(self) -> None:
        """Drop what belongs to the login, except who is logged in and what the request is."""
        self.session.clean_up()
        self.attach()

    def attach(self) -> None:
        """Make the request known to the thread again, after its slots have been emptied."""
        self.thread.slots.put(WEB, self.web)

    def run(self, straight: Straight) -> list[Problem]:
        """Execute a line that needs no command level; return what went wrong. Raises Stopped."""
        run = StraightRun(straight, self.thread)
        self._behind = run.catch_up
        return run.run()

    def end(self, *, logged_in: bool) -> None:
        """Clean up as a logoff does: every request starts from scratch."""
        page, thread = self.page, self.thread
        page.done, page.on = True, False
        if logged_in:
            self.session.logoff()
        thread.finish_login()
        self.online.forget(thread)  # what belongs to the thread alone goes with it
        self._behind = None
        if self.made is not None:
            self.made.dissolve()
        else:
            thread.dissolve()
        self.web.dissolve()
