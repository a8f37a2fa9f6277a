"""What an ON rule does to every request it answers, worked out once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from soul.janus.rules import Action, OnMatch
from soul.janus.web.action import TITLE
from soul.janus.web.options import rule_options
from soul.online.straight import Opening, Straight, straight_include, straight_line

if TYPE_CHECKING:
    from soul.janus.port import PortDefinition
    from soul.janus.web.page import PageOptions
    from soul.online.online import Online
    from soul.runtime.thread import Thread

KNOWN_NAMES = 1000  # spellings of procedure names in URLs that are remembered for one rule


class RuleWork:
    """The settings of a rule's requests, and whether its command can do without a command level.

    `definition` and `options` are those of the port. The rule is kept, so that its identity is not given to another
    one.
    """

    def __init__(self, online: Online, definition: PortDefinition, options: PageOptions, on: OnMatch) -> None:
        self.rule = on.rule
        self.options = rule_options(options, on.rule)
        self._online = online
        self._openings: tuple[Opening, ...] = ()
        self._line = ""
        self._names = False  # the URL names the procedure to include
        self._known: dict[str, Straight] = {}  # by the name, '' for the line
        plain = on.rule.action is Action.CMD and not on.rule.flag("EXPIRE") and not definition.commands("CMD")
        if plain and len(on.commands) == 1:
            command = on.commands[0]
            self._line = "" if command.substituted else command.literal
            self._names = command.include is not None
            self._openings = tuple(
                Opening(clause.name, clause.kind, clause.privileges, default=index == 0)
                for clauses in (definition.opens("OPEN"), on.rule.opens)
                for index, clause in enumerate(clauses)
            )

    def straight(self, on: OnMatch, thread: Thread) -> Straight | None:
        """Return how the rule's command can be executed on a thread that has just begun; None: only as any other."""
        name = on.named or "" if self._names else ""
        known = self._known.get(name)
        if known is not None and known.holds(self._online, thread):
            return known
        found: Straight | None = None
        if self._line:
            found = straight_line(self._online, self._line, TITLE, self._openings, thread)
        elif name and not on.commands[0].hazard:
            found = straight_include(self._online, name, self._openings, thread)
        if found is not None:
            if len(self._known) >= KNOWN_NAMES:
                self._known.clear()
            self._known[name] = found
        return found
