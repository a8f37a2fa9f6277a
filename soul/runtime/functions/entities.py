"""Character entities: $Ent and the table behind it, kept per thread.

Source: m204wiki, $Ent.
"""

from __future__ import annotations

from soul.runtime.functions.limits import STRING
from soul.runtime.functions.registry import Family
from soul.runtime.slots import Slot
from soul.runtime.thread import Thread

FAMILY = Family("entities")

_DEFAULT = {"&": "&amp;", "<": "&lt;", '"': "&quot;"}


class Entities:
    """The entity table of a thread; `in_print` says that Print substitutes by itself."""

    def __init__(self) -> None:
        self.table = dict(_DEFAULT)
        self.in_print = False
        self._translation = str.maketrans(self.table)

    def change(self, character: str, entity: str) -> None:
        """Set the entity of one character; a null one removes it."""
        if entity:
            self.table[character] = entity
        else:
            self.table.pop(character, None)
        self._translation = str.maketrans(self.table)

    def reset(self) -> None:
        """Go back to the default table."""
        self.table = dict(_DEFAULT)
        self._translation = str.maketrans(self.table)

    def substitute(self, text: str) -> str:
        """Return `text` with every character of the table replaced."""
        return text.translate(self._translation)


ENTITIES: Slot[Entities] = Slot("entities")


def entities(thread: Thread) -> Entities:
    """Return the entity table of `thread`, made when first asked for."""
    table = thread.slots.get(ENTITIES)
    if table is None:
        table = Entities()
        thread.slots.put(ENTITIES, table)
    return table


@FAMILY.function("$Ent", page="$Ent")
def ent(thread: Thread, string: str = "") -> str:
    """Replace characters by character entities.

    Arguments: string, default null.
    Result: by default & becomes &amp;, < becomes &lt; and " becomes &quot;; at most 255 characters.
    Example: $Ent('a & b') -> a &amp; b
    Example: $Ent('This is < "fun"') -> This is &lt; &quot;fun&quot;
    Page: m204wiki, $Ent
    """
    return entities(thread).substitute(string)[:STRING]


@FAMILY.function("$Ent_Print", page="$Ent")
def ent_print(thread: Thread, setting: str | None = None) -> int:
    """Switch automatic entity substitution in Print on or off.

    Arguments: setting, ON or 1, OFF or 0; omitted: only asks.
    Result: the previous setting, 1 on, 0 off.
    Example: $Ent_Print -> 0
    Page: m204wiki, $Ent
    """
    table = entities(thread)
    previous = int(table.in_print)
    if setting is not None:
        table.in_print = setting.strip().upper() in ("ON", "1", "YES")
    return previous


@FAMILY.function("$Ent_Tab", page="$Ent")
def ent_tab(thread: Thread, character: str | None = None, entity: str | None = None) -> str:
    """Get or change an entry of the entity table.

    Arguments: character, its first character counts; entity, the new replacement, null removes the entry; omitted:
    only asks. Without arguments the default table comes back.
    Result: the previous entity of the character, null when it had none.
    Example: $Ent_Tab('<') -> &lt;
    Page: m204wiki, $Ent
    """
    table = entities(thread)
    if not character:
        table.reset()
        return ""
    previous = table.table.get(character[0], "")
    if entity is not None:
        table.change(character[0], entity)
    return previous
