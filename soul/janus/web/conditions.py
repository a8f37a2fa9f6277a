"""The exception conditions of a web port, and what is answered where no rule handles them.

Source: m204wiki, JANUS WEB exception rules. Status codes and texts of the built-in pages are our choice.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True, slots=True)
class Fallback:
    """The built-in answer to a condition."""

    status: int
    text: str


class Condition(Enum):
    """The documented exception names, each with its built-in answer."""

    FORBIDDEN = Fallback(403, "This page may not be seen from here.")
    LOGONERR = Fallback(401, "The login failed.")
    NEWPASSWORD = Fallback(401, "The password was changed. Log in with the new one.")
    NODONE = Fallback(500, "No $WEB_DONE: the program ended without completing its page.")
    NOLOGCOOKIE = Fallback(200, "")
    NOTFOUND = Fallback(404, "There is no such page here.")
    REQCANCEL = Fallback(500, "The page could not be made. The server's administrator finds the reason in its log.")
    SSLNOCERTERR = Fallback(403, "A client certificate is needed here.")
    UNAUTHORIZED = Fallback(401, "A login is needed for this page.")
