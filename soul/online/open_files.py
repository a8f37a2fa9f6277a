"""The files and groups one session has open.

Sources: m204wiki, OPEN command; CLOSE command; M204.0620; Model 204 naming conventions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from soul.online.command import CommandError
from soul.online.messages import ONLINE_MESSAGES
from soul.online.names import file_name_error
from soul.online.procedures import ProcedureError, ProcedureFile
from soul.online.settings import Opening

if TYPE_CHECKING:
    from soul.online.online import Online

UPDATE = 0x8000 | 0x4000 | 0x0080  # privilege bits that allow some kind of update (unconfirmed)


@dataclass(frozen=True, slots=True)
class OpenFile:
    """An open file or group. `members` are the files behind it (itself for a file)."""

    name: str
    kind: str  # FILE or GROUP
    privileges: int
    members: tuple[str, ...]
    procedure_files: tuple[ProcedureFile, ...] = ()


class OpenFiles:
    """What a session has open, and which of it is the default."""

    def __init__(self, online: Online) -> None:
        self._online = online
        self._open: dict[str, OpenFile] = {}
        self.default: OpenFile | None = None

    def find(self, name: str, kind: str = "") -> OpenFile | None:
        """Return the open file or group called `name`, or None."""
        found = self._open.get(name.upper())
        return found if found is not None and kind in {"", found.kind} else None

    def needs_password(self, name: str) -> bool:
        """Say whether opening `name` prompts for a password: private and semi-public files."""
        location = self._online.settings.files.get(name.upper())
        return location is not None and location.opening is not Opening.PUBLIC

    def open(
        self,
        name: str,
        kind: str = "",
        privileges: int = 0x0221,
        *,
        password: str | None = None,
        default: bool = False,
        trusted: bool = True,
    ) -> OpenFile:
        """Open `name`; see Session.open."""
        opened = self._known(name, kind, privileges) or self._resolve(name.upper(), kind.upper(), privileges)
        if not trusted:
            self._check_password(opened, password)
        self._open[opened.name] = opened
        if default or self.default is None:
            self.default = opened
        return opened

    def open_together(self, names: Sequence[str]) -> None:
        """Open files and look procedures up in all of them, in this order, as if they were one group."""
        files = [self.open(name) for name in names]
        members = tuple(file.name for file in files)
        self.default = OpenFile("*", "GROUP", 0x0221, members, self._procedure_files(members)) if files else None

    def _known(self, name: str, kind: str, privileges: int) -> OpenFile | None:
        """Return what opening the same file gave last time, when the file is still the same."""
        known = self._online.opened_files.get((name, kind, privileges))
        if known is None:
            return None
        try:
            # What is known is a file, or a group is looked up anew: there is one member.
            return known if self._online.files.find(known.name) is known.procedure_files[0] else None
        except ProcedureError as error:
            raise CommandError(ONLINE_MESSAGES["SOUL.0210"], detail=str(error)) from None

    def _resolve(self, name: str, kind: str, privileges: int) -> OpenFile:
        groups = self._online.settings.groups
        if kind in {"", "GROUP"} and name in groups:
            return OpenFile(name, "GROUP", privileges, groups[name], self._procedure_files(groups[name]))
        found = self._procedure_files((name,)) if kind in {"", "FILE"} else ()
        if found:
            opened = OpenFile(name, "FILE", privileges, (name,), found)
            self._online.opened_files[(name, kind, privileges)] = opened
            return opened
        problem = file_name_error(name)
        if problem:
            raise CommandError(ONLINE_MESSAGES["M204.0946"], detail=f": {name}", hint=problem)
        known = ", ".join(self._online.files.names()) or "none"
        what = "group" if kind == "GROUP" else "file"
        raise CommandError(
            ONLINE_MESSAGES["M204.0946"], detail=f": {name}", hint=f"there is no {what} {name}; the files are {known}"
        )

    def _procedure_files(self, names: tuple[str, ...]) -> tuple[ProcedureFile, ...]:
        try:
            return tuple(file for file in map(self._online.files.find, names) if file is not None)
        except ProcedureError as error:
            raise CommandError(ONLINE_MESSAGES["SOUL.0210"], detail=str(error)) from None

    def _check_password(self, opened: OpenFile, password: str | None) -> None:
        location = self._online.settings.files.get(opened.name)
        if location is None or location.opening is Opening.PUBLIC:
            return
        from soul.online.users import password_matches

        if password and location.password and password_matches(location.password, password):
            return
        # A semi-public file opens with its default privileges when the answer is wrong or empty.
        if location.opening is Opening.PRIVATE:
            raise CommandError(ONLINE_MESSAGES["SOUL.0211"], name=opened.name)

    def close(self, name: str, kind: str = "") -> OpenFile:
        """Close one file or group, or refuse with SOUL.0204."""
        found = self.find(name, kind)
        if found is None:
            raise CommandError(ONLINE_MESSAGES["SOUL.0204"], name=name.upper())
        del self._open[found.name]
        if self.default is found:
            self.default = None
        return found

    def close_all(self) -> list[OpenFile]:
        """Close everything and return what was open."""
        closed = list(self._open.values())
        self._open.clear()
        self.default = None
        return closed

    def __iter__(self) -> Iterator[OpenFile]:
        return iter(list(self._open.values()))
