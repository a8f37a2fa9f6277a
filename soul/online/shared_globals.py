"""Global variables that users share: system-wide and per subsystem (m204wiki, $Setg_Sys; $Setg_Subsys)."""

from __future__ import annotations

import threading

SYSTEM = ""


class SharedGlobals:
    """String variables by scope (a subsystem's name, or SYSTEM) and name; safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._values: dict[tuple[str, str], str] = {}

    def get(self, scope: str, name: str) -> str | None:
        """Return a variable of one scope, or None."""
        return self._values.get((scope, name))

    def find(self, subsystem: str, name: str) -> str | None:
        """Return the subsystem's variable, else the system's, else None."""
        if not self._values:
            return None
        found = self._values.get((subsystem, name)) if subsystem else None
        return self._values.get((SYSTEM, name)) if found is None else found

    def set(self, scope: str, name: str, value: str) -> None:
        """Set a variable."""
        with self._lock:
            self._values[scope, name] = value

    def delete(self, scope: str, name: str) -> bool:
        """Delete a variable; say whether there was one."""
        with self._lock:
            return self._values.pop((scope, name), None) is not None

    def names(self, scope: str) -> list[str]:
        """Return the names in one scope in order."""
        with self._lock:
            return sorted(name for owner, name in self._values if owner == scope)
