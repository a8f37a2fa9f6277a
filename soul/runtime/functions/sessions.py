"""Sessions: $lists and longstrings that outlive a login, for example from one web request to the next.

The Online puts one `SessionTable` for all threads under `SESSIONS`. A thread has at most one session open, and a
session is open on at most one thread; logoff closes it.
Source: m204wiki, Sessions; $Session_Create; $Session_Open; $Session_Close; $Session_Delete.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from soul.runtime.functions.lists import add_lines
from soul.runtime.functions.messages import failed, invalid
from soul.runtime.functions.registry import Family
from soul.runtime.functions.services import services
from soul.runtime.slots import Slot
from soul.runtime.thread import Thread

FAMILY = Family("sessions")

PUBLIC = "*"
SESDEFTO = 900  # seconds; m204wiki, Sessions
SESDEFOW = 0
SESNUMBER = 100  # of private and of public sessions; 0 on the mainframe until set (our choice)
SLICE = 0.1
NAME_LENGTH = 255


@dataclass
class Session:
    """One session: what it keeps, and who has it open."""

    id: str
    owner: str
    timeout: int
    used: datetime
    thread: Thread | None = None
    doomed: bool = False  # deleted while open: goes when it is closed
    lists: dict[str, list[str]] = field(default_factory=dict)
    longstrings: dict[str, str] = field(default_factory=dict)
    at_close: list[Callable[[], None]] = field(default_factory=list)  # what moves values back into the session

    def expired(self, now: datetime) -> bool:
        """Say whether the session was left alone for longer than its timeout."""
        return self.thread is None and now - self.used > timedelta(seconds=self.timeout)


class SessionTable:
    """The sessions of one Online."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self._sessions: dict[tuple[str, str], Session] = {}

    def find(self, owner: str, id_: str, now: datetime) -> Session | None:
        """Return a session that is alive; sessions past their timeout go first."""
        for key in [key for key, session in self._sessions.items() if session.expired(now)]:
            del self._sessions[key]
        session = self._sessions.get((owner, id_))
        return None if session is None or session.doomed else session

    def count(self, owner: str) -> int:
        """Return the number of sessions of one owner."""
        return sum(session.owner == owner for session in self._sessions.values())

    def count_kind(self, *, public: bool) -> int:
        """Return the number of public or private sessions."""
        return sum((session.owner == PUBLIC) is public for session in self._sessions.values())

    def add(self, session: Session) -> None:
        """Add a session."""
        self._sessions[session.owner, session.id] = session

    def remove(self, session: Session) -> None:
        """Remove a session."""
        if self._sessions.get((session.owner, session.id)) is session:
            del self._sessions[session.owner, session.id]

    def visible(self, owner: str) -> list[Session]:
        """Return the public sessions and those of `owner`, in order of names."""
        known = (session for session in self._sessions.values() if session.owner in (owner, PUBLIC))
        return sorted(known, key=lambda session: (session.owner, session.id))


SESSIONS: Slot[SessionTable] = Slot("sessions")
OPEN_SESSION: Slot[Session] = Slot("open session")


def sessions(thread: Thread) -> SessionTable:
    """Return the table the thread uses."""
    table = thread.slots.get(SESSIONS)
    if table is None:
        table = SessionTable()
        thread.slots.put(SESSIONS, table)
    return table


def open_session(thread: Thread) -> Session | None:
    """Return the session the thread has open, or None."""
    return thread.slots.get(OPEN_SESSION)


def _owner(thread: Thread, owner: str | None) -> str:
    return (owner or thread.userid).upper()


def _timeout(thread: Thread, timeout: int) -> int:
    value = thread.parameters.number("SESDEFTO", SESDEFTO) if timeout < 0 else timeout
    highest = thread.parameters.number("SESMAXTO", 0)
    return min(value, highest) if highest else value


def _limit_code(thread: Thread, table: SessionTable, owner: str) -> int:
    """Return 0 when one more session may exist, 2 for the Online's limit, 3 for the user's."""
    public = owner == PUBLIC
    limit = thread.parameters.number("SESNPUB" if public else "SESNPRV", SESNUMBER)
    if table.count_kind(public=public) >= limit:
        return 2
    if not public and table.count(owner) >= max(1, thread.parameters.number("SESUMAX", 0)):
        return 3
    return 0


def _attach(thread: Thread, session: Session) -> None:
    session.thread = thread
    session.used = thread.clock()
    thread.slots.put(OPEN_SESSION, session)
    thread.at_logoff.append(lambda: close_session(thread, session))


def close_session(thread: Thread, session: Session) -> None:
    """Close a session of the thread; its contents stay for the next one that opens it."""
    if thread.slots.get(OPEN_SESSION) is not session:
        return
    table = sessions(thread)
    with table.changed:
        actions, session.at_close = session.at_close, []
        for action in actions:
            action()
        session.thread = None
        session.used = thread.clock()
        thread.slots.drop(OPEN_SESSION)
        if session.doomed:
            table.remove(session)
        table.changed.notify_all()


def _only_one(thread: Thread, function: str) -> None:
    if open_session(thread) is not None:
        raise failed(function, "A SESSION IS OPEN ON THIS THREAD")


@FAMILY.function("$Session_Create", page="$Session_Create")
def session_create(
    thread: Thread, id_: str = "", owner: str | None = None, timeout: int = -1, options: str | None = None
) -> int:
    """Create a session, and open it.

    Arguments: id, unique for its owner, a public one in the whole Online; owner, a user id or * for a public session,
    default the caller; timeout in seconds, -1 for SESDEFTO (900); options OPEN (default) or NOOPEN.
    Result: 0 done, 1 the id exists, 2 limit of the Online (SESNPRV, SESNPUB), 3 limit of the user (SESUMAX).
    Errors: a bad option, no id, or a session that is open already cancels the request; so does a private session for
    somebody else unless the caller is a system administrator.
    Example: $Session_Create('S1') -> 0
    Page: m204wiki, $Session_Create
    """
    option = (options or "OPEN").strip().upper()
    if option not in ("OPEN", "NOOPEN"):
        raise invalid("$Session_Create", "OPTION MUST BE OPEN OR NOOPEN")
    if not 1 <= len(id_) <= NAME_LENGTH:
        raise invalid("$Session_Create", "ID MUST HAVE 1 TO 255 CHARACTERS")
    whose = _owner(thread, owner)
    if whose not in (PUBLIC, thread.userid.upper()) and not services(thread).system_administrator:
        raise failed("$Session_Create", "ONLY A SYSTEM ADMINISTRATOR CREATES SESSIONS FOR OTHERS")
    if option == "OPEN":
        _only_one(thread, "$Session_Create")
    table, now = sessions(thread), thread.clock()
    with table.changed:
        if table.find(whose, id_, now) is not None:
            return 1
        code = _limit_code(thread, table, whose)
        if code:
            return code
        session = Session(id_, whose, _timeout(thread, timeout), now)
        table.add(session)
        if option == "OPEN":
            _attach(thread, session)
    return 0


@FAMILY.function("$Session_Open", page="$Session_Open")
def session_open(thread: Thread, id_: str = "", owner: str | None = None, wait: float = -1.0) -> int:
    """Open a session.

    Arguments: id; owner, a user id or *, default the caller; wait, the seconds to wait while another thread has it
    open, -1 for SESDEFOW (0).
    Result: 0 done, 1 not found, 2 in use after the wait.
    Errors: a session that is open on this thread already cancels the request; so does the private session of somebody
    else unless the caller is a system administrator.
    Example: $Session_Open('NOPE') -> 1
    Page: m204wiki, $Session_Open
    """
    _only_one(thread, "$Session_Open")
    whose = _owner(thread, owner)
    if whose not in (PUBLIC, thread.userid.upper()) and not services(thread).system_administrator:
        raise failed("$Session_Open", "ONLY A SYSTEM ADMINISTRATOR OPENS SESSIONS OF OTHERS")
    seconds = float(thread.parameters.number("SESDEFOW", SESDEFOW)) if wait < 0 else wait
    until = time.monotonic() + seconds
    table = sessions(thread)
    with table.changed:
        while True:
            session = table.find(whose, id_, thread.clock())
            if session is None:
                return 1
            if session.thread is None:
                _attach(thread, session)
                return 0
            left = until - time.monotonic()
            if left <= 0:
                return 2
            thread.begin_wait()
            table.changed.wait(min(left, SLICE))


@FAMILY.function("$Session_Close", page="$Session_Close")
def session_close(thread: Thread, id_: str | None = None, owner: str | None = None, timeout: int | None = None) -> int:
    """Close the open session, and change it on the way.

    Arguments: new id, new owner, new timeout, each default unchanged.
    Result: -1 no session is open, 0 done; 1 to 3 as for $Session_Create when it was to be changed: it stays open.
    Example: $Session_Close -> -1
    Page: m204wiki, $Session_Close
    """
    session = open_session(thread)
    if session is None:
        return -1
    table = sessions(thread)
    new_id, new_owner = id_ or session.id, (owner or session.owner).upper()
    with table.changed:
        if (new_owner, new_id) != (session.owner, session.id):
            if table.find(new_owner, new_id, thread.clock()) is not None:
                return 1
            table.remove(session)
            code = _limit_code(thread, table, new_owner) if new_owner != session.owner else 0
            if not code:
                session.id, session.owner = new_id, new_owner
            table.add(session)
            if code:
                return code
        if timeout is not None:
            session.timeout = _timeout(thread, timeout)
    close_session(thread, session)
    return 0


@FAMILY.function("$Session_Delete", page="$Session_Delete")
def session_delete(thread: Thread, id_: str = "", owner: str | None = None, wait: float = 0.0) -> int:
    """Delete a session.

    Arguments: id; owner, a user id or *, default the caller; wait, the seconds to wait while it is open, default 0.
    Result: 0 done, 1 not found, 2 in use: it goes when it is closed, also when it is the caller's own.
    Example: $Session_Delete('NOPE') -> 1
    Page: m204wiki, $Session_Delete
    """
    whose = _owner(thread, owner)
    if whose not in (PUBLIC, thread.userid.upper()) and not services(thread).system_administrator:
        return 1
    until = time.monotonic() + wait
    table = sessions(thread)
    with table.changed:
        while True:
            session = table.find(whose, id_, thread.clock())
            if session is None:
                return 1
            if session.thread is None:
                table.remove(session)
                return 0
            left = until - time.monotonic()
            if left <= 0 or session.thread is thread:
                session.doomed = True
                return 2
            thread.begin_wait()
            table.changed.wait(min(left, SLICE))


@FAMILY.function("$Session", page="$Session")
def session_(thread: Thread) -> int:
    """Say whether a session is open.

    Arguments: none.
    Result: 1 or 0.
    Example: $Session -> 0
    Page: m204wiki, Sessions
    """
    return int(open_session(thread) is not None)


@FAMILY.function("$Session_Id", page="Sessions")
def session_id(thread: Thread) -> str:
    """Return the id of the open session.

    Arguments: none.
    Result: null when none is open.
    Example: $Session_Id -> (null)
    Page: m204wiki, Sessions
    """
    session = open_session(thread)
    return session.id if session else ""


@FAMILY.function("$Session_Owner", page="Sessions")
def session_owner(thread: Thread) -> str:
    """Return the owner of the open session.

    Arguments: none.
    Result: a user id or *; null when none is open.
    Example: $Session_Owner -> (null)
    Page: m204wiki, Sessions
    """
    session = open_session(thread)
    return session.owner if session else ""


@FAMILY.function("$Session_Timeout", page="Sessions")
def session_timeout(thread: Thread) -> int:
    """Return the timeout of the open session in seconds.

    Arguments: none.
    Result: -1 when none is open.
    Example: $Session_Timeout -> -1
    Page: m204wiki, Sessions
    """
    session = open_session(thread)
    return session.timeout if session else -1


@FAMILY.function("$Session_List", page="$Session_List")
def session_list(thread: Thread, list_: int | None = None) -> int:
    """Put the sessions the user may open into a $list.

    Arguments: list.
    Result: number of sessions; -5 argument missing, -6 invalid $list. Each item is owner, id, timeout and 1 or 0 for
    open or not, separated by blanks.
    Example: $Session_List($ListNew) -> 0
    Page: m204wiki, $Session_List
    """
    table = sessions(thread)
    with table.changed:
        table.find("", "", thread.clock())
        known = table.visible(thread.userid.upper())
        lines = [f"{item.owner} {item.id} {item.timeout} {int(item.thread is not None)}" for item in known]
    return add_lines(thread, list_, lines)
