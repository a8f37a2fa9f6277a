"""The composition root: an Online with the Janus layer attached. Everything is imported when it is first used.

online = build(Path("programs/clcert"))
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from soul.janus.commands import register
from soul.online.audit import AuditTrail
from soul.online.online import Online

if TYPE_CHECKING:
    from soul.online.users import UserStore
    from soul.runtime.library import BuiltinLibrary

JANUS_FUNCTIONS = "soul.janus.functions"
JANUS_CLASSES = "soul.janus.classes"


def build(
    directory: Path | str | None = None,
    *,
    audit: AuditTrail | None = None,
    user_store: UserStore | None = None,
    clock: Callable[[], datetime] = datetime.now,
) -> Online:
    """Return the Online of `directory` (None: an empty one) that knows JANUS, $Web_ and $Sock_. Raises OnlineError."""
    online = Online(directory, audit=audit, library=library, user_store=user_store, clock=clock)
    register(online)  # loads the subcommands when the first JANUS command is issued
    return online


def library() -> BuiltinLibrary:
    """Return all built-ins: the runtime's and those of the Janus layer."""
    from soul.runtime.library import BuiltinLibrary, modules_of

    return BuiltinLibrary(function_modules=modules_of(JANUS_FUNCTIONS), class_modules=modules_of(JANUS_CLASSES))
