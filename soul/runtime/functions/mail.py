"""$SndMail: sends an email through the mail service of the Online.

The Online puts a `Mailer` under `MAILER`; without one no mail leaves. Source: m204wiki, SOUL $functions.
"""

from __future__ import annotations

from typing import Protocol

from soul.runtime.functions.lists import BAD_LIST, lists
from soul.runtime.functions.messages import FAILURE
from soul.runtime.functions.registry import Family
from soul.runtime.slots import Slot
from soul.runtime.thread import Thread

FAMILY = Family("mail")


class Mailer(Protocol):
    """Sends mail."""

    def send(self, to: str, subject: str, text: str, sender: str) -> str:
        """Send a mail; return null, or why it was not sent."""


MAILER: Slot[Mailer] = Slot("mailer")


@FAMILY.function("$SndMail", page="$SndMail")
def sndmail(thread: Thread, to: str = "", subject: str = "", list_: int | None = None, sender: str = "") -> int:
    """Send an email.

    Arguments: to, the address; subject; list whose items are the lines of the text; sender, default that of the
    Online.
    Result: 0 sent, 1 not sent, -6 invalid $list.
    Errors: a mail that is not sent gives a counting error that says why.
    Example: $SndMail('ahab@example.com','Whale') -> 1
    Page: m204wiki, $SndMail
    """
    lines = lists(thread).get(list_) if list_ is not None else []
    if lines is None:
        return BAD_LIST
    mailer = thread.slots.get(MAILER)
    if any(char in "\r\n" for char in to + subject + sender):
        problem = "ADDRESS AND SUBJECT MUST BE ONE LINE"  # or a caller could add headers
    elif mailer is None:
        problem = "THE ONLINE HAS NO MAIL SERVICE"
    else:
        problem = mailer.send(to, subject, "\n".join(lines), sender)
    if problem:
        thread.message(FAILURE, function="$SndMail", detail=problem)
    return int(bool(problem))
