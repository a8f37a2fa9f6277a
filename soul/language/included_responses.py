"""What is left of the responses of an Include statement once its dummy strings have taken theirs: food for $Read.

m204wiki, INCLUDE command: responses go to the dummy strings of the procedure, and then to its $Read calls. A procedure
that is included into a request is compiled, not run; so the $Read calls written in its lines take them (our choice).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from soul.language import nodes

READING = frozenset({"$READ", "$READINV", "$READLC"})


@dataclass(frozen=True, slots=True)
class IncludedResponses:
    """The responses left of one Include; `place` tells it from every other Include of the request."""

    place: int
    responses: tuple[str, ...]


def give_responses(node: nodes.Node, given: IncludedResponses) -> None:
    """Let the $Read calls in `node` take their replies from `given` first."""
    from soul.language import nodes
    from soul.language.tree import children

    waiting = [node]
    while waiting:
        found = waiting.pop()
        if isinstance(found, nodes.FunctionCall) and found.name in READING:
            found.included = (given.place, given.responses)
        waiting.extend(children(found))
