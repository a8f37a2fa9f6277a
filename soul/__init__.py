"""Run, serve and test SOUL, the language of Model 204, away from the mainframe.

import soul

print(soul.run("Begin\\nPrint 'HELLO'\\nEnd").output)
online = soul.Online("programs/clcert")
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from soul.online.online import Online as _Online

__all__ = ["Online", "Result", "run"]


@dataclass(frozen=True, slots=True)
class Result:
    """What a run printed and how it ended.

    `output` is everything a terminal would show; `messages` are its message lines (`*** 1 M204.1030: ...`) without the
    places and source lines that follow them; `cancelled` says that a request failed to compile or was cancelled, or
    that the user was restarted.
    """

    output: str
    messages: tuple[str, ...]
    cancelled: bool


def run(text: str, *, online: _Online | None = None) -> Result:
    """Execute `text` as command-level input (commands and Begin ... End requests) and return what came of it.

    `online` is the Online to run in; without one, an empty Online without files and ports is made. The run has all
    privileges. Never raises for errors in `text`.
    """
    from soul.online.command import ALL_PRIVILEGES
    from soul.online.online import ListOutput
    from soul.online.problem import ProblemKind

    where = Online() if online is None else online
    output = ListOutput()
    thread = where.new_thread(output)
    try:
        problems = where.session(thread, ALL_PRIVILEGES).run(text)
    finally:
        thread.finish_login()
        where.release(thread)
    failed = any(problem.kind is not ProblemKind.COMMAND for problem in problems)
    messages = tuple(text for text in output.messages if text.startswith("*** "))
    return Result(output.text, messages, failed)


def Online(directory: str | Path | None = None) -> _Online:
    """Return an Online for a directory, with JANUS commands known and nothing started. Raises OnlineError.

    `online.run_startup()` executes its start-up commands.
    """
    from soul.assembly import build

    return build(directory)
