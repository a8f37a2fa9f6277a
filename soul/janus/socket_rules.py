"""The rules of JANUS SRVSOCK and JANUS CLSOCK: who may connect to, and through, a socket port.

ALLOW and DISALLOW rules form one list; the newest rule whose every condition holds decides. Without such a rule a
SRVSOCK port accepts and a client port refuses; system administrators may always use client ports.

Source: m204wiki, JANUS SRVSOCK; JANUS CLSOCK; MSIR.0660.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from soul.janus.groups import Groups
from soul.janus.wildcards import Pattern

if TYPE_CHECKING:
    from soul.janus.rules import AddressCondition, UserCondition


@dataclass(frozen=True)
class Caller:
    """Where a client socket call comes from: userid, and the procedure file, procedure and subsystem ('' for none)."""

    userid: str
    file: str = ""
    procedure: str = ""
    subsystem: str = ""
    administrator: bool = False


@dataclass(frozen=True)
class SocketRule:
    """One ALLOW or DISALLOW. Conditions that are None hold always; `text` is the command after the port name."""

    allow: bool
    text: str = ""
    users: UserCondition | None = None
    addresses: AddressCondition | None = None  # SRVSOCK
    file: Pattern | None = None  # CLSOCK, as the next four
    procedure: Pattern | None = None
    subsystem: Pattern | None = None
    host: Pattern | None = None
    port: int | None = None

    def _from(self, caller: Caller, groups: Groups) -> bool:
        """Say whether the conditions on the caller hold."""
        if self.users is not None and not self.users.match(caller.userid, groups):
            return False
        pairs = ((self.file, caller.file), (self.procedure, caller.procedure), (self.subsystem, caller.subsystem))
        return all(pattern is None or pattern.match(text) is not None for pattern, text in pairs)

    def matches_call(self, caller: Caller, host: str, port: int, groups: Groups) -> bool:
        """Say whether every condition holds for a connection to `host` and `port`."""
        if self.host is not None and self.host.match(host) is None:
            return False
        if self.port is not None and self.port != port:
            return False
        return self._from(caller, groups)

    def matches_client(self, address: str, userid: str, groups: Groups) -> bool:
        """Say whether every condition holds for a client at `address`."""
        if self.addresses is not None and not self.addresses.match(address, groups):
            return False
        return self._from(Caller(userid), groups)


class SocketRules:
    """The SRVSOCK or CLSOCK rules of one port, newest first."""

    def __init__(self, groups: Groups) -> None:
        self._groups = groups
        self._rules: tuple[SocketRule, ...] = ()

    def add(self, rule: SocketRule) -> None:
        """Add the newest rule."""
        self._rules = (rule, *self._rules)

    @property
    def rules(self) -> tuple[SocketRule, ...]:
        """The rules in the order in which they are searched."""
        return self._rules

    def accepts(self, address: str, userid: str = "NO USERID") -> bool:
        """Say whether a SRVSOCK port takes a connection from `address`.

        `userid` is the userid before any login (PRELOGINUSER); user conditions are compared with it (our choice).
        """
        for rule in self._rules:
            if rule.matches_client(address, userid, self._groups):
                return rule.allow
        return True

    def may_connect(self, caller: Caller, host: str, port: int) -> bool:
        """Say whether `caller` may connect to `host` and `port` through a client port."""
        if caller.administrator:
            return True
        for rule in self._rules:
            if rule.matches_call(caller, host, port, self._groups):
                return rule.allow
        return False
