"""Held logins: SESCOOKIE ties a login to a cookie, SSLSES to the SSL session; SESTIMEOUT ends both.

Source: m204wiki, SSLSES and SESTIMEOUT (JANUS DEFINE parameters); $Web_End_Ses.
"""

from __future__ import annotations

import re
import secrets
import threading
from dataclasses import dataclass
from typing import Protocol

from soul.janus.peer import SslSession
from soul.janus.port import PortDefinition

MOST_SESSIONS = 10_000  # of one port; the longest unused one is forgotten first
_NOT_TOKEN = re.compile(r"[^0-9A-Za-z_-]")


class LoginSessions(Protocol):
    """Where the login sessions of a port's cookies are kept; another store can stand behind it."""

    def begin(self, userid: str, now: float) -> str:
        """Begin a session and return its secret identifier."""

    def userid(self, identifier: str, now: float) -> str:
        """Return who the session is logged in as and count it as used; '' when it is unknown or has timed out."""

    def end(self, identifier: str) -> None:
        """End a session."""


@dataclass(slots=True)
class _Held:
    userid: str
    used: float


class MemoryLoginSessions:
    """Login sessions in memory: they end with the server."""

    def __init__(self, timeout: float) -> None:
        """Keep sessions for `timeout` seconds after their last use."""
        self._timeout = timeout
        self._held: dict[str, _Held] = {}  # oldest use first
        self._lock = threading.Lock()

    def begin(self, userid: str, now: float) -> str:
        """Begin a session."""
        identifier = secrets.token_urlsafe(24)
        with self._lock:
            self._expire(now)
            while len(self._held) >= MOST_SESSIONS:
                del self._held[next(iter(self._held))]
            self._held[identifier] = _Held(userid, now)
        return identifier

    def userid(self, identifier: str, now: float) -> str:
        """Return who is logged in."""
        with self._lock:
            self._expire(now)
            held = self._held.pop(identifier, None)
            if held is None:
                return ""
            held.used = now
            self._held[identifier] = held
            return held.userid

    def end(self, identifier: str) -> None:
        """End a session."""
        with self._lock:
            self._held.pop(identifier, None)

    def _expire(self, now: float) -> None:
        while self._held:
            identifier = next(iter(self._held))
            if now - self._held[identifier].used <= self._timeout:
                return
            del self._held[identifier]


def session_cookie_name(definition: PortDefinition) -> str:
    """Return the name of the SESCOOKIE cookie, '' when the port has none. Without a name: JANSES_port (our choice)."""
    if not definition.given("SESCOOKIE"):
        return ""
    return definition.string("SESCOOKIE") or "JANSES_" + _NOT_TOKEN.sub("_", definition.name)


def ssl_login(session: SslSession | None, timeout: float, now: float) -> str:
    """Return who the SSL session is logged in as and count it as used; '' when nobody, or not any more."""
    if session is None or session.ended or not session.login:
        return ""
    if now - session.login_used > timeout:
        session.login = ""
        return ""
    session.login_used = now
    return session.login


def hold_ssl_login(session: SslSession, userid: str, now: float) -> None:
    """Tie a login to the SSL session."""
    session.login, session.login_used = userid, now
