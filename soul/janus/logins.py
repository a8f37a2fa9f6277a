"""When $Sir_Login may log a user in: only while the NEWSESCMD commands of a port run.

The web service and the socket service attach a `LoginWindow` to the thread for as long as that lasts.
Source: m204wiki, NEWSESCMD (JANUS DEFINE parameter); $Sir_Login.
"""

from __future__ import annotations

from dataclasses import dataclass

from soul.runtime.slots import Slot


@dataclass
class LoginWindow:
    """NEWSESCMD is running. `upcase` folds the userid (UPCASE, the default); `userid` is who was logged in, or ''."""

    upcase: bool = True
    userid: str = ""


LOGIN_WINDOW: Slot[LoginWindow] = Slot("login window")
